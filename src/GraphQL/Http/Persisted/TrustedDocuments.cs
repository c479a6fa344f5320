using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EventPipeline.GraphQL.Http.Persisted;

/// <summary>The documents that clients were built with, by the id that clients send: usually the SHA-256 of the text in hexadecimal
/// digits.</summary>
public sealed class TrustedDocuments
{
    private readonly FrozenDictionary<string, string> byId;
    private readonly FrozenSet<string> texts;

    /// <summary>Trusts documents.</summary>
    /// <param name="documents">Ids and texts.</param>
    public TrustedDocuments(IEnumerable<KeyValuePair<string, string>> documents)
    {
        byId = documents.ToFrozenDictionary(StringComparer.Ordinal);
        texts = byId.Values.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>No documents.</summary>
    public static TrustedDocuments None { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => byId.Count;

    /// <summary>Reads a manifest, or a folder.</summary>
    /// <param name="path">A JSON file: an object of ids and texts as Relay's compiler writes it, or Apollo's manifest. Or a folder of
    /// <c>.graphql</c> files that are named by their ids.</param>
    /// <exception cref="InvalidDataException">The file is not such a manifest.</exception>
    public static TrustedDocuments Load(string path) =>
        Directory.Exists(path)
            ? new TrustedDocuments(
                Directory
                    .EnumerateFiles(path, "*.graphql")
                    .Select(file => KeyValuePair.Create(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))
            )
            : ReadManifest(path);

    /// <summary>The text of an id; null if there is none.</summary>
    public string? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Whether a text is one of these.</summary>
    public bool Contains(string text) => texts.Contains(text);

    /// <summary>The id that most tools give to a text.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static TrustedDocuments ReadManifest(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return new TrustedDocuments(
                json.RootElement.TryGetProperty("operations", out var operations)
                && operations.ValueKind == JsonValueKind.Array
                    ?
                    [
                        .. operations
                            .EnumerateArray()
                            .Select(one => Pair(one.GetProperty("id"), one.GetProperty("body"))),
                    ]
                    : json
                        .RootElement.EnumerateObject()
                        .Select(one => KeyValuePair.Create(one.Name, one.Value.GetString()!))
                        .ToArray()
            );
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{path} is not a manifest of persisted documents.", exception);
        }

        static KeyValuePair<string, string> Pair(JsonElement id, JsonElement body) =>
            KeyValuePair.Create(id.GetString()!, body.GetString()!);
    }
}
