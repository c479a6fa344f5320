using EventPipeline.Contracts;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>What must be true of every job's stream, said by counting events, slowly and plainly.</summary>
internal static class StreamRules
{
    public static void Check(PipelineStage[] stages, IReadOnlyList<JobEvent> events)
    {
        var attempts = new Dictionary<(string, string), int>();
        var round = new Dictionary<(string, string), int>();
        var done = new Dictionary<(string Stage, string Item), StageSucceeded?>();
        var refused = new HashSet<(string, string, int, DateTimeOffset?)>();
        var answered = new Dictionary<(string, string, int), DateTimeOffset?>();
        JobEvent? end = null;
        foreach (var @event in events)
        {
            if (end is not null && @event is not LateOutcomeRefused)
            {
                (@event is StageRedriven or StageRerun).ShouldBeTrue("Only refusals may follow, unless it runs again.");
                if (@event is StageRedriven)
                    end.ShouldBeOfType<JobFailed>("Only a failed job is redriven.");
            }
            switch (@event)
            {
                case StageRequested { Work: var work }:
                    var key = (work.Stage, work.Item.Name);
                    done.ShouldNotContainKey(key, "Settled work is not requested.");
                    work.Attempt.ShouldBe(attempts.GetValueOrDefault(key) + 1, "Attempts are numbered one by one.");
                    attempts[key] = work.Attempt;
                    round[key] = round.GetValueOrDefault(key) + 1;
                    round[key].ShouldBeLessThanOrEqualTo(Definition(work.Stage).MaximumAttempts);
                    foreach (var need in Definition(work.Stage).Needs)
                        IsSettled(need).ShouldBeTrue($"{work.Stage} was requested before {need} settled.");
                    work.Inputs.ShouldBe(Inputs(work.Stage));
                    ItemsOf(work.Stage).ShouldContain(work.Item.Name);
                    break;
                case StageSucceeded succeeded:
                    done.TryAdd((succeeded.Stage, succeeded.Item), succeeded).ShouldBeTrue("Accepted twice.");
                    answered
                        .TryAdd((succeeded.Stage, succeeded.Item, succeeded.Attempt), succeeded.StartedAt)
                        .ShouldBeTrue();
                    succeeded.Attempt.ShouldBe(attempts[(succeeded.Stage, succeeded.Item)]);
                    break;
                case StageFailed failed:
                    answered
                        .TryAdd((failed.Stage, failed.Item, failed.Attempt), failed.StartedAt)
                        .ShouldBeTrue("One outcome per attempt.");
                    failed.Attempt.ShouldBe(attempts[(failed.Stage, failed.Item)]);
                    break;
                case StageSkipped skipped:
                    Definition(skipped.Stage).Optional.ShouldBeTrue();
                    done.TryAdd((skipped.Stage, skipped.Item), null).ShouldBeTrue("Skipped though settled.");
                    break;
                case LateOutcomeRefused late:
                    refused.Add((late.Stage, late.Item, late.Attempt, late.StartedAt)).ShouldBeTrue("Refused twice.");
                    if (answered.TryGetValue((late.Stage, late.Item, late.Attempt), out var startedAt))
                        late.StartedAt.ShouldNotBe(startedAt, "What was accepted is not refused.");
                    break;
                case StageRedriven redriven:
                    if (end is not null)
                        round.Clear();
                    round.Remove((redriven.Stage, redriven.Item));
                    if (done.TryGetValue((redriven.Stage, redriven.Item), out var settled))
                    {
                        settled.ShouldBeNull("Only what was skipped is tried again.");
                        done.Remove((redriven.Stage, redriven.Item));
                    }
                    end = null;
                    break;
                case StageRerun rerun:
                    end.ShouldNotBeNull("Only a job that has ended is run again.");
                    Definition(rerun.Stage).Needs.All(IsSettled).ShouldBeTrue("It has what it needs.");
                    rerun.Stages.ShouldBe(
                        stages.Select(stage => stage.Name).Where(name => DependsOn(name, rerun.Stage))
                    );
                    foreach (var forgotten in done.Keys.Where(it => rerun.Stages.Contains(it.Stage)).ToArray())
                        done.Remove(forgotten);
                    round.Clear();
                    end = null;
                    break;
                case JobCompleted:
                    stages.Select(stage => stage.Name).Where(stage => !IsSettled(stage)).ShouldBeEmpty();
                    break;
            }
            if (@event is JobCompleted or JobFailed or JobCancelled)
                end = @event;
        }
        end.ShouldNotBeNull();

        PipelineStage Definition(string name) => stages.Single(stage => stage.Name == name);

        IReadOnlyList<string> ItemsOf(string stage) =>
            Definition(stage).ForEach is not { } forEach
                ? ["video"]
                :
                [
                    .. ItemsOf(forEach)
                        .SelectMany(item => done.GetValueOrDefault((forEach, item))?.Items ?? [])
                        .Select(item => item.Name),
                ];

        bool DependsOn(string stage, string on) =>
            stage == on || Definition(stage).Needs.Any(need => DependsOn(need, on));

        bool IsSettled(string stage) =>
            Definition(stage).Needs.All(IsSettled) && ItemsOf(stage).All(item => done.ContainsKey((stage, item)));

        IReadOnlyList<StageInput> Inputs(string stage) =>
            [
                .. from upstream in stages
                where Definition(stage).Needs.Contains(upstream.Name)
                from item in ItemsOf(upstream.Name)
                let output = done.GetValueOrDefault((upstream.Name, item))?.Output
                where output is not null
                select new StageInput(upstream.Name, item, output),
            ];
    }
}
