using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using static EventPipeline.Contracts.FailureKind;
using static EventPipeline.Domain.Tests.Jobs.JobScenario;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>How failed work is tried again by hand.</summary>
public sealed class RedrivingTests
{
    private static readonly RedriveStage RedriveA = new("a", "video", "user:operator");

    [Fact]
    public void A_redriven_job_runs_again_with_a_fresh_round_and_attempt_numbers_that_go_on()
    {
        var job = Of(new PipelineStage("a", [], MaximumAttempts: 1));
        job.Fail(Transient, "a");

        job.When(RedriveA).Lines().ShouldBe(["redriven a/video", "requested a/video #2"]);
        job.Job.Status.ShouldBe(JobStatus.Running);
        job.Succeed("a", attempt: 2).Lines().ShouldContain("job completed");
    }

    [Fact]
    public void A_fresh_round_has_as_many_attempts_as_the_first()
    {
        var job = Of(new PipelineStage("a", [], MaximumAttempts: 2, BackoffSeconds: 0));
        job.Fail(Transient, "a");
        job.When(new RetryDue("a", "video", 1));
        job.Fail(Transient, "a", attempt: 2).Lines().ShouldContain("job failed Transient a");
        job.When(RedriveA);

        job.Fail(Transient, "a", attempt: 3).Lines().ShouldBe(["failed a/video #3 Transient retry"]);
    }

    [Fact]
    public void Work_that_was_under_way_when_the_job_failed_is_requested_again_and_its_old_attempt_refused()
    {
        var job = Of(new("a", []), new("b", []), new("c", ["b"]));
        job.Fail(Permanent, "a");

        job.When(RedriveA).Lines().ShouldBe(["redriven a/video", "requested a/video #2", "requested b/video #2"]);
        job.Succeed("b", attempt: 1).Lines().ShouldBe(["late b/video #1"]);
        job.Succeed("b", attempt: 1).ShouldBeEmpty();
        job.Succeed("b", attempt: 2).Lines().ShouldContain("requested c/video #1");
    }

    [Fact]
    public void Work_that_had_settled_is_not_requested_again()
    {
        var job = Of(new("a", []), new("b", []));
        job.Succeed("b");
        job.Fail(Permanent, "a");

        job.When(RedriveA).Lines().ShouldBe(["redriven a/video", "requested a/video #2"]);
    }

    [Fact]
    public void A_skipped_stage_can_be_redriven_while_nothing_went_on_without_it()
    {
        var job = Of(new("a", [], Optional: true), new("b", []), new("c", ["a", "b"]));
        job.Fail(Permanent, "a");

        job.When(RedriveA).Lines().ShouldBe(["redriven a/video", "requested a/video #2"]);
        job.Succeed("b").Lines().ShouldNotContain("requested c/video #1");
        job.Succeed("a", attempt: 2).Lines().ShouldContain("requested c/video #1");
    }

    [Fact]
    public void A_skipped_stage_is_not_redriven_once_later_stages_went_on_without_it()
    {
        var job = Of(new("a", [], Optional: true), new("c", ["a"]));
        job.Fail(Permanent, "a");

        job.Decide(RedriveA).Refusal.ShouldBeOfType<NothingToRedrive>();
    }

    [Fact]
    public void Only_failed_work_can_be_redriven()
    {
        var job = Of(new PipelineStage("a", []));

        job.Decide(RedriveA).Refusal.ShouldBe(new NothingToRedrive("Stage a, item video, has not failed."));
        job.Decide(RedriveA with { Stage = "nowhere" }).Refusal.ShouldBeOfType<NothingToRedrive>();
        job.Succeed("a");
        job.Decide(RedriveA).Refusal.ShouldBeOfType<JobEnded>();
        new JobScenario().Decide(RedriveA).Refusal.ShouldBeOfType<JobMissing>();
    }

    [Fact]
    public void A_rejected_video_is_not_tried_again()
    {
        var job = Of(new PipelineStage("a", []));
        job.Fail(Rejected, "a");

        job.Decide(RedriveA).Refusal.ShouldBeOfType<JobEnded>();
    }
}
