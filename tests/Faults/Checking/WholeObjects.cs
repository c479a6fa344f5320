using System.Text.Json;
using EventPipeline.Contracts;

namespace EventPipeline.Faults.Checking;

/// <summary>Promise 2: what the log and the read models name exists once, with its hash; nothing else does; no attempt leaves files behind.</summary>
internal static class WholeObjects
{
    public static IEnumerable<string> Check(Evidence evidence)
    {
        var found = evidence.Objects.ToLookup(it => it.Key);
        var discarded = Discarded(evidence);
        var named = Named(evidence.Log).ToList();
        foreach (var (job, artifact) in named.Where(it => !IsDiscardedSource(it.Artifact, discarded)))
        {
            if (found[artifact.Key].FirstOrDefault() is not { } there)
                yield return $"job {job}: object {artifact.Key} is named and does not exist";
            else if (there.Sha256 != artifact.Sha256 || there.ByteCount != artifact.ByteCount)
                yield return $"job {job}: object {artifact.Key} is not what is recorded";
        }
        foreach (var orphan in Orphans(evidence.Objects, evidence.Log))
            yield return $"object {orphan.Key} is named by nobody";
        foreach (var job in evidence.Jobs)
        foreach (var (name, hash) in TrueReadModels.Clips(evidence, job))
            if (
                evidence.Objects.Count(it =>
                    it.Sha256 == hash && it.Key.Contains(job.VideoId.ToString(), StringComparison.Ordinal)
                ) != 1
            )
                yield return $"clip {name} of job {job.JobId} is not exactly one object with its hash";
        foreach (var leftover in evidence.Leftovers)
            yield return $"{leftover} was left behind";
    }

    /// <summary>How many objects there should be.</summary>
    public static int Expected(Evidence evidence)
    {
        var discarded = Discarded(evidence);
        return Named(evidence.Log)
            .Where(it => !IsDiscardedSource(it.Artifact, discarded))
            .Select(it => it.Artifact.Key)
            .Distinct(StringComparer.Ordinal)
            .Count();
    }

    /// <summary>Objects that no event names.</summary>
    public static IEnumerable<FoundObject> Orphans(IReadOnlyList<FoundObject> objects, IReadOnlyList<LogEntry> log)
    {
        var named = Named(log).Select(it => it.Artifact.Key).ToHashSet(StringComparer.Ordinal);
        return objects.Where(it => !named.Contains(it.Key));
    }

    private static HashSet<Guid> Discarded(Evidence evidence) =>
        [.. evidence.Log.Where(entry => entry.Data is VideoDiscarded).Select(entry => entry.StreamId)];

    private static bool IsDiscardedSource(ArtifactReference artifact, HashSet<Guid> discarded) =>
        discarded.Any(video => artifact.Key.StartsWith($"videos/raw/{video}/", StringComparison.Ordinal));

    /// <summary>Every reference in every event, wherever it stands in it.</summary>
    private static IEnumerable<(Guid Job, ArtifactReference Artifact)> Named(IReadOnlyList<LogEntry> log) =>
        log.Where(entry => entry.Data is not null)
            .SelectMany(entry =>
                References(JsonSerializer.SerializeToElement(entry.Data, entry.Data!.GetType(), ContractJson.Options))
                    .Select(artifact => (entry.StreamId, artifact))
            )
            .Distinct();

    private static IEnumerable<ArtifactReference> References(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object when element.TryGetProperty("sha256", out _) && element.TryGetProperty("key", out _) =>
                [element.Deserialize<ArtifactReference>(ContractJson.Options)!],
            JsonValueKind.Object => element.EnumerateObject().SelectMany(property => References(property.Value)),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
            _ => [],
        };
}
