using System.Globalization;
using System.Text.Json;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Values;

/// <summary>Values of scalars that nobody explained: null, bool, long or double, string, arrays and dictionaries.</summary>
internal static class Untyped
{
    public static object? Read(ValueNode literal) =>
        literal switch
        {
            NullValueNode => null,
            IntValueNode digits => Number(digits.Value),
            FloatValueNode digits => double.Parse(digits.Value, CultureInfo.InvariantCulture),
            StringValueNode text => text.Value,
            EnumValueNode word => word.Value,
            BooleanValueNode truth => truth.Value,
            ListValueNode list => list.Values.Select(Read).ToArray(),
            ObjectValueNode fields => Read(fields),
            _ => throw new ArgumentOutOfRangeException(nameof(literal), "A constant has no variables."),
        };

    public static object? Read(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
            JsonValueKind.Number => Number(json.GetRawText()),
            JsonValueKind.String => json.GetString(),
            JsonValueKind.Array => json.EnumerateArray().Select(Read).ToArray(),
            JsonValueKind.Object => json.EnumerateObject()
                .ToDictionary(field => field.Name, field => Read(field.Value), StringComparer.Ordinal),
            _ => null,
        };

    private static Dictionary<string, object?> Read(ObjectValueNode literal)
    {
        var result = new Dictionary<string, object?>(literal.Fields.Length, StringComparer.Ordinal);
        foreach (var field in literal.Fields)
            result[field.Name.Value] = Read(field.Value);
        return result;
    }

    private static object Number(string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : double.Parse(digits, CultureInfo.InvariantCulture);
}
