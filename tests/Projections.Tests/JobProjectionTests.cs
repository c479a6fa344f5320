using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using EventPipeline.Projections.Jobs;
using JobStatus = EventPipeline.Projections.Jobs.JobStatus;

namespace EventPipeline.Projections.Tests;

public sealed class JobProjectionTests
{
    [Fact]
    public void A_job_is_queued_until_a_stage_answers()
    {
        var history = new History(1);
        Fold(history).Status.ShouldBe(JobStatus.Queued);
        Fold(history.Fail("probe")).Status.ShouldBe(JobStatus.Running);
        var item = Fold(history).Stages[0].Items.Single();
        item.Status.ShouldBe(StageStatus.Retrying);
        item.Reason.ShouldBe("probe did not like it.");
        item.RetryAt.ShouldNotBeNull();
        Fold(history.RetryAll()).Stages[0].Items.Single().Attempts.ShouldBe(2);
    }

    [Fact]
    public void Progress_counts_settled_stages_and_the_settled_items_of_a_fan_out()
    {
        var history = new History(1).Succeed("probe").Succeed("features");
        Fold(history).Progress.ShouldBe(100 * 2 / 9.0, 1e-9);
        Fold(history.Succeed("transcribe", "chunk-0002")).Progress.ShouldBe(100 * 2.5 / 9, 1e-9);
        var job = Fold(history.Complete());
        job.Progress.ShouldBe(100);
        job.FinishedAt.ShouldNotBeNull();
    }

    [Fact]
    public void What_was_under_way_when_a_job_ended_was_abandoned()
    {
        var history = new History(1).Succeed("probe").Do(new CancelJob("user:owner", "Changed my mind."));
        var job = Fold(history);
        job.Status.ShouldBe(JobStatus.Cancelled);
        job.Failure.ShouldBe(new JobFailure(null, null, "Changed my mind."));
        job.Stages.Where(stage => stage.Status == StageStatus.Abandoned)
            .Select(stage => stage.Name)
            .ShouldBe(["features", "layout", "storyboard"]);
    }

    [Fact]
    public void A_redriven_job_runs_again()
    {
        var history = new History(1).Fail("probe", kind: FailureKind.Permanent);
        Fold(history).Status.ShouldBe(JobStatus.Failed);
        var job = Fold(history.Redrive("probe"));
        job.Status.ShouldBe(JobStatus.Running);
        job.Failure.ShouldBeNull();
        job.FinishedAt.ShouldBeNull();
        Fold(history.Complete()).Status.ShouldBe(JobStatus.Completed);
    }

    [Fact]
    public void Of_a_stage_that_is_run_again_only_the_count_of_attempts_stays()
    {
        var history = new History(1).Complete();
        var before = Fold(history);

        var job = Fold(history.Rerun("transcribe"));

        job.Status.ShouldBe(JobStatus.Running);
        job.FinishedAt.ShouldBeNull();
        job.Progress.ShouldBe(100 * 4 / 9.0, 1e-9);
        job.Stages.Where(stage => stage.Status == StageStatus.Waiting)
            .Select(stage => stage.Name)
            .ShouldBe(["transcript", "analyze", "select", "compile"]);
        job.Stages.Take(4).SelectMany(stage => stage.Items).ShouldBe(before.Stages.Take(4).SelectMany(it => it.Items));
        var chunks = job.Stages.Single(stage => stage.Name == "transcribe").Items;
        chunks
            .Select(item => (item.Name, item.Status, item.Attempts, item.Seconds))
            .ShouldBe([("chunk-0001", StageStatus.Running, 2, 0.0), ("chunk-0002", StageStatus.Running, 2, 0.0)]);
        Fold(history.Complete())
            .Stages.Single(stage => stage.Name == "compile")
            .Items.Select(item => (item.Name, item.Attempts))
            .ShouldBe([("clip-002", 1)]);
    }

    [Fact]
    public void What_else_had_not_settled_is_no_dead_letter_any_more_when_a_stage_is_run_again()
    {
        var history = new History(1).Succeed("probe");
        for (var attempt = 1; attempt <= 3; attempt++)
            history.Fail("features").RetryAll();
        Fold(history).Stages[1].Items.Single().DeadLettered.ShouldBeTrue();

        var features = Fold(history.Rerun("layout")).Stages[1].Items.Single();

        features.DeadLettered.ShouldBeFalse();
        features.Attempts.ShouldBe(4);
    }

    [Fact]
    public void Whatever_happens_the_row_agrees_with_the_domain()
    {
        foreach (var number in Enumerable.Range(0, 200))
        {
            var history = History.Random(number);
            var job = history.Events.Select(it => (JobEvent)it.Data).Aggregate(Job.Initial, Job.Evolve);
            var row = Fold(history);
            if (row.Status != JobStatus.Queued)
                row.Status.ToString().ShouldBe(job.Status.ToString());
            row.Progress.ShouldBeInRange(0, 100);
            foreach (var (stage, state) in row.Stages.Zip(job.Stages))
            {
                if (state.Phase == StagePhase.Settled)
                    stage.IsSettled.ShouldBeTrue($"history {number}, stage {stage.Name}");
                foreach (var work in state.Works)
                {
                    var item = stage.Items.Single(item => item.Name == work.Item.Name);
                    item.Attempts.ShouldBe(work.Attempt);
                    item.IsSettled.ShouldBe(work.IsSettled);
                }
            }
        }
    }

    private static JobRow Fold(History history) => history.Events.Aggregate((JobRow?)null, JobProjection.Evolve)!;
}
