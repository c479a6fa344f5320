using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using static EventPipeline.Contracts.FailureKind;
using static EventPipeline.Domain.Tests.Jobs.JobScenario;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>What becomes of a job when attempts fail, are lost or come late.</summary>
public sealed class FailingTests
{
    private static readonly PipelineStage A = new("a", [], MaximumAttempts: 3, BackoffSeconds: 2, LeaseSeconds: 30);
    private static readonly PipelineStage OptionalA = A with { Optional = true, MaximumAttempts = 1 };
    private static readonly PipelineStage B = new("b", ["a"]);

    [Fact]
    public void A_transient_failure_says_when_the_next_attempt_is_due_and_the_job_waits_for_it()
    {
        var job = Of(A);

        var failed = job.Fail(Transient, "a").ShouldHaveSingleItem().ShouldBeOfType<StageFailed>();

        failed.RetryAt!.Value.ShouldBeInRange(Noon.AddSeconds(1.6), Noon.AddSeconds(2));
        job.Job.Status.ShouldBe(JobStatus.Running);
    }

    [Fact]
    public void A_retry_is_not_due_before_its_time_and_is_requested_once()
    {
        var job = Of(A);
        job.Fail(Transient, "a");

        job.When(new RetryDue("a", "video", 1)).ShouldBeEmpty();
        job.Now = Noon.AddSeconds(2);
        job.When(new RetryDue("a", "video", 1)).Lines().ShouldBe(["requested a/video #2"]);
        job.When(new RetryDue("a", "video", 1)).ShouldBeEmpty();
    }

    [Fact]
    public void Promise_5_a_wait_that_a_wrong_clock_set_does_not_last_longer_than_any_that_is_given_out()
    {
        var job = Of(A);
        job.Now = Noon.AddHours(1);
        job.Fail(Transient, "a");

        job.Now = Noon;
        job.When(new RetryDue("a", "video", 1)).Lines().ShouldBe(["requested a/video #2"]);
    }

    [Fact]
    public void The_wait_doubles_and_ends_at_five_minutes()
    {
        var job = Of(A with { MaximumAttempts = 50 });
        foreach (var (attempt, longest) in new[] { 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 }.Index())
        {
            var failed = (StageFailed)job.Fail(Transient, "a", attempt: attempt + 1).Single();
            (failed.RetryAt!.Value - job.Now).TotalSeconds.ShouldBeInRange(longest * 0.8, longest);
            job.Now = failed.RetryAt.Value;
            job.When(new RetryDue("a", "video", attempt + 1));
        }
    }

    [Fact]
    public void The_last_allowed_attempt_is_dead_lettered_and_fails_the_job_with_its_reason()
    {
        var job = Of(A with { MaximumAttempts = 1 });

        var events = job.Fail(Transient, "a", reason: "The disk is full.");

        events.Lines().ShouldBe(["failed a/video #1 Transient", "dead-lettered a/video #1", "job failed Transient a"]);
        ((JobFailed)events[^1]).Reason.ShouldBe("The disk is full.");
    }

    [Fact]
    public void A_permanent_failure_fails_the_job_without_another_attempt() =>
        Of(A).Fail(Permanent, "a").Lines().ShouldBe(["failed a/video #1 Permanent", "job failed Permanent a"]);

    [Fact]
    public void An_optional_stage_that_fails_is_skipped_and_later_ones_get_nothing_of_it()
    {
        var job = Of(OptionalA, B);

        var events = job.Fail(Permanent, "a");

        events.Lines().ShouldBe(["failed a/video #1 Permanent", "skipped a/video", "requested b/video #1"]);
        ((StageRequested)events[^1]).Work.Inputs.ShouldBeEmpty();
        job.Succeed("b").Lines().ShouldContain("job completed");
    }

    [Fact]
    public void An_optional_stage_that_runs_out_of_attempts_is_dead_lettered_and_skipped() =>
        Of(OptionalA)
            .Fail(Transient, "a")
            .Lines()
            .ShouldBe(["failed a/video #1 Transient", "dead-lettered a/video #1", "skipped a/video", "job completed"]);

    [Fact]
    public void A_skipped_item_of_a_fan_out_leaves_the_others_alone()
    {
        var job = Of(new("cut", []), new("each", ["cut"], ForEach: "cut", Optional: true), new("join", ["each"]));
        job.Succeed("cut", items: ["x", "y"]);
        job.Fail(Permanent, "each", "x");

        var join = job.Succeed("each", "y").OfType<StageRequested>().Single();

        join.Work.Inputs.Select(input => input.Item).ShouldBe(["y"]);
    }

    [Fact]
    public void A_rejected_input_fails_the_job_even_in_an_optional_stage() =>
        Of(OptionalA, B).Fail(Rejected, "a").Lines().ShouldBe(["failed a/video #1 Rejected", "job failed Rejected a"]);

