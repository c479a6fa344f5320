using System.Text.Json.Nodes;
using EventPipeline.Api.Access;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Nodes;
using EventPipeline.Projections.Tests;

namespace EventPipeline.Api.Tests;

/// <summary>What clients hear of jobs and videos: everything from a position on, and then as it happens.</summary>
public sealed class NewsTests
{
    private const string JobEvents =
        "subscription ($id: ID, $types: [String!], $after: Position) { jobEvents(jobId: $id, types: $types, after: $after) { position jobId version type at actor sentence } }";

    private const string MyJobs =
        "subscription ($after: Position) { myJobs(after: $after) { position job { id status progress } } }";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_events_of_a_job_come_from_any_position_on_and_then_live()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local");
        await api.AppendAsync(history);
        await using var whole = api.SubscribeAsync(JobEvents, new { id = history.JobId })
            .GetAsyncEnumerator(Cancellation);
        var begun = await ApiFixture.TakeAsync(whole, history.New.Count);
        await using var resumed = api.SubscribeAsync(
                JobEvents,
                new { id = Id(history), after = (string?)begun[0]["position"] }
            )
            .GetAsyncEnumerator(Cancellation);

        var stored = await AppendRestAsync(api, history.Succeed("probe"));

        var all = begun.Concat(await ApiFixture.TakeAsync(whole, stored.Count - begun.Count)).ToArray();
        var rest = await ApiFixture.TakeAsync(resumed, stored.Count - 1);
        all.Select(item => $"{item["position"]}").ShouldBe(stored.Select(one => $"{one.Position}"));
        rest.Select(item => item.ToJsonString()).ShouldBe(all.Skip(1).Select(item => item.ToJsonString()));
        begun[0]
            .ToJsonString()
            .ShouldBe(
                $$"""{"position":"{{stored[0].Position}}","jobId":"{{Id(history)}}","version":1,"type":"job_started","at":"2026-01-02T03:04:05.000Z","actor":"coordinator","sentence":"user:local started lecture-highlights."}"""
            );
    }

    [Fact]
    public async Task All_jobs_of_a_caller_are_heard_of_and_those_of_others_are_not()
    {
        await using var api = await ApiFixture.CreateAsync();
        var before = new History(1, owner: "local").Complete();
        await api.AppendAsync(before);
        var end = (string?)(await api.AskAsync("{ position }"))["position"];
        var types = new[] { "job_started", "job_completed" };
        await using var replayed = api.SubscribeAsync(JobEvents, new { types, after = "0/0" })
            .GetAsyncEnumerator(Cancellation);
        await using var since = api.SubscribeAsync(JobEvents, new { types, after = end })
            .GetAsyncEnumerator(Cancellation);
        await using var jobs = api.SubscribeAsync(MyJobs, new { after = end }).GetAsyncEnumerator(Cancellation);
        await using var videos = api.SubscribeAsync(
                "subscription { videoEvents(after: \"0/0\") { type sentence video { fileName } } }"
            )
            .GetAsyncEnumerator(Cancellation);
        await ApiFixture.TakeAsync(replayed, 2);

        var other = new History(2, owner: "somebody else").Complete();
        var own = new History(3, owner: "local").Complete();
        await api.AppendAsync(other, own);

        Summaries(await ApiFixture.TakeAsync(replayed, 2)).ShouldBe(Expected(own));
        Summaries(await ApiFixture.TakeAsync(since, 2)).ShouldBe(Expected(own));
        var changed = await LastAsync(jobs, item => (string?)item["job"]!["status"] == "COMPLETED");
        ((string?)changed["job"]!["id"]).ShouldBe(Id(own));
        ((double)changed["job"]!["progress"]!).ShouldBe(100);
        // The fixture registers all videos for the local owner.
        (await ApiFixture.TakeAsync(videos, 3))[0]
            .ToJsonString()
            .ShouldBe(
                """{"type":"video_registered","sentence":"talk.mp4 (10 bytes) was registered for local.","video":{"fileName":"talk.mp4"}}"""
            );

        static string[] Expected(History history) => [$"{Id(history)} job_started", $"{Id(history)} job_completed"];

        static string[] Summaries(IEnumerable<JsonNode> items) =>
            [.. items.Select(item => $"{item["jobId"]} {item["type"]}")];
    }

    [Theory]
    [InlineData("subscription ($id: ID!) { jobEvents(jobId: $id) { type } }", "JOB_NOT_FOUND There is no such job.")]
    [InlineData(
        "subscription ($id: ID!) { jobProgress(jobId: $id) { percent } }",
        "JOB_NOT_FOUND There is no such job."
    )]
    [InlineData(
        "subscription ($id: ID!) { videoEvents(videoId: $id) { type } }",
        "VIDEO_NOT_FOUND There is no such video."
    )]
    public async Task What_belongs_to_others_is_not_there(string text, string expected)
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        await api.AppendAsync(history);
        var stranger = new Caller("stranger");

        foreach (var id in new[] { history.JobId, history.VideoId, Guid.Empty })
        {
            var responses = new List<JsonNode>();
            await foreach (var response in api.SubscribeAsync(text, new { id }, stranger))
                responses.Add(response);
            var error = responses.ShouldHaveSingleItem()["errors"]!.AsArray().ShouldHaveSingleItem()!;
            $"{error["extensions"]!["code"]} {error["message"]}".ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_type_that_no_event_has_is_refused()
    {
        await using var api = await ApiFixture.CreateAsync();
        await using var responses = api.SubscribeAsync(JobEvents, new { types = new[] { "job_finished" } })
            .GetAsyncEnumerator(Cancellation);

        (await responses.MoveNextAsync()).ShouldBeTrue();

        ((string?)responses.Current["errors"]![0]!["message"]).ShouldBe(
            "No event of a job is called 'job_finished'; one is called 'stage_failed'."
        );
    }

    private static string Id(History history) => NodeId.Format("Job", $"{history.JobId}");

    internal static async Task<IReadOnlyList<StoredEvent>> AppendRestAsync(ApiFixture api, History history)
    {
        var version = (await api.Log.LoadAsync(history.JobId, Cancellation)).Count;
        await api.Log.AppendAsync(
            [new StreamAppend(history.JobId, "job", version, [.. history.New.Skip(version)])],
            Cancellation
        );
        return await api.Log.LoadAsync(history.JobId, Cancellation);
    }

    private static async Task<JsonNode> LastAsync(IAsyncEnumerator<JsonNode> responses, Func<JsonNode, bool> isLast)
    {
        while (true)
        {
            var item = (await ApiFixture.TakeAsync(responses, 1))[0];
            if (isLast(item))
                return item;
        }
    }
}
