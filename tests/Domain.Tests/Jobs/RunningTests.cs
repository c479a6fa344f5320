using EventPipeline.Contracts;
using static EventPipeline.Domain.Tests.Jobs.JobScenario;

namespace EventPipeline.Domain.Tests.Jobs;

/// <summary>How a job walks through its pipeline when nothing fails.</summary>
public sealed class RunningTests
{
    [Fact]
    public void A_started_job_asks_for_the_stages_that_need_nothing() =>
        Of(new("a", []), new("b", []), new("c", ["a"]))
            .Events.Lines()
            .ShouldBe(["job started", "requested a/video #1", "requested b/video #1"]);

    [Fact]
    public void An_outcome_brings_its_facts_then_the_success_then_what_is_ready() =>
        Of(new("a", []), new("b", ["a"]))
            .Succeed("a")
            .Lines()
            .ShouldBe(["fact echoed", "succeeded a/video #1", "requested b/video #1"]);

    [Fact]
    public void The_last_outcome_completes_the_job() =>
        Of(new PipelineStage("a", []))
            .Succeed("a")
            .Lines()
            .ShouldBe(["fact echoed", "succeeded a/video #1", "job completed"]);

    [Fact]
    public void A_stage_waits_for_all_that_it_needs()
    {
        var job = Of(new("a", []), new("b", []), new("c", ["a", "b"]));

        job.Succeed("b").Lines().ShouldBe(["fact echoed", "succeeded b/video #1"]);
        job.Succeed("a").Lines().ShouldContain("requested c/video #1");
    }

    [Fact]
    public void A_stage_fans_out_over_the_items_of_another_and_the_next_waits_for_all_of_them()
    {
        var job = Of(new("cut", []), new("each", ["cut"], ForEach: "cut"), new("join", ["each"]));

        job.Succeed("cut", items: ["x", "y"])
            .Lines()
            .ShouldBe(["fact echoed", "succeeded cut/video #1", "requested each/x #1", "requested each/y #1"]);
        job.Succeed("each", "y").Lines().ShouldBe(["fact echoed", "succeeded each/y #1"]);
        job.Succeed("each", "x").Lines().ShouldBe(["fact echoed", "succeeded each/x #1", "requested join/video #1"]);
    }

    [Fact]
    public void A_fanned_out_work_item_carries_its_item_with_its_range()
    {
        var job = Of(new("cut", []), new("each", ["cut"], ForEach: "cut"));

        var requested = job.Succeed("cut", items: ["x", "y"]).OfType<StageRequested>().Last();

        requested.Work.Item.ShouldBe(new Item("y", new TimeRange(1, 2)));
        requested.Work.Key.ShouldBe($"{JobId:N}/each/y");
    }

    [Fact]
    public void Inputs_come_in_the_order_of_the_pipeline_and_of_the_items_whatever_finished_first()
    {
        var job = Of(
            new("a", []),
            new("cut", []),
            new("each", ["cut"], ForEach: "cut"),
            new("join", ["each", "a", "cut"])
        );
        job.Succeed("cut", items: ["x", "y"]);
        job.Succeed("each", "y");
        job.Succeed("each", "x");

        var requested = job.Succeed("a").OfType<StageRequested>().Single();

        requested
            .Work.Inputs.Select(input => (input.Stage, input.Item, input.Output))
            .ShouldBe([
                ("a", "video", Output("a", "video")),
                ("cut", "video", Output("cut", "video")),
                ("each", "x", Output("each", "x")),
                ("each", "y", Output("each", "y")),
            ]);
    }

    [Fact]
    public void A_fan_out_over_nothing_is_settled_at_once_and_so_is_what_fans_out_over_it()
    {
        var job = Of(
            new("cut", []),
            new("each", ["cut"], ForEach: "cut"),
            new("deeper", ["each"], ForEach: "each"),
            new("join", ["deeper"])
        );

        job.Succeed("cut").Lines().ShouldBe(["fact echoed", "succeeded cut/video #1", "requested join/video #1"]);
    }

