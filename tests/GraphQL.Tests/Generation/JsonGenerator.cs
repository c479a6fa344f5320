using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Generation;

/// <summary>Writes values for input types, as JSON and as literals, with a rate of mistakes.</summary>
public sealed class JsonGenerator(Random random, double mistakes)
{
    private static readonly string[] Wrong =
    [
        "null",
        "1",
        "1.0",
        "-0.0",
        "1.5",
        "\"text\"",
        "\"12\"",
        "true",
        "[]",
        "[1, [2, null]]",
        "{\"wrong\": 1}",
        "\"DON\"",
        "{}",
        "99999999999",
        "2147483648",
        "1e300",
        "123456789012345678901234567890",
        "[null]",
        "{\"id\": 1, \"name\": \"x\"}",
        "{\"a\": {\"b\": {\"c\": [1,2,3,4,5,6,7,8,9,10,11,12]}}}",
    ];

    public JsonNode? Value(GraphQLType type, int depth = 0)
    {
        if (random.NextDouble() < mistakes)
            return JsonNode.Parse(Wrong[random.Next(Wrong.Length)]);
        switch (type)
        {
            case NonNullType nonNull:
                JsonNode? value;
                do value = Value(nonNull.OfType, depth);
                while (value is null && random.NextDouble() >= mistakes);
                return value;
            case var _ when random.Next(8) == 0:
                return null;
            case ListType list when random.Next(4) > 0:
                return new JsonArray([
                    .. Enumerable.Range(0, random.Next(3)).Select(_ => Value(list.OfType, depth + 1)),
                ]);
            case ListType list:
                return Value(list.OfType, depth);
            case EnumType names:
                return names.Values[random.Next(names.Values.Count)].Name;
            case InputObjectType input:
                return Object(input, depth);
            default:
                return JsonNode.Parse(
                    type.Named.Name switch
                    {
                        "Int" => "7",
                        "Float" => random.Next(2) == 0 ? "1.5" : "3",
                        "Boolean" => "true",
                        "ID" => random.Next(2) == 0 ? "\"id\"" : "12",
                        "String" => "\"text \\\"\\u00e9\"",
                        _ => "{\"any\": [1, 2.5, null, \"x\", true]}",
                    }
                );
        }
    }

    private JsonObject Object(InputObjectType type, int depth)
    {
        var result = new JsonObject();
        var fields = type.IsOneOf
            ? [type.Fields[random.Next(type.Fields.Count)]]
            : type.Fields.Where(field => field.IsRequired || (depth < 3 && random.Next(3) == 0)).ToArray();
        foreach (var field in fields.Where(_ => random.NextDouble() >= mistakes))
            result[field.Name] = Value(type.IsOneOf ? field.Type.NonNull : field.Type, depth + 1);
        if (random.NextDouble() < mistakes)
            result["unknown"] = 1;
        return result;
    }

    /// <summary>JSON as a literal; strings that are names of the enums here become such.</summary>
    public static string Literal(JsonNode? json) =>
        json switch
        {
            null => "null",
            JsonArray list => $"[{string.Join(", ", list.Select(Literal))}]",
            JsonObject fields =>
                $"{{{string.Join(", ", fields.Select(field => $"{field.Key}: {Literal(field.Value)}"))}}}",
            _ when json.ToJsonString() is ['"', >= 'A' and <= 'Z', ..] text => text.Trim('"'),
            _ => json.ToJsonString(),
        };
}
