using System.Text.Json.Nodes;
using EventPipeline.Api.Access;
using EventPipeline.Contracts;
using EventPipeline.Projections.Tests;

namespace EventPipeline.Api.Tests;

/// <summary>What clients can change, and what they are told if they cannot.</summary>
public sealed class ChangeTests
{
    private const string JobResult =
        "{ job { id status progress video { fileName } } appended errors { __typename message ... on InvalidInputError { field } } }";

    private static readonly string Hash = new('b', 64);

    [Fact]
    public async Task A_video_is_registered_and_a_job_over_it_runs_and_is_called_off()
    {
        await using var api = await ApiFixture.CreateAsync();
        await api.AppendAsync();
        var videoId = Identifiers.Video("local", Hash);
        var key = ObjectKeys.Source(videoId, ".mp4");
        api.Files[key] = new ArtifactReference(key, Hash, 1000, "video/mp4");

        var registered = (await RegisterAsync(api, "talk.mp4", Hash))["registerVideo"]!;
        var again = (await RegisterAsync(api, "talk.mp4", Hash))["registerVideo"]!;
        var started = (
            await api.AskAsync(
                $"mutation ($video: ID!) {{ startJob(input: {{videoId: $video, options: {{highlights: 3}}, priority: HIGH}}) {JobResult} }}",
                new { video = (string?)registered["video"]!["id"] }
            )
        )["startJob"]!;
        var job = (string)started["job"]!["id"]!;
        var asked = await api.AskAsync(
            "query ($job: ID!, $at: [Position!]) { job(id: $job, waitFor: $at) { priority options { highlights language } startedBy video { fileName } } }",
            new { job, at = new[] { (string?)started["appended"] } }
        );
        var cancelled = (await ChangeAsync(api, "cancelJob", $"jobId: \"{job}\", reason: \"Wrong one.\""))[
            "cancelJob"
        ]!;
        var twice = (await ChangeAsync(api, "cancelJob", $"jobId: \"{job}\""))["cancelJob"]!;

        ((string?)registered["video"]!["fileName"]).ShouldBe("talk.mp4");
        again["appended"]!.ToJsonString().ShouldBe(registered["appended"]!.ToJsonString());
        ((string?)started["job"]!["status"]).ShouldBe("QUEUED");
        started["errors"]!.AsArray().ShouldBeEmpty();
        asked["job"]!
            .ToJsonString()
            .ShouldBe(
                """{"priority":"HIGH","options":{"highlights":3,"language":"en"},"startedBy":"user:local","video":{"fileName":"talk.mp4"}}"""
            );
        ((string?)cancelled["job"]!["status"]).ShouldBe("CANCELLED");
        ((string?)twice["appended"]).ShouldBe((string?)cancelled["appended"]);
    }

    [Fact]
    public async Task What_failed_is_tried_again()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Succeed("probe").Fail("features", kind: FailureKind.Permanent);
        await api.AppendAsync(history);

        var redriven = (await ChangeAsync(api, "redrive", $"jobId: \"{history.JobId}\", stage: \"probe\""))["redrive"]!;
        var retried = (await ChangeAsync(api, "retryJob", $"jobId: \"{history.JobId}\""))["retryJob"]!;
        var again = (await ChangeAsync(api, "retryJob", $"jobId: \"{history.JobId}\""))["retryJob"]!;

