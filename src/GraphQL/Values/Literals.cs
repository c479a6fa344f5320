using System.Collections.Immutable;
using System.Text.Json;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Values;

/// <summary>Values as literals.</summary>
internal static class Literals
{
    /// <summary>A JSON value as the literal that means the same for a type.</summary>
    public static ValueNode Of(JsonElement json, GraphQLType type)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return new BooleanValueNode(json.GetBoolean());
            case JsonValueKind.Number:
                var digits = json.GetRawText();
                return digits.AsSpan().ContainsAny('.', 'e', 'E')
                    ? new FloatValueNode(digits)
                    : new IntValueNode(digits);
            case JsonValueKind.String when type.Named is EnumType:
                return new EnumValueNode(json.GetString()!);
            case JsonValueKind.String:
                return new StringValueNode(json.GetString()!);
            case JsonValueKind.Array:
                var item = (type.Nullable as ListType)?.OfType ?? type;
                return new ListValueNode([.. json.EnumerateArray().Select(one => Of(one, item))]);
            case JsonValueKind.Object:
                var known = (type.Named as InputObjectType)?.Fields;
                return new ObjectValueNode([
                    .. json.EnumerateObject()
                        .Select(field => new ObjectFieldNode(
                            new Name(field.Name, default),
                            Of(field.Value, known?.Find(field.Name)?.Type ?? type)
                        )),
                ]);
            default:
                return new NullValueNode();
        }
    }

    /// <summary>A literal with its variables replaced. One without a value leaves out its field, or becomes null elsewhere.</summary>
    public static ValueNode Replace(ValueNode literal, VariableValues variables)
    {
        switch (literal)
        {
            case VariableNode variable:
                return variables.TryGetLiteral(variable.Name.Value, out var value)
                    ? value
                    : new NullValueNode { Location = variable.Location };
            case ListValueNode list:
                return list with { Values = [.. list.Values.Select(item => Replace(item, variables))] };
            case ObjectValueNode fields:
                var given = ImmutableArray.CreateBuilder<ObjectFieldNode>(fields.Fields.Length);
                foreach (var field in fields.Fields)
                {
                    if (field.Value is not VariableNode missing || variables.TryGetLiteral(missing.Name.Value, out _))
                        given.Add(field with { Value = Replace(field.Value, variables) });
                }
                return fields with { Fields = given.ToImmutable() };
            default:
                return literal;
        }
    }
}
