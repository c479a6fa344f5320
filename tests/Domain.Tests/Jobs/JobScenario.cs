using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using EventPipeline.TestSupport;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>A job that is driven by commands, as the coordinator would: it keeps every event, and folds.</summary>
internal sealed class JobScenario
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid JobId = Identifiers.Derive("job");
    public static readonly ArtifactReference Source = new(
        "videos/raw/a/original.mp4",
        new string('a', 64),
        10,
        "video/mp4"
    );

    public Job Job { get; private set; } = Job.Initial;

    public List<JobEvent> Events { get; } = [];

    public DateTimeOffset Now { get; set; } = Noon;

    /// <summary>A started job over the stages.</summary>
    public static JobScenario Of(params PipelineStage[] stages)
    {
        var scenario = new JobScenario();
        scenario.When(Start(stages));
        return scenario;
    }

    public static StartJob Start(params PipelineStage[] stages) =>
        new(
            JobId,
            Identifiers.Derive("video"),
            "owner",
            new Pipeline("test", 1, stages),
            new JobOptions(),
            JobPriority.Normal,
            Source,
            "user:owner"
        );

    /// <summary>Decides and appends; the answer is what was appended.</summary>
    public IReadOnlyList<JobEvent> When(JobCommand command)
    {
        var decision = Decide(command);
        decision.Refusal.ShouldBeNull();
        return Append(decision.Events);
    }

    public Decision<JobEvent> Decide(JobCommand command) => JobDecider.Decide(Job, command, Now);

    public IReadOnlyList<JobEvent> Append(IReadOnlyList<JobEvent> events)
    {
        foreach (var @event in events)
            Job = Job.Evolve(Job, @event);
        Events.AddRange(events);
        return events;
    }

    public IReadOnlyList<JobEvent> Succeed(
        string stage,
        string item = "video",
        int attempt = 1,
        params string[] items
    ) => When(Succeeded(stage, item, attempt, items));

    public IReadOnlyList<JobEvent> Fail(
        FailureKind kind,
        string stage,
        string item = "video",
        int attempt = 1,
        string reason = "It did not work."
    ) => When(Failed(kind, stage, item, attempt, reason));

    public static SettleOutcome Succeeded(
        string stage,
        string item = "video",
        int attempt = 1,
        params string[] items
    ) =>
        new(
            new OutcomeSucceeded(
                JobId,
                stage,
                item,
                attempt,
                Output(stage, item),
                [new Echoed($"{stage}/{item}")],
                [.. items.Select((name, at) => new Item(name, new TimeRange(at, at + 1)))],
                TestMetering.Of(stage, item, attempt)
            )
        );

    public static SettleOutcome Failed(
        FailureKind kind,
        string stage,
        string item = "video",
        int attempt = 1,
        string reason = "It did not work."
    ) => new(new OutcomeFailed(JobId, stage, item, attempt, kind, reason, TestMetering.Of(stage, item, attempt)));

    public static ArtifactReference Output(string stage, string item) =>
        new($"facts/{stage}/{item}", new string('b', 64), 2, "application/json");

    /// <summary>The same attempt, done once more by a worker that began later.</summary>
    public static SettleOutcome DoneAgain(SettleOutcome first) =>
        new(
            first.Outcome with
            {
                Metering = first.Outcome.Metering with { StartedAt = first.Outcome.Metering.StartedAt.AddSeconds(1) },
            }
        );
}

internal static class JobEventSentences
{
    /// <summary>Events as short lines, so that a failed expectation reads well.</summary>
    public static IReadOnlyList<string> Lines(this IEnumerable<JobEvent> events) => [.. events.Select(Line)];

    private static string Line(JobEvent @event) =>
        @event switch
        {
            StageRequested { Work: var work } => $"requested {work.Stage}/{work.Item.Name} #{work.Attempt}",
            StageSucceeded done => $"succeeded {done.Stage}/{done.Item} #{done.Attempt}",
            StageFailed failed => $"failed {failed.Stage}/{failed.Item} #{failed.Attempt} {failed.Kind}"
                + (failed.RetryAt is null ? "" : " retry"),
            StageLost lost => $"lost {lost.Stage}/{lost.Item} #{lost.Attempt}",
            LateOutcomeRefused late => $"late {late.Stage}/{late.Item} #{late.Attempt}",
            StageSkipped skipped => $"skipped {skipped.Stage}/{skipped.Item}",
            StageDeadLettered { Work: var work } => $"dead-lettered {work.Stage}/{work.Item.Name} #{work.Attempt}",
            StageRedriven redriven => $"redriven {redriven.Stage}/{redriven.Item}",
            StageRerun rerun => $"rerun {string.Join(", ", rerun.Stages)}",
            JobFailed failed => $"job failed {failed.Kind} {failed.Stage}",
            JobCompleted => "job completed",
            JobCancelled => "job cancelled",
            JobStarted => "job started",
            Fact fact => $"fact {EventTypes.NameOf(fact)}",
            _ => @event.ToString(),
        };

    /// <summary>Everything a job knows, as text: two jobs with the same text are the same.</summary>
    public static string Describe(this Job job) =>
        JsonSerializer.Serialize(
            new
            {
                job.Status,
                job.Started,
                job.Failure,
                Stages = job.Stages.Select(stage => new
                {
                    stage.Definition.Name,
                    stage.Phase,
                    stage.Clash,
                    stage.Planned,
                    stage.Unsettled,
                    stage.Inputs,
                    Works = stage.Works.Select(work => new { Work = work, work.GivenUp }),
                }),
            },
            ContractJson.Options
        );

    public static string Json(this IEnumerable<JobEvent> events) =>
        string.Join(
            '\n',
            events.Select(it => EventTypes.NameOf(it) + JsonSerializer.Serialize<object>(it, ContractJson.Options))
        );
}
