using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using static EventPipeline.Domain.Tests.Jobs.JobScenario;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>Promises that hold for every pipeline, whatever is duplicated, delayed, reordered, lost, redriven, run again or cancelled. What is
/// checked is the stream alone, by <see cref="StreamRules"/>, which knows nothing of how the decider works.</summary>
public sealed class AnyJobTests
{
    /// <summary>A step: what happens (weighted), to which of the things it may happen to, and how many items an outcome yields.</summary>
    private static readonly Gen<(PipelineStage[] Stages, (int What, int Which, int Items)[] Steps)> Lives = Gen.Select(
        AnyPipeline.Stages,
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 3]).Array[0, 60]
    );

    [Fact]
    public void Every_job_ends_and_its_stream_keeps_the_rules() =>
        Lives.Sample(
            life =>
            {
                var world = new World(life.Stages);
                foreach (var (what, which, items) in life.Steps)
                    world.Step(what, which, items);
                world.Calm();

                world.Scenario.Job.Status.ShouldBeOneOf(JobStatus.Completed, JobStatus.Failed, JobStatus.Cancelled);
                StreamRules.Check(life.Stages, world.Scenario.Events);
            },
            iter: 2_000
        );

    [Fact]
    public void A_job_of_which_stages_are_run_again_ends_again_and_its_stream_keeps_the_rules() =>
        Lives.Sample(
            life =>
            {
                var world = new World(life.Stages);
                foreach (var (what, which, items) in life.Steps)
                {
                    world.Step(what, which, items);
                    if (what % 20 > 0)
                        continue;
                    world.Calm();
                    world.RunAgain(which);
                }
                world.Calm();

                StreamRules.Check(life.Stages, world.Scenario.Events);
            },
            iter: 1_000
        );

    [Fact]
    public void A_job_without_failures_completes_with_every_item_done_exactly_once() =>
        Lives.Sample(
            life =>
            {
                var world = new World(life.Stages);
                foreach (var (what, which, items) in life.Steps)
                    world.Step(what % 60, which, items);
                world.Calm();

                world.Scenario.Job.Status.ShouldBe(JobStatus.Completed);
                StreamRules.Check(life.Stages, world.Scenario.Events);
            },
            iter: 1_000
        );

    [Fact]
    public void Folding_the_stream_again_gives_the_same_job() =>
        Lives.Sample(
            life =>
            {
                var world = new World(life.Stages);
                foreach (var (what, which, items) in life.Steps)
                    world.Step(what, which, items);

                var again = world.Scenario.Events.Aggregate(Job.Initial, Job.Evolve);

                again.Describe().ShouldBe(world.Scenario.Job.Describe());
            },
            iter: 1_000
        );

    /// <summary>Everything outside the job: messages in flight, processors that answer, timers.</summary>
    private sealed class World
    {
        private readonly List<WorkItem> inFlight = [];
        private readonly List<SettleOutcome> said = [];

        public World(PipelineStage[] stages)
        {
            Scenario = new JobScenario();
            Do(Start(stages));
        }

        public JobScenario Scenario { get; }

        public void Step(int what, int which, int items)
        {
            switch (what)
            {
                case < 45 when inFlight.Count > 0:
                    Answer(Take(which), work => Success(work, items));
                    break;
                case < 60: // Delivered again, however old.
                    if (said.Count > 0)
                        Do(said[which % said.Count]);
                    break;
                case < 70 when inFlight.Count > 0:
                    Answer(
                        Take(which),
                        work => Failed(FailureKind.Transient, work.Stage, work.Item.Name, work.Attempt)
                    );
                    break;
                case < 74 when inFlight.Count > 0:
                    Answer(
                        Take(which),
                        work => Failed(FailureKind.Permanent, work.Stage, work.Item.Name, work.Attempt)
                    );
                    break;
                case < 75 when inFlight.Count > 0:
                    Answer(Take(which), work => Failed(FailureKind.Rejected, work.Stage, work.Item.Name, work.Attempt));
                    break;
                case < 83 when inFlight.Count > 0: // Silent, and perhaps only slow: it stays in flight and may still answer.
                    var slow = inFlight[which % inFlight.Count];
                    Do(new ExpireLease(slow.Stage, slow.Item.Name, slow.Attempt, which % 2 == 0));
                    break;
                case < 90:
                    Scenario.Now += TimeSpan.FromSeconds(which % 5);
                    RetryAllDue();
                    break;
                case < 92:
                    RunAgain(which);
                    break;
                case < 98:
                    var works = Scenario
                        .Job.Stages.SelectMany(stage => stage.Works.Select(it => (stage, it)))
                        .ToArray();
                    var (of, work) = works[which % works.Length];
                    Do(new RedriveStage(of.Definition.Name, work.Item.Name, "user:operator"));
                    break;
                case 99 when which < 100:
                    Do(new CancelJob("user:owner", "enough"));
                    break;
            }
        }

        public void RunAgain(int which)
        {
            var stages = Scenario.Job.Stages;
            Do(new RerunStage(stages[which % stages.Length].Definition.Name, "user:owner", null));
        }

        /// <summary>From now on everything works, until nothing is left to do.</summary>
        public void Calm()
        {
            for (var round = 0; Scenario.Job.Status == JobStatus.Running; round++)
            {
                round.ShouldBeLessThan(10_000, "The job is stuck in silence.");
                Scenario.Now += TimeSpan.FromMinutes(10);
                RetryAllDue();
                while (inFlight.Count > 0)
                    Answer(Take(round), work => Success(work, round % 3));
            }
        }

        private void RetryAllDue()
        {
            foreach (var stage in Scenario.Job.Stages)
            {
                foreach (var work in stage.Works.Where(work => work.Phase == WorkPhase.Backoff).ToArray())
                    Do(new RetryDue(stage.Definition.Name, work.Item.Name, work.Attempt));
            }
        }

        private SettleOutcome Success(WorkItem work, int items) =>
            Succeeded(
                work.Stage,
                work.Item.Name,
                work.Attempt,
                [.. Enumerable.Range(0, items).Select(at => $"{work.Item.Name}.{at}")]
            );

        private WorkItem Take(int which)
        {
            var at = which % inFlight.Count;
            var work = inFlight[at];
            inFlight.RemoveAt(at);
            return work;
        }

        private void Answer(WorkItem work, Func<WorkItem, SettleOutcome> outcome)
        {
            var answer = outcome(work);
            said.Add(answer);
            Do(answer);
        }

        private void Do(JobCommand command)
        {
            var decision = Scenario.Decide(command);
            Scenario.Decide(command).Events.Json().ShouldBe(decision.Events.Json());
            Scenario.Append(decision.Events);
            inFlight.AddRange(decision.Events.OfType<StageRequested>().Select(requested => requested.Work));
        }
    }
}
