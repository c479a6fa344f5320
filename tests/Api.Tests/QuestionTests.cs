using EventPipeline.Api.Access;
using EventPipeline.GraphQL.Nodes;
using EventPipeline.Projections.Tests;

namespace EventPipeline.Api.Tests;

/// <summary>What clients can ask about videos and jobs.</summary>
public sealed class QuestionTests
{
    private const string Everything = """
        query ($id: ID!, $asOf: AsOfInput) {
          job(id: $id, asOf: $asOf) {
            status progress pipeline priority startedBy failure { reason } media { width }
            options { highlights variant burnSubtitles language }
            video { fileName source { sha256 byteCount url } }
            stages { name status attempts items { name status attempts reason } }
            silences { start end } scenes { start cutKind } segments { topic measures { name value } }
            transcript { source language sentenceCount sentences(from: 3) { nodes { number text } } }
            highlights { name title reason clip { name } } removed { reason }
            clips { name start end variant video { url contentType } provenance { stage stageVersion weightsVersion } }
            storyboard { thumbnails { time picture { url } } }
            costs { total { attempts costMicros } entries { stage hasSucceeded } }
            timeline(first: 1) { nodes { sentence type } }
          }
        }
        """;

    [Fact]
    public async Task A_job_comes_with_everything_that_it_found()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        var position = await api.AppendAsync(history);

        var now = await api.AskAsync(Everything, new { id = history.JobId });
        var then = await api.AskAsync(Everything, new { id = history.JobId, asOf = new { position = $"{position}" } });

