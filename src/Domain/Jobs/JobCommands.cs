using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>Something asked of a job.</summary>
public abstract record JobCommand;

/// <summary>Run a pipeline over a video. Asked again with the same id, video and pipeline, it changes nothing.</summary>
public sealed record StartJob(
    Guid JobId,
    Guid VideoId,
    string OwnerId,
    Pipeline Pipeline,
    JobOptions Options,
    JobPriority Priority,
    ArtifactReference Source,
    string StartedBy
) : JobCommand;

/// <summary>A processor says how an attempt went. The same outcome again changes nothing.</summary>
public sealed record SettleOutcome(Outcome Outcome) : JobCommand;

/// <summary>An attempt's lease ended without a sign of life.</summary>
/// <param name="WasStarted">Whether a processor was ever seen at it; otherwise its message is gone.</param>
public sealed record ExpireLease(string Stage, string Item, int Attempt, bool WasStarted) : JobCommand;

/// <summary>The wait after a failed attempt is over.</summary>
/// <param name="Attempt">The attempt that failed.</param>
public sealed record RetryDue(string Stage, string Item, int Attempt) : JobCommand;

/// <summary>Call the job off. Asked again, it changes nothing.</summary>
public sealed record CancelJob(string CancelledBy, string Reason) : JobCommand;

/// <summary>Try failed work again, with a fresh round of attempts. A failed job runs again, and whatever else of it had not settled is
/// requested again too.</summary>
public sealed record RedriveStage(string Stage, string Item, string RedrivenBy) : JobCommand;

/// <summary>Run a stage of a job that has ended again, and all that depend on it. Whatever else of the job had not settled is requested
/// again too, because it completes only with that.</summary>
/// <param name="Reason">Why; null if nobody said.</param>
public sealed record RerunStage(string Stage, string RerunBy, string? Reason) : JobCommand;
