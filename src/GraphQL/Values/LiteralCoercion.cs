using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Values;

/// <summary>Reads literals as C# values: an object becomes a dictionary in the order of its type's fields, a list an array.</summary>
public static class LiteralCoercion
{
    /// <summary>Reads a literal.</summary>
    /// <returns>Whether it is a value of the type; validation says before why not.</returns>
    public static bool TryCoerce(ValueNode literal, GraphQLType type, VariableValues variables, out object? value)
    {
        if (literal is VariableNode variable)
            return variables.TryGet(variable.Name.Value, out value) && (value is not null || type is not NonNullType);
        value = null;
        if (literal is NullValueNode)
            return type is not NonNullType;
        return type.Nullable switch
        {
            ListType list => TryCoerceList(literal, list, variables, out value),
            InputObjectType input => literal is ObjectValueNode fields
                && TryCoerceObject(fields, input, variables, out value),
            LeafType leaf => leaf.ReadLiteral(Literals.Replace(literal, variables), out value) is null,
            _ => false,
        };
    }

    private static bool TryCoerceList(ValueNode literal, ListType type, VariableValues variables, out object? value)
    {
        value = null;
        if (literal is not ListValueNode list)
        {
            if (!TryCoerce(literal, type.OfType, variables, out var single))
                return false;
            value = new[] { single };
            return true;
        }
        var items = new object?[list.Values.Length];
        for (var index = 0; index < items.Length; index++)
        {
            if (TryCoerce(list.Values[index], type.OfType, variables, out items[index]))
                continue;
            // A variable that was not given is null in a list.
            if (list.Values[index] is not VariableNode || type.OfType is NonNullType)
                return false;
        }
        value = items;
        return true;
    }

    private static bool TryCoerceObject(
        ObjectValueNode literal,
        InputObjectType type,
        VariableValues variables,
        out object? value
    )
    {
        value = null;
        var given = new Dictionary<string, ValueNode>(StringComparer.Ordinal);
        foreach (var field in literal.Fields)
        {
            if (!type.Fields.TryFind(field.Name.Value, out _))
                return false;
            given[field.Name.Value] = field.Value;
        }
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in type.Fields.AsSpan())
        {
            if (!given.TryGetValue(field.Name, out var node) || IsMissing(node, variables))
            {
                if (field.IsRequired)
                    return false;
                if (field.TryGetDefault(out var defaultValue))
                    result[field.Name] = defaultValue;
            }
            else if (TryCoerce(node, field.Type, variables, out var fieldValue))
            {
                result[field.Name] = fieldValue;
            }
            else
            {
                return false;
            }
        }
        if (type.IsOneOf && (given.Count != 1 || result.Count != 1 || result.ContainsValue(null)))
            return false;
        value = result;
        return true;
    }

    private static bool IsMissing(ValueNode node, VariableValues variables) =>
        node is VariableNode variable && !variables.TryGet(variable.Name.Value, out _);
}