    [Fact]
    public void A_job_whose_last_stage_has_nothing_to_do_is_complete() =>
        Of(new("cut", []), new("each", ["cut"], ForEach: "cut")).Succeed("cut").Lines().ShouldContain("job completed");

    [Fact]
    public void A_fan_out_can_fan_out_again_in_the_order_of_the_items()
    {
        var job = Of(new("cut", []), new("each", ["cut"], ForEach: "cut"), new("deeper", ["each"], ForEach: "each"));
        job.Succeed("cut", items: ["x", "y"]);
        job.Succeed("each", "y", items: ["y1"]);

        job.Succeed("each", "x", items: ["x1", "x2"])
            .OfType<StageRequested>()
            .Select(requested => requested.Work.Item.Name)
            .ShouldBe(["x1", "x2", "y1"]);
    }

    [Fact]
    public void Two_items_of_one_name_fail_the_job_with_both_stages_named()
    {
        var job = Of(new("cut", []), new("each", ["cut"], ForEach: "cut"));

        var failed = job.Succeed("cut", items: ["x", "x"])[^1].ShouldBeOfType<JobFailed>();

        failed.Reason.ShouldBe("Stage cut yielded two items named x, so stage each cannot run.");
    }

    [Fact]
    public void The_lecture_pipeline_runs_from_probe_to_the_last_clip()
    {
        var job = Of([.. Pipelines.LectureHighlights.Stages]);
        job.Succeed("probe");
        job.Succeed("storyboard");
        job.Succeed("layout");
        job.Succeed("features", items: ["chunk-0001", "chunk-0002"]);
        job.Succeed("transcribe", "chunk-0001");
        job.Succeed("transcribe", "chunk-0002");
        job.Succeed("transcript");
        job.Succeed("analyze");
        job.Succeed("select", items: ["clip-001"]);

        job.Succeed("compile", "clip-001").Lines().ShouldContain("job completed");
    }

    [Fact]
    public void The_same_outcome_twice_changes_nothing_the_second_time()
    {
        var job = Of(new("a", []), new("b", ["a"]));
        job.Succeed("a");

        job.Succeed("a").ShouldBeEmpty();
    }

    [Fact]
    public void An_outcome_that_nobody_asked_for_is_refused()
    {
        var job = Of(new("a", []), new("b", ["a"]));

        job.Decide(Succeeded("a", attempt: 2)).Refusal.ShouldBe(new AttemptUnknown("a", "video", 2));
        job.Decide(Succeeded("a", attempt: 0)).Refusal.ShouldBeOfType<AttemptUnknown>();
        job.Decide(Succeeded("b")).Refusal.ShouldBeOfType<AttemptUnknown>();
        job.Decide(Succeeded("nowhere")).Refusal.ShouldBeOfType<AttemptUnknown>();
        new JobScenario().Decide(Succeeded("a")).Refusal.ShouldBeOfType<JobMissing>();
    }

    [Fact]
    public void A_job_started_twice_is_started_once_and_its_id_belongs_to_it()
    {
        var job = Of(new PipelineStage("a", []));

        job.When(Start(new PipelineStage("a", []))).ShouldBeEmpty();
        job.Decide(Start(new PipelineStage("a", [])) with { VideoId = Guid.Empty }).Refusal.ShouldBeOfType<JobExists>();
    }

    [Theory]
    [InlineData("highlights", 0, "en", "owner")]
    [InlineData("highlights", 21, "en", "owner")]
    [InlineData("language", 5, " ", "owner")]
    [InlineData("ownerId", 5, "en", "")]
    public void A_job_with_impossible_options_is_refused(string field, int highlights, string language, string owner) =>
        new JobScenario()
            .Decide(
                Start(new PipelineStage("a", [])) with
                {
                    Options = new JobOptions(highlights, Language: language),
                    OwnerId = owner,
                }
            )
            .Refusal.ShouldBeOfType<InputInvalid>()
            .Field.ShouldBe(field);
}
