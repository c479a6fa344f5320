using System.Collections.Immutable;
using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>What is happening to an item of a stage.</summary>
public enum WorkPhase
{
    /// <summary>An attempt is to be requested.</summary>
    Planned,

    /// <summary>An attempt is requested and has no outcome.</summary>
    Requested,

    /// <summary>The last attempt failed; the next one waits for its time.</summary>
    Backoff,

    /// <summary>The last attempt failed or was lost, and there is no next one.</summary>
    Failed,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>The job goes on without it.</summary>
    Skipped,
}

/// <summary>An item of a stage and its attempts.</summary>
public sealed record WorkState(Item Item)
{
    /// <summary>What is happening.</summary>
    public WorkPhase Phase { get; private init; }

    /// <summary>The attempt that was requested last, from 1; 0 if none was.</summary>
    public int Attempt { get; private init; }

    /// <summary>Attempts that were spent before the present round of them began.</summary>
    public int SpentBefore { get; private init; }

    /// <summary>When the next attempt is due; null without one.</summary>
    public DateTimeOffset? RetryAt { get; private init; }

    /// <summary>What it found, for later stages.</summary>
    public ArtifactReference? Output { get; private init; }

    /// <summary>Items for stages that fan out over it.</summary>
    public IReadOnlyList<Item> Yielded { get; private init; } = [];

    /// <summary>Attempts that were given up without an outcome.</summary>
    internal ImmutableArray<int> GivenUp { get; private init; } = [];

    /// <summary>Outcomes that were accepted or refused, by when their worker began. What an older version accepted is not among them.</summary>
    internal ImmutableArray<(int Attempt, DateTimeOffset? StartedAt)> Told { get; private init; } = [];

    /// <summary>Whether nothing more will come of it.</summary>
    public bool IsSettled => Phase is WorkPhase.Succeeded or WorkPhase.Skipped;

    /// <summary>Whether the present round allows one more attempt.</summary>
    internal bool MayTryAgain(PipelineStage stage) => Attempt - SpentBefore < stage.MaximumAttempts;

    /// <summary>How long the next attempt may wait at most after the latest one failed. What a clock says beyond that, it says because
    /// it was set.</summary>
    public TimeSpan LongestWait(PipelineStage stage) => Backoff.AtMost(stage, this);

    internal WorkState Request(int attempt) =>
        this with
        {
            Phase = WorkPhase.Requested,
            Attempt = attempt,
            RetryAt = null,
        };

    internal WorkState Succeed(StageSucceeded succeeded) =>
        this with
        {
            Phase = WorkPhase.Succeeded,
            Output = succeeded.Output,
            Yielded = succeeded.Items,
            Told = Accept(succeeded.Attempt, succeeded.StartedAt),
        };

    internal WorkState Fail(StageFailed failed) =>
        this with
        {
            Phase = failed.RetryAt is null ? WorkPhase.Failed : WorkPhase.Backoff,
            RetryAt = failed.RetryAt,
            Told = Accept(failed.Attempt, failed.StartedAt),
        };

    internal WorkState Lose() => this with { Phase = WorkPhase.Failed, GivenUp = GivenUp.Add(Attempt) };

    internal WorkState Skip() => this with { Phase = WorkPhase.Skipped };

    /// <summary>Whether an outcome comes from an attempt that was given up, or that was done again after it had told one, and was not
    /// refused before.</summary>
    internal bool IsLate(Outcome outcome) =>
        GivenUp.Contains(outcome.Attempt)
        || (
            Told.Any(it => it.Attempt == outcome.Attempt)
            && !Told.Contains((outcome.Attempt, outcome.Metering.StartedAt))
        );

    internal WorkState Refuse(LateOutcomeRefused late) =>
        this with
        {
            // Of a job that has ended, the attempt may be the one that was under way.
            Phase = Phase == WorkPhase.Requested && late.Attempt == Attempt ? WorkPhase.Failed : Phase,
            GivenUp = GivenUp.Remove(late.Attempt),
            Told = Told.Add((late.Attempt, late.StartedAt)),
        };

    private ImmutableArray<(int, DateTimeOffset?)> Accept(int attempt, DateTimeOffset? startedAt) =>
        startedAt is null ? Told : Told.Add((attempt, startedAt));

    /// <summary>Nobody waits for the attempt that is under way any more, if one is.</summary>
    internal WorkState GiveUp() =>
        Phase == WorkPhase.Requested && !GivenUp.Contains(Attempt)
            ? this with
            {
                GivenUp = GivenUp.Add(Attempt),
            }
            : this;

    /// <summary>A fresh round; an attempt that is still under way is given up, and what one found is forgotten.</summary>
    internal WorkState Renew() =>
        GiveUp() with
        {
            Phase = WorkPhase.Planned,
            SpentBefore = Attempt,
            RetryAt = null,
            Output = null,
            Yielded = [],
        };
}
