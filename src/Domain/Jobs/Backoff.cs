using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>How long the next attempt waits.</summary>
internal static class Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The stage's backoff, doubled with every attempt of the round, at most five minutes; and then up to a fifth less, by the
    /// work's own name, so that a thousand items that failed together do not come back together.</summary>
    public static TimeSpan After(PipelineStage stage, Guid jobId, WorkState work) =>
        AtMost(stage, work) * (1 - 0.2 * Share(jobId, stage.Name, work));

    /// <summary>The same without the part that is taken off.</summary>
    public static TimeSpan AtMost(PipelineStage stage, WorkState work)
    {
        var doublings = Math.Clamp(work.Attempt - work.SpentBefore - 1, 0, 30);
        var seconds = Math.Min(stage.BackoffSeconds * (1L << doublings), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }

    private static double Share(Guid jobId, string stage, WorkState work) =>
        Identifiers.Derive("backoff", jobId.ToString("N"), stage, work.Item.Name, $"{work.Attempt}").ToByteArray()[0]
        / 256.0;
}
