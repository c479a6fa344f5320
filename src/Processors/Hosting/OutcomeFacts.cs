using System.Security.Cryptography;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Objects;

namespace EventPipeline.Processors.Hosting;

/// <summary>Writes an attempt's facts for both readers: one document for the stages that come later, and what goes into the outcome for the
/// log, where large facts are replaced by references.</summary>
internal static class OutcomeFacts
{
    /// <summary>A larger fact does not go into an event.</summary>
    public const int FactByteLimit = 256 << 10;

    /// <summary>Facts of one outcome together; more would not fit into a Kafka message (1 MB by default).</summary>
    public const int OutcomeByteLimit = 768 << 10;

    /// <summary>Stores what has to be stored. Same facts, same objects: a repeated attempt adds nothing.</summary>
    public static async Task<(ArtifactReference? Output, IReadOnlyList<Fact> Inline)> StoreAsync(
        WorkItem work,
        IReadOnlyList<Fact> facts,
        IObjectStore objects,
        CancellationToken cancellation
    )
    {
        if (facts.Count == 0)
            return (null, []);
        var output = await PutAsync(new FactDocument(facts).Write());
        var sizes = facts.Select(fact => EventTypes.Write(fact).Length).ToArray();
        var inline = facts.ToArray();
        foreach (var index in TooLarge(sizes))
            inline[index] = new FactStored(
                EventTypes.NameOf(facts[index]),
                await PutAsync(new FactDocument([facts[index]]).Write())
            );
        return (output, inline);

        async Task<ArtifactReference> PutAsync(byte[] document)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(document));
            var key = ObjectKeys.Facts(work.VideoId, work.Stage, hash);
            await objects.PutAsync(key, document, "application/json", cancellation);
            return new ArtifactReference(key, hash, document.Length, "application/json");
        }
    }

    /// <summary>Which facts are replaced: each over its own limit, then the largest until the rest fits.</summary>
    internal static IReadOnlyList<int> TooLarge(IReadOnlyList<int> sizes)
    {
        var total = sizes.Sum(size => (long)size);
        var replaced = new List<int>();
        foreach (var index in Enumerable.Range(0, sizes.Count).OrderByDescending(index => sizes[index]))
        {
            if (sizes[index] <= FactByteLimit && total <= OutcomeByteLimit)
                break;
            replaced.Add(index);
            total -= sizes[index];
        }
        return replaced;
    }

    /// <summary>Says whether two attempts could differ at all: SHA-256 over all that a stage may look at.</summary>
    public static string InputHash(WorkItem work, string stageVersion) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        work.Stage,
                        stageVersion,
                        source = work.Source.Sha256,
                        inputs = work.Inputs.Select(input => new[] { input.Stage, input.Item, input.Output.Sha256 }),
                        work.Item,
                        work.Options,
                    },
                    ContractJson.Options
                )
            )
        );
}