    [Fact]
    public void A_lost_attempt_is_followed_by_the_next_and_its_late_outcome_is_refused_once()
    {
        var job = Of(A, B);

        job.When(new ExpireLease("a", "video", 1, WasStarted: true))
            .Lines()
            .ShouldBe(["lost a/video #1", "requested a/video #2"]);
        job.Succeed("a", attempt: 1).Lines().ShouldBe(["late a/video #1"]);
        job.Succeed("a", attempt: 1).ShouldBeEmpty();
        job.Succeed("a", attempt: 2).Lines().ShouldContain("succeeded a/video #2");
        job.Succeed("a", attempt: 1).ShouldBeEmpty();
    }

    [Fact]
    public void A_late_outcome_is_refused_once_also_when_its_item_or_its_job_is_done()
    {
        var job = Of(A);
        job.When(new ExpireLease("a", "video", 1, WasStarted: true));
        job.Succeed("a", attempt: 2).Lines().ShouldContain("job completed");

        job.Succeed("a", attempt: 1).Lines().ShouldBe(["late a/video #1"]);
        job.Succeed("a", attempt: 1).ShouldBeEmpty();
    }

    [Fact]
    public void Promise_2_an_attempt_that_is_done_again_after_its_outcome_was_refused_is_refused_again()
    {
        var job = Of(A, B);
        var outcome = Succeeded("a");
        job.When(new CancelJob("user:owner", "Enough."));

        job.When(outcome).Lines().ShouldBe(["late a/video #1"]);
        job.When(DoneAgain(outcome)).Lines().ShouldBe(["late a/video #1"]);
        job.When(DoneAgain(outcome)).ShouldBeEmpty();
        job.When(outcome).ShouldBeEmpty();
    }

    [Fact]
    public void An_attempt_that_failed_is_not_late_when_its_outcome_comes_again()
    {
        var job = Of(A);
        job.Fail(Transient, "a");
        job.Fail(Transient, "a").ShouldBeEmpty();
        job.Now = Noon.AddSeconds(2);
        job.When(new RetryDue("a", "video", 1));

        job.Fail(Transient, "a").ShouldBeEmpty();
    }

    [Fact]
    public void Promise_2_an_attempt_that_is_done_again_after_it_told_its_outcome_is_refused()
    {
        var job = Of(A, new("b", []));
        var outcome = Succeeded("a");
        job.When(outcome).Lines().ShouldContain("succeeded a/video #1");
        job.When(DoneAgain(outcome)).Lines().ShouldBe(["late a/video #1"]);
        job.Fail(Permanent, "b");

        job.When(DoneAgain(Succeeded("b"))).Lines().ShouldBe(["late b/video #1"]);
        job.When(DoneAgain(Succeeded("b"))).ShouldBeEmpty();
        job.When(DoneAgain(outcome)).ShouldBeEmpty();
    }

    [Fact]
    public void A_lost_attempt_counts()
    {
        var job = Of(A with { MaximumAttempts = 2 });
        job.When(new ExpireLease("a", "video", 1, WasStarted: true));

        var events = job.When(new ExpireLease("a", "video", 2, WasStarted: false));

        events.Lines().ShouldBe(["lost a/video #2", "dead-lettered a/video #2", "job failed Transient a"]);
        ((JobFailed)events[^1]).Reason.ShouldBe("Attempt 2 was lost before anyone began it.");
    }

    [Fact]
    public void The_lease_of_an_attempt_that_is_over_does_not_expire()
    {
        var job = Of(A, B);
        job.Succeed("a");

        job.When(new ExpireLease("a", "video", 1, WasStarted: true)).ShouldBeEmpty();
        job.When(new ExpireLease("b", "video", 7, WasStarted: true)).ShouldBeEmpty();
        job.When(new ExpireLease("nowhere", "video", 1, WasStarted: true)).ShouldBeEmpty();
    }

    [Fact]
    public void After_the_end_outcomes_are_refused_and_timers_change_nothing()
    {
        var job = Of(new("a", []), new("b", []));
        job.Fail(Permanent, "a");

        job.Succeed("b").Lines().ShouldBe(["late b/video #1"]);
        job.Succeed("b").ShouldBeEmpty();
        job.When(new ExpireLease("b", "video", 1, WasStarted: true)).ShouldBeEmpty();
        job.Decide(new CancelJob("user:owner", "changed my mind")).Refusal.ShouldBeOfType<JobEnded>();
    }

    [Fact]
    public void A_cancelled_job_takes_no_outcome_and_is_cancelled_once()
    {
        var job = Of(A);

        job.When(new CancelJob("user:owner", "changed my mind")).Lines().ShouldBe(["job cancelled"]);
        job.When(new CancelJob("user:owner", "changed my mind")).ShouldBeEmpty();
        job.Succeed("a").Lines().ShouldBe(["late a/video #1"]);
    }
}
