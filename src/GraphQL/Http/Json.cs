using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace EventPipeline.GraphQL.Http;

/// <summary>JSON of strangers.</summary>
internal static class Json
{
    /// <summary>Reads one value that nothing follows and whose texts are all Unicode.</summary>
    /// <exception cref="JsonException">It is none; the message may be shown to the client.</exception>
    public static JsonElement Parse(ReadOnlySequence<byte> utf8)
    {
        var text = utf8.IsSingleSegment ? utf8.FirstSpan : utf8.ToArray();
        if (!Utf8.IsValid(text))
            throw new JsonException("The text is not UTF-8.");
        var reader = new Utf8JsonReader(text);
        var json = JsonElement.ParseValue(ref reader);
        if (reader.Read())
            throw new JsonException("More than one value.");
        if (MayHaveSurrogates(text) && !IsUnicode(json))
            throw new JsonException("A text has half of a surrogate pair.");
        return json;
    }

    // Only escapes can hide what is not Unicode.
    private static bool MayHaveSurrogates(ReadOnlySpan<byte> text) =>
        text.IndexOf("\\ud"u8) >= 0 || text.IndexOf("\\uD"u8) >= 0;

    private static bool IsUnicode(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject()
                .All(member => IsUnicode(() => member.Name) && IsUnicode(member.Value)),
            JsonValueKind.Array => json.EnumerateArray().All(IsUnicode),
            JsonValueKind.String => IsUnicode(() => json.GetString()),
            _ => true,
        };

    private static bool IsUnicode(Func<string?> text)
    {
        try
        {
            text();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