        var job = now["job"]!;
        ((string?)job["status"]).ShouldBe("COMPLETED");
        ((string?)job["video"]!["fileName"]).ShouldBe("talk.mp4");
        job["stages"]!.AsArray().Count.ShouldBe(9);
        job["silences"]!.ToJsonString().ShouldBe("""[{"start":5,"end":6},{"start":20,"end":21.5}]""");
        job["scenes"]!.ToJsonString().ShouldBe("""[{"start":0,"cutKind":null},{"start":30,"cutKind":"CUT"}]""");
        job["transcript"]!["sentences"]!
            .ToJsonString()
            .ShouldBe("""{"nodes":[{"number":2,"text":"Today: event logs."}]}""");
        job["highlights"]!
            .ToJsonString()
            .ShouldBe("""[{"name":"clip-001","title":"Welcome","reason":"It is good.","clip":{"name":"clip-001"}}]""");
        job["clips"]!
            .ToJsonString()
            .ShouldBe(
                """[{"name":"clip-001","start":1,"end":9,"variant":"ORIGINAL","video":{"url":"http://files/things/clip","contentType":"application/json"},"provenance":{"stage":"compile","stageVersion":"1.2","weightsVersion":"w1"}}]"""
            );
        job["costs"]!["total"]!.ToJsonString().ShouldBe("""{"attempts":10,"costMicros":50}""");
        job["timeline"]!
            .ToJsonString()
            .ShouldBe("""{"nodes":[{"sentence":"user:local started lecture-highlights.","type":"job_started"}]}""");
        // The log itself says the same.
        then.ToJsonString().ShouldBe(now.ToJsonString());
    }

    [Fact]
    public async Task A_job_can_be_asked_for_as_it_was()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        await api.AppendAsync(history);
        var stream = await api.Log.LoadAsync(history.JobId, CancellationToken.None);
        const string text =
            "query ($id: ID!, $asOf: AsOfInput!) { job(id: $id, asOf: $asOf) { status version media { width } clips { name } } }";

        var first = await api.AskAsync(
            text,
            new { id = history.JobId, asOf = new { position = $"{stream[0].Position}" } }
        );
        var middle = await api.AskAsync(
            text,
            new { id = history.JobId, asOf = new { position = $"{stream[3].Position}" } }
        );
        var before = await api.AskAsync(text, new { id = history.JobId, asOf = new { time = "2020-01-01T00:00:00Z" } });

        first.ToJsonString().ShouldBe("""{"job":{"status":"QUEUED","version":1,"media":null,"clips":[]}}""");
        ((long)middle["job"]!["version"]!).ShouldBe(4);
        before.ToJsonString().ShouldBe("""{"job":null}""");
    }

    [Fact]
    public async Task Lists_are_filtered_ordered_and_paged()
    {
        await using var api = await ApiFixture.CreateAsync();
        await api.AppendAsync([
            .. Enumerable.Range(1, 5).Select(it => new History(it, owner: "local", video: "same").Complete()),
            new History(6, owner: "local"),
            new History(7, owner: "local").Fail("probe", kind: Contracts.FailureKind.Rejected),
        ]);

        (await CountAsync("jobs")).ShouldBe(7);
        (await CountAsync("jobs(filter: {status: [COMPLETED]})")).ShouldBe(5);
        (await CountAsync("jobs(filter: {status: [FAILED, RUNNING, QUEUED]})")).ShouldBe(2);
        (await CountAsync("jobs(filter: {pipeline: \"debug-echo\"})")).ShouldBe(0);
        (await CountAsync("jobs(filter: {text: \"TALK\"})")).ShouldBe(7);
        (await CountAsync("jobs(filter: {text: \"%\"})")).ShouldBe(0);
        (
            await CountAsync(
                "jobs(filter: {startedFrom: \"2026-01-02T03:08:00Z\", startedBefore: \"2026-01-02T03:10:00Z\"})"
            )
        ).ShouldBe(2);
        (await CountAsync("videos")).ShouldBe(3);
        (await CountAsync("videos(text: \"nothing\")")).ShouldBe(0);
        var newest = await WalkAsync("NEWEST_FIRST");
        var oldest = await WalkAsync("OLDEST_FIRST");
        newest.Count.ShouldBe(7);
        oldest.ShouldBe(newest.AsEnumerable().Reverse());

        async Task<int> CountAsync(string list) =>
            (await api.AskAsync($"{{ {list} {{ nodes {{ id }} }} }}"))[list.Split('(')[0]]!["nodes"]!.AsArray().Count;

        async Task<List<string>> WalkAsync(string order)
        {
            var ids = new List<string>();
            for (string? cursor = null; ; )
            {
                var page = (
                    await api.AskAsync(
                        $"query ($after: String) {{ jobs(first: 2, after: $after, order: {order}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}",
                        new { after = cursor }
                    )
                )["jobs"]!;
                ids.AddRange(page["nodes"]!.AsArray().Select(node => (string)node!["id"]!));
                cursor = (string?)page["pageInfo"]!["endCursor"];
                if (!(bool)page["pageInfo"]!["hasNextPage"]!)
                    return ids;
            }
        }
    }

    [Fact]
    public async Task Sentences_are_found_by_what_they_say()
    {
        await using var api = await ApiFixture.CreateAsync();
        var histories = Enumerable.Range(1, 3).Select(it => new History(it, owner: "local").Complete()).ToArray();
        await api.AppendAsync(histories);
        const string text =
            "query ($text: String!, $job: ID, $after: String) { searchTranscripts(text: $text, jobId: $job, first: 2, after: $after) { nodes { start end text snippet job { id } video { fileName } } pageInfo { hasNextPage endCursor } } }";

        var one = await api.AskAsync(text, new { text = "LOGS event", job = histories[0].JobId });
        var first = await api.AskAsync(text, new { text = "today" });
        var rest = await api.AskAsync(
            text,
            new { text = "today", after = (string?)first["searchTranscripts"]!["pageInfo"]!["endCursor"] }
        );

        var hit = one["searchTranscripts"]!["nodes"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)hit["snippet"]).ShouldBe("Today: <<event>> <<logs>>");
        ((double)hit["start"]!, (double)hit["end"]!).ShouldBe((2, 5));
        ((string?)hit["job"]!["id"]).ShouldBe(NodeId.Format("Job", $"{histories[0].JobId}"));
        first["searchTranscripts"]!["nodes"]!.AsArray().Count.ShouldBe(2);
        rest["searchTranscripts"]!["nodes"]!.AsArray().Count.ShouldBe(1);
        (await api.AskAsync(text, new { text = "\"logs event\"" }))["searchTranscripts"]!["nodes"]!
            .AsArray()
            .ShouldBeEmpty();
        (await api.AskAsync(text, new { text = "" }))["searchTranscripts"]!["nodes"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_sees_what_belongs_to_others()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        var position = await api.AppendAsync(history);
        var (job, video) = (NodeId.Format("Job", $"{history.JobId}"), NodeId.Format("Video", $"{history.VideoId}"));
        const string text =
            "query ($job: ID!, $video: ID!, $at: Position) { job(id: $job) { id } video(id: $video) { id } then: job(id: $job, asOf: {position: $at}) { id } jobs { nodes { id } } videos { nodes { id } } nodes(ids: [$job, $video]) { id } searchTranscripts(text: \"event\") { nodes { text } } }";
        var variables = new
        {
            job,
            video,
            at = $"{position}",
        };

        var mine = await api.AskAsync(text.Replace("$at: Position)", "$at: Position!)"), variables);
        var theirs = await api.AskAsync(
            text.Replace("$at: Position)", "$at: Position!)"),
            variables,
            new Caller("stranger")
        );

        mine["nodes"]!.AsArray().Select(node => (string?)node!["id"]).ShouldBe([job, video]);
        theirs
            .ToJsonString()
            .ShouldBe(
                """{"job":null,"video":null,"then":null,"jobs":{"nodes":[]},"videos":{"nodes":[]},"nodes":[null,null],"searchTranscripts":{"nodes":[]}}"""
            );
    }

    [Fact]
    public async Task Questions_wait_for_what_was_written_before()
    {
        await using var api = await ApiFixture.CreateAsync();
        var first = await api.AppendAsync(new History(1, owner: "local"));
        const string text = "query ($at: [Position!]) { jobs(waitFor: $at) { nodes { id } } }";

        (await api.AskAsync(text, new { at = new[] { $"{first}" } }))["jobs"]!["nodes"]!.AsArray().Count.ShouldBe(1);
        (await api.RespondAsync(text, new { at = new[] { "soon" } }))["errors"]![0]!["message"]!
            .GetValue<string>()
            .ShouldContain("A Position is a text that a mutation or a subscription gave");
    }
}
