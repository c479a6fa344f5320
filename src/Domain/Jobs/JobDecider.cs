using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>What follows from a command to a job. Pure: the same job, command and time give the same events.</summary>
public static class JobDecider
{
    /// <summary>The events to append, or why not.</summary>
    public static Decision<JobEvent> Decide(Job job, JobCommand command, DateTimeOffset now) =>
        command switch
        {
            StartJob start => Start(job, start, now),
            SettleOutcome settle => Settle(job, settle.Outcome, now),
            ExpireLease expire => Expire(job, expire, now),
            RetryDue due => Retry(job, due, now),
            CancelJob cancel => Cancel(job, cancel, now),
            RedriveStage redrive => Redrive(job, redrive, now),
            RerunStage rerun => Rerun(job, rerun, now),
            _ => throw new ArgumentException(
                $"A job does not know the command {command.GetType().Name}.",
                nameof(command)
            ),
        };

    private static Decision<JobEvent> Start(Job job, StartJob command, DateTimeOffset now)
    {
        if (job.Started is { } started)
        {
            return started.VideoId == command.VideoId && started.Pipeline.Name == command.Pipeline.Name
                ? Nothing
                : new JobExists();
        }
        if (PipelineRules.Broken(command.Pipeline) is { } broken)
            return new InputInvalid("pipeline", broken);
        if (command.Options.Highlights is < 1 or > 20)
            return new InputInvalid("highlights", "Ask for 1 to 20 highlights.");
        if (string.IsNullOrWhiteSpace(command.Options.Language))
            return new InputInvalid("language", "Say which language is spoken, as a BCP 47 tag such as en.");
        if (string.IsNullOrWhiteSpace(command.OwnerId))
            return new InputInvalid("ownerId", "A job needs an owner.");
        return new JobDraft(job, now)
            .Add(
                new JobStarted(
                    command.JobId,
                    command.VideoId,
                    command.OwnerId,
                    command.Pipeline,
                    command.Options,
                    command.Priority,
                    command.Source,
                    command.StartedBy,
                    now
                )
            )
            .RequestPlanned()
            .Events;
    }

    private static Decision<JobEvent> Settle(Job job, Outcome outcome, DateTimeOffset now)
    {
        if (job.Status == JobStatus.NotStarted)
            return new JobMissing();
        var work = job.FindWork(outcome.Stage, outcome.Item);
        if (work is null || outcome.Attempt < 1 || outcome.Attempt > work.Attempt)
            return new AttemptUnknown(outcome.Stage, outcome.Item, outcome.Attempt);
        // Also after the end of the job: what the attempt stored on the way has to be found and removed.
        if (work.IsLate(outcome))
            return new JobEvent[]
            {
                new LateOutcomeRefused(outcome.Stage, outcome.Item, outcome.Attempt, now, outcome.Metering.StartedAt),
            };
        if (job.Status != JobStatus.Running || work.IsSettled)
            return Nothing;
        if (work.Phase != WorkPhase.Requested || outcome.Attempt != work.Attempt)
            return Nothing;
        var draft = new JobDraft(job, now);
        return outcome switch
        {
            OutcomeSucceeded succeeded => Succeed(draft, succeeded, now),
            OutcomeFailed failed => Fail(draft, failed, work, now),
            _ => throw new ArgumentException($"An outcome cannot be a {outcome.GetType().Name}.", nameof(outcome)),
        };
    }

    private static Decision<JobEvent> Succeed(JobDraft draft, OutcomeSucceeded outcome, DateTimeOffset now)
    {
        foreach (var fact in outcome.Facts)
            draft.Add(fact);
        return draft
            .Add(
                new StageSucceeded(
                    outcome.Stage,
                    outcome.Item,
                    outcome.Attempt,
                    outcome.Output,
                    outcome.Items,
                    now,
                    outcome.Metering.StartedAt
                )
            )
            .GoOn()
            .Events;
    }

    private static Decision<JobEvent> Fail(JobDraft draft, OutcomeFailed outcome, WorkState work, DateTimeOffset now)
    {
        var stage = draft.Job.FindStage(outcome.Stage)!.Definition;
        DateTimeOffset? retryAt =
            outcome.Kind == FailureKind.Transient && work.MayTryAgain(stage)
                ? now + Backoff.After(stage, draft.Job.Started!.JobId, work)
                : null;
        draft.Add(
            new StageFailed(
                outcome.Stage,
                outcome.Item,
                outcome.Attempt,
                outcome.Kind,
                outcome.Reason,
                retryAt,
                now,
                outcome.Metering.StartedAt
            )
        );
        return retryAt is null ? draft.GiveUp(stage, work, outcome.Kind, outcome.Reason).Events : draft.Events;
    }

    private static Decision<JobEvent> Expire(Job job, ExpireLease command, DateTimeOffset now)
    {
        if (!IsAt(job, command.Stage, command.Item, command.Attempt, WorkPhase.Requested))
            return Nothing;
        var stage = job.FindStage(command.Stage)!.Definition;
        var work = job.FindWork(command.Stage, command.Item)!;
        var reason = command.WasStarted
            ? $"Attempt {command.Attempt} gave no sign of life for {stage.LeaseSeconds:0.###} s."
            : $"Attempt {command.Attempt} was lost before anyone began it.";
        var draft = new JobDraft(job, now).Add(
            new StageLost(command.Stage, command.Item, command.Attempt, reason, now)
        );
        return work.MayTryAgain(stage)
            ? draft.Request(stage.Name, work.Item.Name).Events
            : draft.GiveUp(stage, work, FailureKind.Transient, reason).Events;
    }

