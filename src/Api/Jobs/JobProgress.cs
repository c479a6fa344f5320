using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.Projections.Jobs;

namespace EventPipeline.Api.Jobs;

/// <summary>A step of a job: an event, which is certain, or what a worker reports in between.</summary>
/// <param name="State">How far the job is.</param>
/// <param name="Stage">The stage that it is about; null if it is about the job.</param>
/// <param name="Reason">Why something failed, was skipped, or ended without its result, as a sentence; null otherwise.</param>
[InterfaceType]
public abstract record JobProgress([property: GraphQLIgnore] ProgressState State, string? Stage, string? Reason)
{
    /// <summary>Up to which event this is true: given as `after`, a subscription goes on behind it. A report between two events has the
    /// position of the one before.</summary>
    public Position Position => State.Position;

    /// <summary>When it happened.</summary>
    public DateTimeOffset At => State.At;

    /// <summary>How far the job is, 0 to 100. It never falls, also when something is tried again; only when somebody runs a stage again.</summary>
    public double Percent => State.Percent;

    /// <summary>Seconds until the job is likely to be done, from what its stages took lately for each minute of video; null if there is
    /// nothing to go by.</summary>
    public double? RemainingSeconds => State.RemainingSeconds;

    /// <summary>Whether it is a worker's report, which may be lost and is not repeated, instead of an event of the log.</summary>
    public bool IsEstimate => this is AttemptReported;
}

/// <summary>How far a job is.</summary>
/// <param name="Position">Of its last event.</param>
/// <param name="At">When that happened.</param>
/// <param name="Percent">0 to 100.</param>
/// <param name="RemainingSeconds">Null if there is nothing to go by.</param>
[GraphQLIgnore]
public readonly record struct ProgressState(
    Position Position,
    DateTimeOffset At,
    double Percent,
    double? RemainingSeconds
);

/// <summary>An attempt waits for a worker.</summary>
/// <param name="State">How far the job is.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Item">The unit of the stage, such as a chunk or a clip; `video` if it works on the whole.</param>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="StagePercent">How far the stage is, 0 to 100.</param>
public sealed record AttemptRequested(ProgressState State, string? Stage, string Item, int Attempt, double StagePercent)
    : JobProgress(State, Stage, null);

/// <summary>What a worker reports of an attempt between two events.</summary>
/// <param name="State">How far the job is.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Item">The unit of the stage, such as a chunk or a clip; `video` if it works on the whole.</param>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="AttemptPercent">How far this attempt is, 0 to 100.</param>
/// <param name="StagePercent">How far the stage is, 0 to 100.</param>
/// <param name="Activity">What is being done, a few words.</param>
public sealed record AttemptReported(
    ProgressState State,
    string? Stage,
    string Item,
    int Attempt,
    double AttemptPercent,
    double StagePercent,
    string Activity
) : JobProgress(State, Stage, null);

/// <summary>An attempt failed, or gave no sign of life. The reason says why.</summary>
/// <param name="State">How far the job is.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Item">The unit of the stage, such as a chunk or a clip; `video` if it works on the whole.</param>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="StagePercent">How far the stage is, 0 to 100.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Kind">What is at fault; null if it gave no sign of life.</param>
/// <param name="RetryAt">When it is tried again; null if that is at once, or never.</param>
public sealed record AttemptFailed(
    ProgressState State,
    string? Stage,
    string Item,
    int Attempt,
    double StagePercent,
    string? Reason,
    FailureKind? Kind,
    DateTimeOffset? RetryAt
) : JobProgress(State, Stage, Reason);

/// <summary>A unit of a stage needs no more work. If it was skipped, the reason says why.</summary>
/// <param name="State">How far the job is.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Item">The unit of the stage, such as a chunk or a clip; `video` if it works on the whole.</param>
/// <param name="StagePercent">How far the stage is, 0 to 100.</param>
/// <param name="IsSkipped">Whether the job goes on without it.</param>
/// <param name="Reason">Why it was skipped; null otherwise.</param>
public sealed record ItemSettled(
    ProgressState State,
    string? Stage,
    string Item,
    double StagePercent,
    bool IsSkipped,
    string? Reason
) : JobProgress(State, Stage, Reason);

/// <summary>The job ended; the subscription ends with it. If it ended without its result, the reason says why, and the stage is the one that
/// failed.</summary>
/// <param name="State">How far the job is.</param>
/// <param name="Status">How.</param>
/// <param name="Stage">The stage that failed; null if none did.</param>
/// <param name="Reason">Why it ended without its result, as a sentence; null if it completed.</param>
public sealed record JobEnded(ProgressState State, JobStatus Status, string? Stage, string? Reason)
    : JobProgress(State, Stage, Reason);
