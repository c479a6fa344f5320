using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Types;

/// <summary>Scalars that the specification does not have and nearly every schema needs.</summary>
public static class CommonScalars
{
    /// <summary>A <see cref="DateTimeOffset" />; results may also be a <see cref="DateTime" />.</summary>
    public static ScalarType DateTime { get; } =
        new TextScalar<DateTimeOffset>(
            "DateTime",
            "A moment with its offset from UTC, such as `2026-11-27T17:00:00.000Z`.",
            "https://scalars.graphql.org/andimarek/date-time.html",
            (string text, out DateTimeOffset value) =>
                DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out value)
                && text.Contains('T', StringComparison.OrdinalIgnoreCase)
                && HasOffset(text),
            value =>
                value switch
                {
                    DateTimeOffset moment => Write(moment),
                    System.DateTime { Kind: DateTimeKind.Unspecified } => null,
                    System.DateTime moment => Write(new DateTimeOffset(moment)),
                    _ => null,
                }
        );

    /// <summary>A <see cref="TimeSpan" />.</summary>
    public static ScalarType Duration { get; } =
        new TextScalar<TimeSpan>(
            "Duration",
            "A stretch of time in the notation of ISO 8601, such as `PT1M30.5S`.",
            "https://en.wikipedia.org/wiki/ISO_8601#Durations",
            TryReadDuration,
            value => value is TimeSpan duration ? XmlConvert.ToString(duration) : null
        );

    /// <summary>A <see cref="Guid" />.</summary>
    public static ScalarType Uuid { get; } =
        new TextScalar<Guid>(
            "UUID",
            "A universally unique identifier, such as `0199c1a2-6f4e-7c3a-9f1b-2d3c4b5a6978`.",
            "https://www.rfc-editor.org/rfc/rfc9562",
            (string text, out Guid value) => Guid.TryParseExact(text, "D", out value),
            value => value is Guid id ? id.ToString() : null
        );

    /// <summary>A <see cref="Uri" />.</summary>
    public static ScalarType Url { get; } =
        new TextScalar<Uri>(
            "URL",
            "A web address with its scheme, or a path on this server.",
            "https://url.spec.whatwg.org/",
            (string text, out Uri value) =>
                Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out value!) && text.Length > 0,
            value => value is Uri address ? address.OriginalString : null
        );

    /// <summary>A <see cref="JsonElement" />; results may also be a <see cref="JsonNode" />, or lists and dictionaries.</summary>
    public static ScalarType Json { get; } = new JsonScalar();

    /// <summary>A <see cref="long" />.</summary>
    public static ScalarType Long { get; } = new LongScalar();

    private delegate bool TryRead<T>(string text, out T value);

    /// <summary>With milliseconds at least, as JavaScript writes it, and with all digits that count.</summary>
    private static string Write(DateTimeOffset moment)
    {
        const int milliseconds = 23;
        Span<char> text = stackalloc char[28];
        _ = moment.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        var digits = text[..^1].TrimEnd('0').Length;
        return string.Concat(text[..Math.Max(digits, milliseconds)], "Z");
    }

    private static bool HasOffset(string text) =>
        text.EndsWith('Z')
        || text.EndsWith('z')
        || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.OrdinalIgnoreCase);

    private static bool TryReadDuration(string text, out TimeSpan value)
    {
        value = default;
        try
        {
            value = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>A scalar that is a string in documents and in JSON.</summary>
    private sealed class TextScalar<T>(
        string name,
        string description,
        string specifiedByUrl,
        TryRead<T> tryRead,
        Func<object, string?> write
    ) : ScalarType(name, description, specifiedByUrl)
    {
        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value = literal is StringValueNode text && tryRead(text.Value, out var read) ? read : null;
            return value is null ? $"{Name} cannot represent value: {literal}" : null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = json.ValueKind == JsonValueKind.String && tryRead(json.GetString()!, out var read) ? read : null;
            return value is null ? $"{Name} cannot represent value: {JsonText.Describe(json)}" : null;
        }

        public override string? ReadResult(object value, out object? result)
        {
            result = write(value);
            return result is null ? $"{Name} cannot represent value: {ResultCoercion.Describe(value)}" : null;
        }
    }

    private sealed class JsonScalar() : ScalarType("JSON", "Any JSON value.", "https://www.rfc-editor.org/rfc/rfc8259")
    {
        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value = Untyped.ToJson(Untyped.Read(literal));
            return null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = json.Clone();
            return null;
        }
    }

    private sealed class LongScalar() : ScalarType("Long", "A whole number between -(2^63) and 2^63 - 1.")
    {
        public override string? ReadLiteral(ValueNode literal, out object? value)
        {
            value =
                literal is IntValueNode digits
                && long.TryParse(
                    digits.Value,
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var read
                )
                    ? read
                    : null;
            return value is null ? $"Long cannot represent value: {literal}" : null;
        }

        public override string? ReadJson(JsonElement json, out object? value)
        {
            value = json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var read) ? read : null;
            return value is null ? $"Long cannot represent value: {JsonText.Describe(json)}" : null;
        }

        public override string? ReadResult(object value, out object? result)
        {
            result = value switch
            {
                long or int => value,
                short or sbyte or byte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
                ulong large when large <= long.MaxValue => (long)large,
                _ => null,
            };
            return result is null ? $"Long cannot represent value: {ResultCoercion.Describe(value)}" : null;
        }
    }
}