    private static Decision<JobEvent> Retry(Job job, RetryDue command, DateTimeOffset now) =>
        IsAt(job, command.Stage, command.Item, command.Attempt, WorkPhase.Backoff)
        && IsDue(job.FindStage(command.Stage)!.Definition, job.FindWork(command.Stage, command.Item)!, now)
            ? new JobDraft(job, now).Request(command.Stage, command.Item).Events
            : Nothing;

    /// <summary>A wait longer than any that was given out was set by a clock that was ahead of this one.</summary>
    private static bool IsDue(PipelineStage stage, WorkState work, DateTimeOffset now) =>
        work.RetryAt - now is var rest && (rest <= TimeSpan.Zero || rest > work.LongestWait(stage));

    private static Decision<JobEvent> Cancel(Job job, CancelJob command, DateTimeOffset now) =>
        job.Status switch
        {
            JobStatus.NotStarted => new JobMissing(),
            JobStatus.Running => new JobEvent[] { new JobCancelled(command.CancelledBy, command.Reason, now) },
            JobStatus.Cancelled => Nothing,
            JobStatus.Completed => new JobEnded("The job is complete, so there is nothing left to cancel."),
            _ => new JobEnded("The job has failed, so there is nothing left to cancel."),
        };

    private static Decision<JobEvent> Redrive(Job job, RedriveStage command, DateTimeOffset now)
    {
        if (job.Status == JobStatus.NotStarted)
            return new JobMissing();
        if (job.Status is JobStatus.Completed or JobStatus.Cancelled)
            return new JobEnded("The job has ended; start a new one over the same video.");
        if (job.Failure is { Kind: FailureKind.Rejected })
            return new JobEnded("The video itself was rejected; trying again cannot help.");
        if (job.FindWork(command.Stage, command.Item) is not { Phase: WorkPhase.Failed or WorkPhase.Skipped } work)
            return new NothingToRedrive($"Stage {command.Stage}, item {command.Item}, has not failed.");
        if (work.IsSettled && WentOnWithout(job, command.Stage))
        {
            return new NothingToRedrive(
                $"Later stages already went on without stage {command.Stage}, item {command.Item}."
            );
        }
        return new JobDraft(job, now)
            .Add(new StageRedriven(command.Stage, command.Item, command.RedrivenBy, now))
            .RequestPlanned()
            .Events;
    }

    private static bool WentOnWithout(Job job, string stage) =>
        job.Stages.Any(later => later.Phase != StagePhase.Waiting && later.Definition.Needs.Contains(stage));

    private static Decision<JobEvent> Rerun(Job job, RerunStage command, DateTimeOffset now)
    {
        if (job.Status == JobStatus.NotStarted)
            return new JobMissing();
        if (job.Status == JobStatus.Running)
            return new JobRunning("The job is still running. Its stages can be run again when it has ended.");
        if (job.Failure is { Kind: FailureKind.Rejected })
            return new JobEnded("The video itself was rejected; trying again cannot help.");
        if (job.FindStage(command.Stage) is not { } stage)
        {
            var known = string.Join(", ", job.Stages.Select(it => it.Definition.Name));
            return new InputInvalid("stage", $"The job has no stage '{command.Stage}'. It has {known}.");
        }
        var again = WithDependants(job, command.Stage);
        if (WhyNotReady(job, stage, again) is { } why)
            return new StageNotReady(why);
        var reason = string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason;
        return new JobDraft(job, now)
            .Add(new StageRerun(command.Stage, again, command.RerunBy, reason, now))
            .RequestPlanned()
            .Events;
    }

    /// <summary>One pass is enough, because every stage comes after those that it needs.</summary>
    private static List<string> WithDependants(Job job, string stage)
    {
        List<string> found = [stage];
        foreach (var later in job.Stages)
        {
            if (later.Definition.Needs.Any(found.Contains))
                found.Add(later.Definition.Name);
        }
        return found;
    }

    private static string? WhyNotReady(Job job, StageState stage, List<string> again)
    {
        var name = stage.Definition.Name;
        var missing = stage.Definition.Needs.Where(need => job.FindStage(need)!.Phase != StagePhase.Settled).ToList();
        if (missing.Count > 0)
            return $"Stage {name} cannot run, because it needs what has not succeeded: {string.Join(", ", missing)}.";
        if (stage.Items.Count == 0)
            return $"Stage {name} has nothing to work on, because {stage.Definition.ForEach} yielded nothing.";
        return
            job.Stages.FirstOrDefault(it => it.Clash is not null && !again.Contains(it.Definition.ForEach!))
                is { } stuck
            ? $"The job cannot go on, because {stuck.Definition.ForEach} yielded two items named {stuck.Clash}."
                + $" Run {stuck.Definition.ForEach} again."
            : null;
    }

    private static bool IsAt(Job job, string stage, string item, int attempt, WorkPhase phase) =>
        job.Status == JobStatus.Running
        && job.FindWork(stage, item) is { } work
        && work.Attempt == attempt
        && work.Phase == phase;

    private static Decision<JobEvent> Nothing => Array.Empty<JobEvent>();
}