        redriven["errors"]!
            .ToJsonString()
            .ShouldBe(
                """[{"__typename":"NothingToRetryError","message":"Stage probe, item video, has not failed."}]"""
            );
        redriven["appended"].ShouldBeNull();
        ((string?)retried["job"]!["status"]).ShouldBe("RUNNING");
        retried["appended"].ShouldNotBeNull();
        again["errors"]![0]!["message"]!.GetValue<string>().ShouldBe("Nothing of this job has failed for good.");
    }

    [Fact]
    public async Task A_stage_of_a_job_that_has_ended_is_run_again()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        await api.AppendAsync(history);
        var input = $"jobId: \"{history.JobId}\", stage: \"select\", reason: \"The weights are new.\"";

        var again = (await ChangeAsync(api, "rerunStage", input))["rerunStage"]!;
        var twice = (await ChangeAsync(api, "rerunStage", input))["rerunStage"]!;
        var asked = await api.AskAsync(
            """
            query ($job: ID!, $at: [Position!]) {
              job(id: $job, waitFor: $at) {
                status transcript { language } clips { name } stages { name status attempts }
                timeline(last: 2) { nodes { type sentence } }
              }
            }
            """,
            new { job = history.JobId, at = new[] { (string?)again["appended"] } }
        );

        again["errors"]!.AsArray().ShouldBeEmpty();
        ((string?)again["job"]!["status"]).ShouldBe("RUNNING");
        ((double)again["job"]!["progress"]!).ShouldBe(100 * 7 / 9.0, 0.01);
        twice["errors"]!
            .ToJsonString()
            .ShouldBe(
                """[{"__typename":"JobRunningError","message":"The job is still running. Its stages can be run again when it has ended."}]"""
            );
        asked["job"]!["transcript"].ShouldNotBeNull();
        asked["job"]!["clips"]!.AsArray().ShouldBeEmpty();
        asked["job"]!["stages"]!
            .AsArray()
            .TakeLast(2)
            .Select(stage => stage!.ToJsonString())
            .ShouldBe([
                """{"name":"select","status":"RUNNING","attempts":2}""",
                """{"name":"compile","status":"WAITING","attempts":0}""",
            ]);
        asked["job"]!["timeline"]!["nodes"]![0]!
            .ToJsonString()
            .ShouldBe(
                """{"type":"stage_rerun","sentence":"user:local asked to run stage select again, and with it compile: The weights are new."}"""
            );
    }

    [Fact]
    public async Task A_job_whose_video_was_deleted_has_no_stage_run_again_also_when_the_file_came_again()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local", video: Hash).Complete();
        await api.AppendAsync(history);
        var input = $"jobId: \"{history.JobId}\", stage: \"select\"";

        await api.AskAsync(
            $"mutation {{ deleteVideo(input: {{videoId: \"{history.VideoId}\"}}) {{ errors {{ message }} }} }}"
        );
        var deleted = (await ChangeAsync(api, "rerunStage", input))["rerunStage"]!["errors"]!;
        var key = ObjectKeys.Source(history.VideoId, ".mp4");
        api.Files[key] = new ArtifactReference(key, Hash, 1000, "video/mp4");
        (await RegisterAsync(api, "talk.mp4", Hash))["registerVideo"]!["errors"]!.AsArray().ShouldBeEmpty();
        var uploaded = (await ChangeAsync(api, "rerunStage", input))["rerunStage"]!["errors"]!;

        deleted
            .ToJsonString()
            .ShouldBe("""[{"__typename":"VideoNotFoundError","message":"The video was deleted. Upload it again."}]""");
        uploaded
            .ToJsonString()
            .ShouldBe(
                """[{"__typename":"VideoNotFoundError","message":"The video was deleted after this job, and all that it had found. Start a new job."}]"""
            );
    }

    [Fact]
    public async Task A_deleted_video_is_found_no_more_and_takes_no_job()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        await api.AppendAsync(history);
        var input = $"videoId: \"{history.VideoId}\", reason: \"Wrong one.\"";
        const string result = "{ video { fileName deletedAt } appended errors { __typename message } }";

        var refused = await api.AskAsync(
            $"mutation {{ deleteVideo(input: {{{input}}}) {result} }}",
            caller: new Caller("stranger")
        );
        var deleted = (await api.AskAsync($"mutation {{ deleteVideo(input: {{{input}}}) {result} }}"))["deleteVideo"]!;
        var again = (await api.AskAsync($"mutation {{ deleteVideo(input: {{{input}}}) {result} }}"))["deleteVideo"]!;
        var asked = await api.AskAsync(
            """
            query ($video: ID!, $job: ID!, $at: [Position!]) {
              video(id: $video, waitFor: $at) { id }
              videos(waitFor: $at) { nodes { id } }
              searchTranscripts(text: "event", waitFor: $at) { nodes { text } }
              job(id: $job, waitFor: $at) { status video { id } }
              then: job(id: $job, asOf: { time: "2026-06-01T00:00:00Z" }) { status }
            }
            """,
            new
            {
                video = history.VideoId,
                job = history.JobId,
                at = new[] { (string?)deleted["appended"] },
            }
        );
        var started = (await ChangeAsync(api, "startJob", $"videoId: \"{history.VideoId}\""))["startJob"]!;

        ((string?)refused["deleteVideo"]!["errors"]![0]!["__typename"]).ShouldBe("VideoNotFoundError");
        deleted["errors"]!.AsArray().ShouldBeEmpty();
        deleted["video"]!["deletedAt"].ShouldNotBeNull();
        ((string?)again["appended"]).ShouldBe((string?)deleted["appended"]);
        asked["video"].ShouldBeNull();
        asked["videos"]!["nodes"]!.AsArray().ShouldBeEmpty();
        asked["searchTranscripts"]!["nodes"]!.AsArray().ShouldBeEmpty();
        asked["job"]!.ToJsonString().ShouldBe("""{"status":"COMPLETED","video":null}""");
        ((string?)started["errors"]![0]!["message"]).ShouldBe("The video was deleted. Upload it again.");
    }

    [Fact]
    public async Task A_job_that_is_started_with_the_same_key_is_the_same_job()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        var another = new History(2, owner: "local").Complete();
        await api.AppendAsync(history, another);

        var first = await StartAsync("upload-7", history.VideoId);
        var second = await StartAsync("upload-7", history.VideoId);
        var third = await StartAsync("upload-8", history.VideoId);
        var clash = await StartAsync("upload-7", another.VideoId);

        second.ToJsonString().ShouldBe(first.ToJsonString());
        ((string?)third["job"]!["id"]).ShouldNotBe((string?)first["job"]!["id"]);
        clash["errors"]!
            .ToJsonString()
            .ShouldBe(
                """[{"__typename":"InvalidInputError","message":"This key has started another job, over another video or with another pipeline.","field":"idempotencyKey"}]"""
            );
        (await StartAsync(new string('x', 201), history.VideoId))["errors"]![0]!["field"]!
            .GetValue<string>()
            .ShouldBe("idempotencyKey");

        async Task<JsonNode> StartAsync(string key, Guid video) =>
            (await ChangeAsync(api, "startJob", $"videoId: \"{video}\", idempotencyKey: \"{key}\""))["startJob"]!;
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_by_a_typed_error()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        await api.AppendAsync(history);
        var stranger = new Caller("stranger");
        var failed = new History(2, owner: "local").Succeed("probe").Fail("features", kind: FailureKind.Permanent);
        await api.AppendAsync(failed);

        await ShouldRefuseAsync(
            "startJob",
            $"videoId: \"{history.VideoId}\", pipeline: \"none\"",
            "InvalidInputError There is no pipeline 'none'. There are lecture-highlights, debug-echo."
        );
        await ShouldRefuseAsync(
            "startJob",
            $"videoId: \"{history.VideoId}\", options: {{highlights: 99}}",
            "InvalidInputError Ask for 1 to 20 highlights."
        );
        await ShouldRefuseAsync("startJob", $"videoId: \"{Guid.Empty}\"", "VideoNotFoundError There is no such video.");
        await ShouldRefuseAsync(
            "startJob",
            $"videoId: \"{history.VideoId}\"",
            "VideoNotFoundError There is no such video.",
            stranger
        );
        await ShouldRefuseAsync(
            "cancelJob",
            $"jobId: \"{history.JobId}\"",
            "JobEndedError The job is complete, so there is nothing left to cancel."
        );
        await ShouldRefuseAsync(
            "cancelJob",
            $"jobId: \"{history.JobId}\"",
            "JobNotFoundError There is no such job.",
            stranger
        );
        await ShouldRefuseAsync(
            "retryJob",
            $"jobId: \"{history.JobId}\"",
            "JobNotFoundError There is no such job.",
            stranger
        );
        await ShouldRefuseAsync(
            "redrive",
            $"jobId: \"{Guid.Empty}\", stage: \"probe\"",
            "JobNotFoundError There is no such job."
        );
        await ShouldRefuseAsync(
            "rerunStage",
            $"jobId: \"{Guid.Empty}\", stage: \"probe\"",
            "JobNotFoundError There is no such job."
        );
        await ShouldRefuseAsync(
            "rerunStage",
            $"jobId: \"{history.JobId}\", stage: \"probe\"",
            "JobNotFoundError There is no such job.",
            stranger
        );
        await ShouldRefuseAsync(
            "rerunStage",
            $"jobId: \"{history.JobId}\", stage: \"summary\"",
            "InvalidInputError The job has no stage 'summary'. It has probe, features, layout, storyboard, transcribe, transcript, analyze, select, compile."
        );
        await ShouldRefuseAsync(
            "rerunStage",
            $"jobId: \"{failed.JobId}\", stage: \"transcript\"",
            "StageNotReadyError Stage transcript cannot run, because it needs what has not succeeded: features, transcribe."
        );
        (await RegisterAsync(api, "talk.mp4", "x"))["registerVideo"]!["errors"]![0]!["field"]!
            .GetValue<string>()
            .ShouldBe("sha256");
        (await RegisterAsync(api, "../talk.mp4", Hash))["registerVideo"]!["errors"]![0]!["field"]!
            .GetValue<string>()
            .ShouldBe("fileName");
        (await RegisterAsync(api, "talk.mp4", Hash))["registerVideo"]!["errors"]![0]!["__typename"]!
            .GetValue<string>()
            .ShouldBe("VideoNotFoundError");

        async Task ShouldRefuseAsync(string field, string input, string reason, Caller? caller = null)
        {
            var payload = (await ChangeAsync(api, field, input, caller))[field]!;
            var error = payload["errors"]!.AsArray().ShouldHaveSingleItem()!;
            $"{error["__typename"]} {error["message"]}".ShouldBe(reason);
            payload["appended"].ShouldBeNull();
        }
    }

    private static Task<JsonNode> ChangeAsync(ApiFixture api, string field, string input, Caller? caller = null) =>
        api.AskAsync($"mutation {{ {field}(input: {{{input}}}) {JobResult} }}", caller: caller);

    private static Task<JsonNode> RegisterAsync(ApiFixture api, string fileName, string sha256) =>
        api.AskAsync(
            "mutation ($input: RegisterVideoInput!) { registerVideo(input: $input) { video { id fileName } appended errors { __typename message ... on InvalidInputError { field } } } }",
            new { input = new { fileName, sha256 } }
        );
}
