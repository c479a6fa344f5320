using System.Buffers;
using System.Text.Json;

namespace EventPipeline.GraphQL.Http;

/// <summary>JSON of strangers.</summary>
internal static class Json
{
    /// <summary>Reads one value that nothing follows and whose texts are all Unicode.</summary>
    /// <exception cref="JsonException">It is none; the message may be shown to the client.</exception>
    public static JsonElement Parse(ReadOnlySequence<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var json = JsonElement.ParseValue(ref reader);
        if (reader.Read())
            throw new JsonException("More than one value.");
        if (MayHaveSurrogates(utf8) && !IsUnicode(json))
            throw new JsonException("A text has half of a surrogate pair.");
        return json;
    }

    // Only escapes can hide what is not Unicode.
    private static bool MayHaveSurrogates(ReadOnlySequence<byte> utf8)
    {
        var reader = new SequenceReader<byte>(utf8);
        while (reader.TryAdvanceTo((byte)'\\'))
        {
            if (reader.IsNext("ud"u8) || reader.IsNext("uD"u8))
                return true;
        }
        return false;
    }

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
