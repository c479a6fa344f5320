using EventPipeline.Contracts;
using EventPipeline.Faults.Stages;

namespace EventPipeline.Faults.Checking;

/// <summary>Promise 5: a job ends, or says why it waits; every failure has its reason and can be seen; nothing is silent for long.</summary>
internal static class NoSilence
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    public static IEnumerable<string> Check(Evidence evidence) =>
        evidence.Jobs.SelectMany(job => Check(evidence, job, [.. evidence.Of(job.JobId)]));

    private static IEnumerable<string> Check(Evidence evidence, SubmittedJob job, IReadOnlyList<LogEntry> stream)
    {
        var name = $"job {job.JobId} ({job.Pipeline.Name})";
        var events = stream.Select(entry => entry.Data).ToList();
        var end = events.LastOrDefault(it => it is JobCompleted or JobFailed or JobCancelled);
        if (end is null)
            yield return $"{name} did not end; its last event is {events.LastOrDefault()?.ToString() ?? "none"}";
        else if (Unexpected(job, end, events) is { } unexpected)
            yield return $"{name} {unexpected}";
        foreach (var what in events.Where(it => it is not null && Reason(it) is { Length: 0 }))
            yield return $"{name}: {what!.GetType().Name} without a reason";
        foreach (var what in NotTriedAgain(job, events))
            yield return $"{name}: {what}";
        foreach (var what in NotInTimeline(evidence, job, stream))
            yield return $"{name}: {what}";
        if (evidence.StillWaiting.Count(id => id == job.JobId) is > 0 and var waiting)
            yield return $"{name} has {waiting} work items that still wait for their turn";
        if (end is JobFailed failed && !IsShown(evidence, job, failed))
            yield return $"{name} failed, and the read model does not say why: {failed.Reason}";
        var silence = Silence.Longest(evidence, job);
        if (silence.Length >= Longest)
            yield return FormattableString.Invariant(
                $"{name} was silent for {silence.Length.TotalSeconds:0.0} s from {silence.From:HH:mm:ss.fff}, without a fault, a back-off or progress that explains it"
            );
    }

    private static string? Reason(Event @event) =>
        @event switch
        {
            StageFailed it => it.Reason,
            StageLost it => it.Reason,
            StageSkipped it => it.Reason,
            StageDeadLettered it => it.Reason,
            JobFailed it => it.Reason,
            JobCancelled it => it.Reason,
            _ => null,
        };

    /// <summary>How the job has to end. With luck as bad as twelve lost attempts it may also run out of them, and says so.</summary>
    private static string? Unexpected(SubmittedJob job, Event end, IReadOnlyList<Event?> events)
    {
        var ranOut = end is JobFailed { Kind: FailureKind.Transient } && events.Any(it => it is StageDeadLettered);
        var asItShould = job.Pipeline.Name switch
        {
            _ when job.Pipeline == FaultPipelines.Poisoned => end
                is JobFailed { Kind: FailureKind.Permanent, Stage: "poison", Reason: SyntheticStages.PoisonReason },
            _ when job.Pipeline == FaultPipelines.Rejected => end
                is JobFailed { Kind: FailureKind.Rejected, Stage: "probe" },
            _ when job.Pipeline == FaultPipelines.Doomed => ranOut,
            _ => end is JobCompleted,
        };
        return asItShould || ranOut ? null : $"ended unexpectedly: {end}";
    }

    /// <summary>What failed for a reason that may pass, or was lost, is tried again up to the stage's limit.</summary>
    private static IEnumerable<string> NotTriedAgain(SubmittedJob job, IReadOnlyList<Event?> events)
    {
        var requested = events
            .OfType<StageRequested>()
            .Select(it => (it.Work.Stage, it.Work.Item.Name, it.Work.Attempt))
            .ToHashSet();
        var ended = events.Any(it => it is JobFailed or JobCancelled);
        foreach (var (stage, item, attempt, retryAt, kind) in Ended(events))
        {
            var limit = job.Pipeline.Stages.Single(it => it.Name == stage).MaximumAttempts;
            if (kind != FailureKind.Transient || attempt >= limit)
                continue;
            if (kind == FailureKind.Transient && retryAt is false)
                yield return $"{stage}/{item} failed for a reason that may pass in attempt {attempt} of {limit} and will not be tried again";
            else if (!ended && !requested.Contains((stage, item, attempt + 1)))
                yield return $"{stage}/{item} was not tried again after attempt {attempt} of {limit}";
        }
    }

    private static IEnumerable<(string Stage, string Item, int Attempt, bool WillRetry, FailureKind Kind)> Ended(
        IReadOnlyList<Event?> events
    )
    {
        foreach (var @event in events)
            switch (@event)
            {
                case StageFailed it:
                    yield return (it.Stage, it.Item, it.Attempt, it.RetryAt is not null, it.Kind);
                    break;
                case StageLost it:
                    yield return (it.Stage, it.Item, it.Attempt, true, FailureKind.Transient);
                    break;
            }
    }

    /// <summary>What `job ID` prints has each failure with its reason.</summary>
    private static IEnumerable<string> NotInTimeline(
        Evidence evidence,
        SubmittedJob job,
        IReadOnlyList<LogEntry> stream
    )
    {
        var sentences = TrueReadModels
            .Rows(evidence, "timeline")
            .Where(row => row.GetProperty("stream_id").GetGuid() == job.JobId)
            .ToDictionary(
                row => row.GetProperty("version").GetInt64(),
                row => row.GetProperty("sentence").GetString()!
            );
        foreach (var entry in stream)
            if (
                entry.Data is { } @event
                && Reason(@event) is { } reason
                && !sentences.GetValueOrDefault(entry.Version, "").Contains(reason, StringComparison.Ordinal)
            )
                yield return $"the timeline does not give the reason of {@event.GetType().Name} (version {entry.Version}): {reason}";
    }

    private static bool IsShown(Evidence evidence, SubmittedJob job, JobFailed failed) =>
        TrueReadModels
            .Rows(evidence, "jobs")
            .Any(row =>
                row.GetProperty("id").GetGuid() == job.JobId
                && row.GetProperty("status").GetString() == "failed"
                && row.GetProperty("failure").GetProperty("reason").GetString() == failed.Reason
            );
}
