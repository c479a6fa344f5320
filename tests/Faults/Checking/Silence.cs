using EventPipeline.Contracts;
using EventPipeline.Faults.Schedule;

namespace EventPipeline.Faults.Checking;

/// <summary>How long nothing was heard of a job that nothing explains.</summary>
internal static class Silence
{
    /// <summary>What every part needs, while it is away. That a part of ours is gone, stopped, cut off or slow explains nothing: another one
    /// has to notice.</summary>
    private static readonly HashSet<FaultKind> Outages =
    [
        FaultKind.BrokerKilled,
        FaultKind.BrokerPaused,
        FaultKind.BrokerWiped,
        FaultKind.DatabaseKilled,
        FaultKind.ConnectionsTaken,
        FaultKind.ObjectsDown,
    ];

    /// <summary>A job's longest unexplained silence between its submission and its end.</summary>
    public static (TimeSpan Length, DateTimeOffset From) Longest(Evidence evidence, SubmittedJob job)
    {
        var stream = evidence.Of(job.JobId).ToList();
        var end =
            stream.FirstOrDefault(entry => entry.Data is JobCompleted or JobFailed or JobCancelled)?.SeenAt
            ?? evidence.EndedAt;
        var heard = stream
            .Select(entry => entry.SeenAt)
            .Concat(Progress(evidence, job))
            .Append(job.At)
            .Append(end)
            .Where(at => at >= job.At && at <= end)
            .Order()
            .ToList();
        var explained = evidence
            .Faults.Where(window => Outages.Contains(window.Fault.Kind))
            .Select(window => (window.From, window.To))
            .Concat(BackOffs(stream))
            .OrderBy(window => window.From)
            .ToList();
        return heard
            .Zip(heard.Skip(1))
            .Select(gap => (Length: Unexplained(gap.First, gap.Second, explained), From: gap.First))
            .DefaultIfEmpty()
            .MaxBy(gap => gap.Length);
    }

    private static IEnumerable<DateTimeOffset> Progress(Evidence evidence, SubmittedJob job) =>
        evidence
            .Messages.Where(message => message.Topic == new Topics().Progress && message.Key == job.JobId.ToString())
            .Select(message => message.At);

    /// <summary>A back-off says itself how long it takes.</summary>
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> BackOffs(IEnumerable<LogEntry> stream) =>
        stream
            .Where(entry => entry.Data is StageFailed { RetryAt: not null })
            .Select(entry =>
                (
                    entry.SeenAt,
                    entry.SeenAt + (((StageFailed)entry.Data!).RetryAt!.Value - ((StageFailed)entry.Data).FailedAt)
                )
            );

    private static TimeSpan Unexplained(
        DateTimeOffset from,
        DateTimeOffset to,
        IEnumerable<(DateTimeOffset From, DateTimeOffset To)> explained
    )
    {
        var rest = TimeSpan.Zero;
        var at = from;
        foreach (var window in explained.Where(window => window.To > from && window.From < to))
        {
            if (window.From > at)
                rest += window.From - at;
            at = window.To > at ? window.To : at;
        }
        return at < to ? rest + (to - at) : rest;
    }
}
