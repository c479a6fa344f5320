using System.Globalization;
using System.Text.Json;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Types;

/// <summary>The five scalars of the specification.</summary>
public static class BuiltInScalars
{
    /// <summary>An <see cref="int" />.</summary>
    public static ScalarType Int { get; } = new IntScalar();

    /// <summary>A <see cref="double" />.</summary>
    public static ScalarType Float { get; } = new FloatScalar();

    /// <summary>A <see cref="string" />.</summary>
    public static ScalarType String { get; } = new StringScalar();

    /// <summary>A <see cref="bool" />.</summary>
    public static ScalarType Boolean { get; } = new BooleanScalar();

    /// <summary>A <see cref="string" />, also given as an integer.</summary>
    public static ScalarType Id { get; } = new IdScalar();

    internal static IReadOnlyList<ScalarType> All { get; } = [String, Int, Float, Boolean, Id];

    /// <summary>Whether a name is one of theirs.</summary>
    internal static bool Has(string name) => name is "Int" or "Float" or "String" or "Boolean" or "ID";

    private sealed class IntScalar()
        : ScalarType(
            "Int",
            "The `Int` scalar type represents non-fractional signed whole numeric values. Int can represent values between -(2^31) and 2^31 - 1."
        )
    {
        public override string? ReadResult(object value, out object? result) => ResultCoercion.Int(value, out result);

        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value = null;
            if (literal is not IntValueNode digits)
                return $"Int cannot represent non-integer value: {literal}";
            if (
                !int.TryParse(digits.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            )
                return $"Int cannot represent non 32-bit signed integer value: {digits.Value}";
            value = number;
            return null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = null;
            if (json.ValueKind != JsonValueKind.Number || !double.IsInteger(json.GetDouble()))
                return $"Int cannot represent non-integer value: {JsonText.Describe(json)}";
            if (json.GetDouble() is < int.MinValue or > int.MaxValue)
                return $"Int cannot represent non 32-bit signed integer value: {JsonText.Describe(json)}";
            value = (int)json.GetDouble();
            return null;
        }
    }

    private sealed class FloatScalar()
        : ScalarType(
            "Float",
            "The `Float` scalar type represents signed double-precision fractional values as specified by [IEEE 754](https://en.wikipedia.org/wiki/IEEE_floating_point)."
        )
    {
        public override string? ReadResult(object value, out object? result) => ResultCoercion.Float(value, out result);

        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value = literal switch
            {
                IntValueNode digits => double.Parse(digits.Value, CultureInfo.InvariantCulture),
                FloatValueNode digits => double.Parse(digits.Value, CultureInfo.InvariantCulture),
                _ => null,
            };
            return value is null ? $"Float cannot represent non numeric value: {literal}" : null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = json.ValueKind == JsonValueKind.Number ? json.GetDouble() : null;
            return value is null or double.PositiveInfinity or double.NegativeInfinity
                ? $"Float cannot represent non numeric value: {JsonText.Describe(json)}"
                : null;
        }
    }

    private sealed class StringScalar()
        : ScalarType(
            "String",
            "The `String` scalar type represents textual data, represented as UTF-8 character sequences. The String type is most often used by GraphQL to represent free-form human-readable text."
        )
    {
        public override string? ReadResult(object value, out object? result) =>
            ResultCoercion.String(value, out result);

        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value = (literal as StringValueNode)?.Value;
            return value is null ? $"String cannot represent a non string value: {literal}" : null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = json.ValueKind == JsonValueKind.String ? json.GetString() : null;
            return value is null ? $"String cannot represent a non string value: {JsonText.Describe(json)}" : null;
        }
    }

    private sealed class BooleanScalar()
        : ScalarType("Boolean", "The `Boolean` scalar type represents `true` or `false`.")
    {
        public override string? ReadResult(object value, out object? result) =>
            ResultCoercion.Boolean(value, out result);

        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value = (literal as BooleanValueNode)?.Value;
            return value is null ? $"Boolean cannot represent a non boolean value: {literal}" : null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : null;
            return value is null ? $"Boolean cannot represent a non boolean value: {JsonText.Describe(json)}" : null;
        }
    }

    private sealed class IdScalar()
        : ScalarType(
            "ID",
            "The `ID` scalar type represents a unique identifier, often used to refetch an object or as key for a cache. The ID type appears in a JSON response as a String; however, it is not intended to be human-readable. When expected as an input type, any string (such as `\"4\"`) or integer (such as `4`) input value will be accepted as an ID."
        )
    {
        public override string? ReadResult(object value, out object? result) => ResultCoercion.Id(value, out result);

        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value = literal switch
            {
                StringValueNode text => text.Value,
                IntValueNode digits => digits.Value,
                _ => null,
            };
            return value is null ? $"ID cannot represent a non-string and non-integer value: {literal}" : null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = json.ValueKind switch
            {
                JsonValueKind.String => json.GetString(),
                JsonValueKind.Number when double.IsInteger(json.GetDouble()) => JsonText.Describe(json),
                _ => null,
            };
            return value is null ? $"ID cannot represent value: {JsonText.Describe(json)}" : null;
        }
    }
}
