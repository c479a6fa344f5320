using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using static EventPipeline.Contracts.FailureKind;
using static EventPipeline.Domain.Tests.Jobs.JobScenario;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>How a stage of a job that has ended is run again.</summary>
public sealed class RerunningTests
{
    private static readonly PipelineStage Cut = new("cut", []);
    private static readonly PipelineStage Each = new("each", ["cut"], ForEach: "cut");
    private static readonly PipelineStage Join = new("join", ["each"]);
    private static readonly PipelineStage Aside = new("aside", ["cut"]);

    [Fact]
    public void What_depends_on_it_is_run_again_in_its_turn_and_nothing_else()
    {
        var job = Completed();

        job.When(Rerun("each")).Lines().ShouldBe(["rerun each, join", "requested each/x #2", "requested each/y #2"]);
        job.Succeed("each", "x", 2).Lines().ShouldNotContain("requested join/video #2");
        job.Succeed("each", "y", 2).Lines().ShouldContain("requested join/video #2");
        job.Succeed("join", attempt: 2).Lines()[^1].ShouldBe("job completed");
    }

    [Fact]
    public void What_it_is_asked_for_and_why_stands_in_the_event()
    {
        Completed()
            .When(new RerunStage("join", "user:owner", "The words were wrong."))[0]
            .ShouldBeOfType<StageRerun>()
            .ShouldSatisfyAllConditions(
                it => (it.Stage, it.RerunBy, it.Reason).ShouldBe(("join", "user:owner", "The words were wrong.")),
                it => it.Stages.ShouldBe(["join"])
            );
        ((StageRerun)Completed().When(new RerunStage("join", "user:owner", " "))[0]).Reason.ShouldBeNull();
    }

    [Fact]
    public void Items_follow_from_the_new_run_and_attempts_of_those_that_come_again_go_on_counting()
    {
        var job = Completed();
        job.When(Rerun("cut")).Lines().ShouldBe(["rerun cut, each, join, aside", "requested cut/video #2"]);

        job.Succeed("cut", attempt: 2, items: ["y", "z"])
            .Lines()
            .TakeLast(3)
            .ShouldBe(["requested each/y #2", "requested each/z #1", "requested aside/video #2"]);
        job.Succeed("each", "z", 1);
        var join = job.Succeed("each", "y", 2).OfType<StageRequested>().Single();

        join.Work.Inputs.Select(input => input.Item).ShouldBe(["y", "z"]);
        join.Work.Attempt.ShouldBe(2);
    }

    [Fact]
    public void Outcomes_of_before_change_nothing_also_of_items_that_are_no_more()
    {
        var job = Completed();
        job.When(Rerun("cut"));

        job.Succeed("cut", items: ["x", "y"]).ShouldBeEmpty();
        job.Succeed("each", "x").ShouldBeEmpty();
        job.Succeed("cut", attempt: 2, items: ["y"]);
        job.Succeed("each", "x").ShouldBeEmpty();
        job.Fail(Transient, "each", "y").ShouldBeEmpty();
        job.Succeed("each", "y", 2).Lines().ShouldContain("succeeded each/y #2");
    }

    [Fact]
    public void Attempts_that_were_under_way_when_the_job_was_cancelled_are_late_whatever_becomes_of_their_items()
    {
        var job = Of(Cut, Each, Join);
        job.Succeed("cut", items: ["x", "y"]);
        job.When(new CancelJob("user:owner", "enough"));
        job.When(Rerun("cut"));

        job.Succeed("each", "x").Lines().ShouldBe(["late each/x #1"]);
        job.Succeed("cut", attempt: 2, items: ["y"]);
        job.Succeed("each", "y").Lines().ShouldBe(["late each/y #1"]);
        job.Succeed("each", "x").ShouldBeEmpty();
        job.Succeed("each", "y", 2);
        job.Succeed("join").Lines()[^1].ShouldBe("job completed");
    }

    [Fact]
    public void What_else_of_a_failed_job_had_not_settled_is_requested_again_because_it_completes_only_with_that()
    {
        var job = Of(new("a", []), new("b", []), new("c", ["b"]), new("d", ["a"]));
        job.Succeed("b");
        job.Fail(Permanent, "a");

        job.When(Rerun("b")).Lines().ShouldBe(["rerun b, c", "requested a/video #2", "requested b/video #2"]);
        job.Succeed("c").Lines().ShouldBe(["late c/video #1"]);
        job.Succeed("a", attempt: 2);
        job.Succeed("d");
        job.Succeed("b", attempt: 2).Lines().ShouldContain("requested c/video #2");
        job.Succeed("c", attempt: 2).Lines()[^1].ShouldBe("job completed");
    }

