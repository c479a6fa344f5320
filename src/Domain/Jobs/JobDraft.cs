using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>Events being decided, and the job as it would be after them. It lives only within one decision.</summary>
internal sealed class JobDraft(Job job, DateTimeOffset now)
{
    public Job Job { get; private set; } = job;

    public List<JobEvent> Events { get; } = [];

    public JobDraft Add(JobEvent @event)
    {
        Events.Add(@event);
        Job = Job.Evolve(Job, @event);
        return this;
    }

    /// <summary>Asks for the next attempt at an item.</summary>
    public JobDraft Request(string stage, string item) => Add(new StageRequested(WorkItem(stage, item, next: 1), now));

    /// <summary>Asks for all work that became ready.</summary>
    public JobDraft RequestPlanned()
    {
        foreach (var stage in Job.Stages)
        {
            if (stage.Planned == 0)
                continue;
            foreach (var work in stage.Works)
            {
                if (work.Phase == WorkPhase.Planned)
                    Request(stage.Definition.Name, work.Item.Name);
            }
        }
        return this;
    }

    /// <summary>An item settled: asks for what became ready, or ends the job if nothing is left.</summary>
    public JobDraft GoOn()
    {
        if (Job.Stages.FirstOrDefault(stage => stage.Clash is not null) is { } ambiguous)
        {
            var (name, forEach) = (ambiguous.Definition.Name, ambiguous.Definition.ForEach);
            var reason = $"Stage {forEach} yielded two items named {ambiguous.Clash}, so stage {name} cannot run.";
            return Add(new JobFailed(FailureKind.Permanent, name, reason, now));
        }
        RequestPlanned();
        return Job.Stages.All(stage => stage.Phase == StagePhase.Settled) ? Add(new JobCompleted(now)) : this;
    }

    /// <summary>There will be no further attempt at an item: the job goes on without an optional one, and fails otherwise.</summary>
    public JobDraft GiveUp(PipelineStage stage, WorkState work, FailureKind kind, string reason)
    {
        if (kind == FailureKind.Transient)
            Add(new StageDeadLettered(WorkItem(stage.Name, work.Item.Name, next: 0), reason, now));
        return stage.Optional && kind != FailureKind.Rejected
            ? Add(new StageSkipped(stage.Name, work.Item.Name, reason, now)).GoOn()
            : Add(new JobFailed(kind, stage.Name, reason, now));
    }

    /// <summary>The work item of an item's latest attempt, or of the one after it.</summary>
    private WorkItem WorkItem(string stageName, string itemName, int next)
    {
        var started = Job.Started!;
        var stage = Job.FindStage(stageName)!;
        var work = stage.Find(itemName)!;
        return new WorkItem(
            started.JobId,
            started.VideoId,
            started.OwnerId,
            stageName,
            work.Item,
            work.Attempt + next,
            started.Source,
            stage.Inputs,
            started.Options,
            started.Priority,
            stage.Definition.LeaseSeconds
        );
    }
}
