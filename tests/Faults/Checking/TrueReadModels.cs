using System.Text.Json;
using EventPipeline.Contracts;

namespace EventPipeline.Faults.Checking;

/// <summary>Promise 3: read models equal the fold of the streams, and a rebuild gives the same rows.</summary>
internal static class TrueReadModels
{
    public static IEnumerable<string> Check(Evidence evidence)
    {
        foreach (var row in evidence.KeptRows.Except(evidence.RebuiltRows).Take(3))
            yield return $"a row that a rebuild does not give: {Short(row)}";
        foreach (var row in evidence.RebuiltRows.Except(evidence.KeptRows).Take(3))
            yield return $"a rebuild gives a row that is not there: {Short(row)}";
        foreach (var job in evidence.Jobs)
        {
            var wanted = evidence
                .Of(job.JobId)
                .Select(entry => StatusOf(entry.Data))
                .LastOrDefault(status => status is not null);
            var shown = Rows(evidence, "jobs")
                .Where(row => row.GetProperty("id").GetGuid() == job.JobId)
                .Select(row => row.GetProperty("status").GetString())
                .SingleOrDefault();
            if (wanted is not null && wanted != shown)
                yield return $"job {job.JobId} is {wanted} in the log and {shown ?? "missing"} in the read model";
            var clips = ClipsOf([.. evidence.Of(job.JobId)]).Order().ToList();
            var rows = Clips(evidence, job).Order().ToList();
            if (!clips.SequenceEqual(rows))
                yield return $"job {job.JobId} has {clips.Count} clips in the log and {rows.Count} in the read model, or other ones";
        }
    }

    /// <summary>How many of the seed's events the timeline shows.</summary>
    public static int Projected(Evidence evidence)
    {
        var streams = evidence.Log.Select(entry => entry.StreamId).ToHashSet();
        return Rows(evidence, "timeline").Count(row => streams.Contains(row.GetProperty("stream_id").GetGuid()));
    }

    /// <summary>Name and hash of the clips that the read model names.</summary>
    public static IEnumerable<(string Name, string Sha256)> Clips(Evidence evidence, SubmittedJob job) =>
        Rows(evidence, "clips")
            .Where(row => row.GetProperty("job_id").GetGuid() == job.JobId)
            .Select(row =>
                (row.GetProperty("name").GetString()!, row.GetProperty("video").GetProperty("sha256").GetString()!)
            );

    /// <summary>The rows of a read model.</summary>
    public static IEnumerable<JsonElement> Rows(Evidence evidence, string table) =>
        evidence
            .KeptRows.Where(row => row.StartsWith($"{table} ", StringComparison.Ordinal))
            .Select(row => JsonDocument.Parse(row[(table.Length + 1)..]).RootElement);

    /// <summary>Without those of stages that were run again later.</summary>
    private static IEnumerable<(string Name, string Sha256)> ClipsOf(IReadOnlyList<LogEntry> stream) =>
        from entry in stream
        let clip = entry.Data as ClipProduced
        where clip is not null
        let stage = entry.Headers?.Metering?.Stage
        where
            !stream.Any(later =>
                later.Version > entry.Version
                && later.Data is StageRerun it
                && stage is not null
                && it.Stages.Contains(stage)
            )
        select (clip.Name, clip.Video.Sha256);

    private static string? StatusOf(Event? @event) =>
        @event switch
        {
            JobCompleted => "completed",
            JobFailed => "failed",
            JobCancelled => "cancelled",
            _ => null,
        };

    private static string Short(string row) => row.Length <= 400 ? row : $"{row[..400]}...";
}
