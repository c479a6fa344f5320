using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>Whether a value can be written as JSON.</summary>
    public static bool IsJson(object? value) =>
        value switch
        {
            null or string or bool or int or long or double or decimal or JsonElement or JsonNode => value
                is not double.NaN
                    and not double.PositiveInfinity
                    and not double.NegativeInfinity,
            IEnumerable<KeyValuePair<string, object?>> fields => fields.All(field => IsJson(field.Value)),
            IEnumerable items => items.Cast<object?>().All(IsJson),
            _ => false,
        };

    public static JsonElement ToJson(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, value);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    public static void Write(Utf8JsonWriter writer, object? value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case JsonElement json:
                json.WriteTo(writer);
                break;
            case JsonNode json:
                json.WriteTo(writer);
                break;
            case IEnumerable<KeyValuePair<string, object?>> fields:
                writer.WriteStartObject();
                foreach (var (name, field) in fields)
                {
                    writer.WritePropertyName(name);
                    Write(writer, field);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (var item in items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value), $"{value.GetType()} is not JSON.");
        }
    }

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
