namespace EventPipeline.Contracts;

/// <summary>A run of a pipeline over a video began. The pipeline travels in the event, so that an old job is folded with the
/// graph that it ran on.</summary>
public sealed record JobStarted(
    Guid JobId,
    Guid VideoId,
    string OwnerId,
    Pipeline Pipeline,
    JobOptions Options,
    JobPriority Priority,
    ArtifactReference Source,
    string StartedBy,
    DateTimeOffset StartedAt
) : JobEvent;

/// <summary>An attempt at a work item is wanted. The relay turns it into a message on the stage's topic; nothing else does.</summary>
public sealed record StageRequested(WorkItem Work, DateTimeOffset RequestedAt) : JobEvent;

/// <summary>The one accepted outcome of (stage, item). Its facts stand beside it in the stream.</summary>
/// <param name="Output">The stage's facts as one JSON document in the object store, which later stages read; null if it found none.</param>
/// <param name="Items">What a stage that fans out over this one works on; empty if it yields nothing.</param>
/// <param name="StartedAt">When the worker began, by its own clock: tells the attempt from the same one done again. Null in events of older
/// versions.</param>
public sealed record StageSucceeded(
    string Stage,
    string Item,
    int Attempt,
    ArtifactReference? Output,
    IReadOnlyList<Item> Items,
    DateTimeOffset SucceededAt,
    DateTimeOffset? StartedAt = null
) : JobEvent;

/// <summary>An attempt failed.</summary>
/// <param name="RetryAt">When the next attempt is due; null if there will be none.</param>
/// <param name="StartedAt">As in <see cref="StageSucceeded"/>.</param>
public sealed record StageFailed(
    string Stage,
    string Item,
    int Attempt,
    FailureKind Kind,
    string Reason,
    DateTimeOffset? RetryAt,
    DateTimeOffset FailedAt,
    DateTimeOffset? StartedAt = null
) : JobEvent;

/// <summary>An attempt gave no sign of life before its lease ended; the next attempt is requested beside this event.</summary>
public sealed record StageLost(string Stage, string Item, int Attempt, string Reason, DateTimeOffset LostAt) : JobEvent;

/// <summary>A result arrived for an attempt that had been given up, or that was done again after it had told its outcome; it changed
/// nothing.</summary>
/// <param name="StartedAt">When the worker began, by its own clock. An attempt whose message comes back from a broker that died is done
/// once more, and refused once more. Null in events of older versions.</param>
public sealed record LateOutcomeRefused(
    string Stage,
    string Item,
    int Attempt,
    DateTimeOffset RefusedAt,
    DateTimeOffset? StartedAt = null
) : JobEvent;

/// <summary>An optional stage will not run, or its item will not be tried again; the job goes on without it.</summary>
public sealed record StageSkipped(string Stage, string Item, string Reason, DateTimeOffset SkippedAt) : JobEvent;

/// <summary>The last allowed attempt failed. The relay also puts the work item on the stage's dead letter topic.</summary>
public sealed record StageDeadLettered(WorkItem Work, string Reason, DateTimeOffset DeadLetteredAt) : JobEvent;

/// <summary>Someone asked for a fresh round of attempts at a dead-lettered work item.</summary>
public sealed record StageRedriven(string Stage, string Item, string RedrivenBy, DateTimeOffset RedrivenAt) : JobEvent;

/// <summary>Someone asked to run a stage of a job that had ended again, and with it all that depend on it. What these stages had found is
/// not the job's result any more; the log keeps it.</summary>
/// <param name="Stages">The stage and those that depend on it, in the order of the pipeline, so that readers need not know the pipeline.</param>
/// <param name="Reason">Why, in the words of whoever asked; null if they gave none.</param>
public sealed record StageRerun(
    string Stage,
    IReadOnlyList<string> Stages,
    string RerunBy,
    string? Reason,
    DateTimeOffset RerunAt
) : JobEvent;

/// <summary>Every stage settled.</summary>
public sealed record JobCompleted(DateTimeOffset CompletedAt) : JobEvent;

/// <summary>The job ended without its result.</summary>
/// <param name="Kind"><see cref="FailureKind.Rejected"/> if the input is at fault.</param>
/// <param name="Reason">One sentence that the owner of the video can act on.</param>
public sealed record JobFailed(FailureKind Kind, string Stage, string Reason, DateTimeOffset FailedAt) : JobEvent;

/// <summary>Someone called the job off; outcomes that come later change nothing.</summary>
public sealed record JobCancelled(string CancelledBy, string Reason, DateTimeOffset CancelledAt) : JobEvent;
