using System.Collections.Immutable;
using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>What became of a job.</summary>
public enum JobStatus
{
    /// <summary>Nobody started it.</summary>
    NotStarted,

    /// <summary>Some of its stages are not settled.</summary>
    Running,

    /// <summary>Every stage settled.</summary>
    Completed,

    /// <summary>It ended without its result; <see cref="RedriveStage"/> makes it run again.</summary>
    Failed,

    /// <summary>Someone called it off.</summary>
    Cancelled,
}

/// <summary>A run of a pipeline over a video, as its stream tells it. Which stages are ready follows from the events and is worked out
/// here; <see cref="JobDecider"/> only asks for the work.</summary>
public sealed record Job
{
    /// <summary>A job that nobody started.</summary>
    public static readonly Job Initial = new();

    private Job() { }

    /// <summary>What became of it.</summary>
    public JobStatus Status { get; private init; }

    /// <summary>How it was started; null before it was.</summary>
    public JobStarted? Started { get; private init; }

    /// <summary>How it failed last; null if it is not failed.</summary>
    public JobFailed? Failure { get; private init; }

    /// <summary>Its stages, in the order of the pipeline.</summary>
    public ImmutableArray<StageState> Stages { get; private init; } = [];

    /// <summary>A stage by name; null if the pipeline has none of that name.</summary>
    public StageState? FindStage(string name) => IndexOf(name) is var index and >= 0 ? Stages[index] : null;

    /// <summary>An item of a stage; null if there is none (yet).</summary>
    public WorkState? FindWork(string stage, string item) => FindStage(stage)?.Find(item);

    /// <summary>The job after an event.</summary>
    public static Job Evolve(Job job, JobEvent @event) =>
        @event switch
        {
            JobStarted started => Start(started),
            StageRequested { Work: var work } => job.Change(work.Stage, work.Item.Name, it => it.Request(work.Attempt)),
            StageSucceeded done => job.Change(done.Stage, done.Item, it => it.Succeed(done)).OpenAfter(done.Stage),
            StageSkipped skipped => job.Change(skipped.Stage, skipped.Item, it => it.Skip()).OpenAfter(skipped.Stage),
            StageFailed failed => job.Change(failed.Stage, failed.Item, it => it.Fail(failed)),
            StageLost lost => job.Change(lost.Stage, lost.Item, it => it.Lose()),
            LateOutcomeRefused late => job.Change(late.Stage, late.Item, it => it.Refuse(late)),
            StageRedriven redriven => job.Redrive(redriven),
            StageRerun rerun => job.Rerun(rerun),
            JobCompleted => job with { Status = JobStatus.Completed },
            JobFailed failed => job.GiveUpRest() with { Status = JobStatus.Failed, Failure = failed },
            JobCancelled => job.GiveUpRest() with { Status = JobStatus.Cancelled },
            _ => job, // Facts, and StageDeadLettered: what it means stands in the events around it.
        };

    private static Job Start(JobStarted started)
    {
        var definitions = started.Pipeline.Stages;
        var index = definitions
            .Select((stage, at) => (stage.Name, at))
            .ToDictionary(pair => pair.Name, pair => pair.at);
        var job = new Job
        {
            Status = JobStatus.Running,
            Started = started,
            Stages =
            [
                .. definitions.Select(stage => new StageState(
                    stage,
                    [.. stage.Needs.Select(need => index[need]).Order()]
                )),
            ],
        };
        return job.OpenFrom(0);
    }

    private Job Change(string stage, string item, Func<WorkState, WorkState> change)
    {
        var index = IndexOf(stage);
        var work =
            (index < 0 ? null : Stages[index].Find(item))
            ?? throw new InvalidOperationException(
                $"The job's stream speaks of stage {stage}, item {item}, which it has not."
            );
        return this with { Stages = Stages.SetItem(index, Stages[index].With(change(work))) };
    }

    private Job OpenAfter(string stage) =>
        IndexOf(stage) is var index && Stages[index].Phase == StagePhase.Settled ? OpenFrom(index + 1) : this;

    /// <summary>Opens every waiting stage whose needs have settled. The order of the pipeline makes one pass enough: a stage without items
    /// settles at once, and those that need it come later.</summary>
    private Job OpenFrom(int first)
    {
        var stages = Stages.ToBuilder();
        for (var at = first; at < stages.Count; at++)
        {
            var stage = stages[at];
            if (stage.Phase != StagePhase.Waiting || stage.Needs.Any(need => stages[need].Phase != StagePhase.Settled))
                continue;
            IReadOnlyList<Item> items = stage.Definition.ForEach is { } forEach
                ? [.. stages[IndexOf(forEach)].Works.SelectMany(work => work.Yielded)]
                : [Item.WholeVideo];
            stages[at] = stage.Open(
                items,
                [
                    .. from need in stage.Needs
                    from work in stages[need].Works
                    where work.Output is not null
                    select new StageInput(stages[need].Definition.Name, work.Item.Name, work.Output!),
                ]
            );
        }
        return this with { Stages = stages.DrainToImmutable() };
    }

    private Job GiveUpRest() =>
        this with
        {
            Stages =
            [
                .. Stages.Select(stage => stage.Works.Aggregate(stage, (state, work) => state.With(work.GiveUp()))),
            ],
        };

    private Job Redrive(StageRedriven redriven) =>
        Status != JobStatus.Failed
            ? Change(redriven.Stage, redriven.Item, work => work.Renew())
            : RunAgain(stage =>
                RenewUnsettled(
                    stage,
                    also: work => stage.Definition.Name == redriven.Stage && work.Item.Name == redriven.Item
                )
            );

    private Job Rerun(StageRerun rerun) =>
        RunAgain(stage =>
                rerun.Stages.Contains(stage.Definition.Name, StringComparer.Ordinal)
                    ? stage.Restart()
                    : RenewUnsettled(stage)
            )
            .OpenFrom(0);

    private Job RunAgain(Func<StageState, StageState> change) =>
        this with
        {
            Status = JobStatus.Running,
            Failure = null,
            Stages = [.. Stages.Select(change)],
        };

    /// <summary>A job that ended dropped whatever was under way then, so all that had not settled gets a fresh round.</summary>
    private static StageState RenewUnsettled(StageState stage, Func<WorkState, bool>? also = null) =>
        stage
            .Works.Where(work => !work.IsSettled || also?.Invoke(work) == true)
            .Aggregate(stage, (state, work) => state.With(work.Renew()));

    private int IndexOf(string stage)
    {
        for (var at = 0; at < Stages.Length; at++)
        {
            if (Stages[at].Definition.Name == stage)
                return at;
        }
        return -1;
    }
}