    [Fact]
    public void The_stage_that_failed_can_be_run_again_whole()
    {
        var job = Of(Cut, Each, Join);
        job.Succeed("cut", items: ["x", "y"]);
        job.Succeed("each", "x");
        job.Fail(Permanent, "each", "y");

        job.When(Rerun("each")).Lines().ShouldBe(["rerun each, join", "requested each/x #2", "requested each/y #2"]);
    }

    [Fact]
    public void It_has_a_fresh_round_of_attempts()
    {
        var job = Of(new PipelineStage("a", [], MaximumAttempts: 2, BackoffSeconds: 0));
        job.Fail(Transient, "a");
        job.When(new RetryDue("a", "video", 1));
        job.Succeed("a", attempt: 2);
        job.When(Rerun("a"));

        job.Fail(Transient, "a", attempt: 3).Lines().ShouldBe(["failed a/video #3 Transient retry"]);
    }

    [Fact]
    public void An_optional_stage_that_fails_this_time_is_skipped()
    {
        var job = Of(new("a", [], Optional: true), new("b", ["a"]));
        job.Succeed("a");
        job.Succeed("b");
        job.When(Rerun("a"));

        var events = job.Fail(Permanent, "a", attempt: 2);

        events.Lines().ShouldBe(["failed a/video #2 Permanent", "skipped a/video", "requested b/video #2"]);
        ((StageRequested)events[^1]).Work.Inputs.ShouldBeEmpty();
    }

    [Fact]
    public void A_job_that_has_not_ended_or_was_never_started_has_no_stage_run_again()
    {
        new JobScenario().Decide(Rerun("a")).Refusal.ShouldBeOfType<JobMissing>();
        var job = Of(Cut);
        job.Decide(Rerun("cut")).Refusal.ShouldBeOfType<JobRunning>();
        job.Succeed("cut");
        job.When(Rerun("cut"));
        job.Decide(Rerun("cut")).Refusal.ShouldBeOfType<JobRunning>();
    }

    [Fact]
    public void A_rejected_video_is_not_tried_again()
    {
        var job = Of(Cut);
        job.Fail(Rejected, "cut");

        job.Decide(Rerun("cut")).Refusal.ShouldBeOfType<JobEnded>();
    }

    [Fact]
    public void A_stage_that_the_job_has_not_is_refused_with_those_that_it_has() =>
        Completed()
            .Decide(Rerun("nowhere"))
            .Refusal.ShouldBe(
                new InputInvalid("stage", "The job has no stage 'nowhere'. It has cut, each, join, aside.")
            );

    [Fact]
    public void A_stage_that_has_not_what_it_needs_is_refused_and_says_what_is_missing()
    {
        var job = Of(new("a", []), new("b", []), new("c", ["a", "b"]));
        job.Succeed("b");
        job.Fail(Permanent, "a");

        job.Decide(Rerun("c"))
            .Refusal.ShouldBe(new StageNotReady("Stage c cannot run, because it needs what has not succeeded: a."));
    }

    [Fact]
    public void A_stage_without_items_is_refused()
    {
        var job = Of(Cut, Each);
        job.Succeed("cut");

        job.Decide(Rerun("each"))
            .Refusal.ShouldBe(new StageNotReady("Stage each has nothing to work on, because cut yielded nothing."));
    }

    [Fact]
    public void Where_two_items_have_the_same_name_only_the_stage_that_yielded_them_helps()
    {
        var job = Of(Cut, Each, Aside, new("last", ["aside"]));
        job.Succeed("cut", items: ["x", "x"]).Lines()[^1].ShouldBe("job failed Permanent each");

        job.Decide(Rerun("each"))
            .Refusal.ShouldBe(
                new StageNotReady("The job cannot go on, because cut yielded two items named x. Run cut again.")
            );
        job.Decide(Rerun("aside")).Refusal.ShouldBeOfType<StageNotReady>();
        job.When(Rerun("cut"));
        job.Succeed("cut", attempt: 2, items: ["x"]).Lines().ShouldContain("requested each/x #1");
    }

    private static JobScenario Completed()
    {
        var job = Of(Cut, Each, Join, Aside);
        job.Succeed("cut", items: ["x", "y"]);
        job.Succeed("each", "x");
        job.Succeed("each", "y");
        job.Succeed("join");
        job.Succeed("aside").Lines()[^1].ShouldBe("job completed");
        return job;
    }

    private static RerunStage Rerun(string stage) => new(stage, "user:owner", null);
}
