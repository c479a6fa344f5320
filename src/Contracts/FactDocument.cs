using System.Text.Json;

namespace EventPipeline.Contracts;

/// <summary>All facts of one outcome, as the document that later stages read from the object store.</summary>
public sealed record FactDocument(IReadOnlyList<Fact> Facts)
{
    /// <summary>Same facts, same bytes: the document's hash is its name.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ContractJson.Options);

    /// <summary>Reads a document.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static FactDocument Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<FactDocument>(json, ContractJson.Options)
        ?? throw new JsonException("The document is null.");
}
