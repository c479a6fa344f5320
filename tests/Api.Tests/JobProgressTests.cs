using System.Text.Json.Nodes;
using EventPipeline.Api.Jobs;
using EventPipeline.Api.Live;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Projections.Tests;

namespace EventPipeline.Api.Tests;

/// <summary>How clients follow a job: certain steps and reports between them, a percentage that never falls, and an estimate that learns.</summary>
public sealed class JobProgressTests
{
    private const string Text = """
        subscription ($id: ID!, $after: Position) {
          jobProgress(jobId: $id, after: $after) {
            __typename position percent remainingSeconds isEstimate stage reason
            ... on AttemptRequested { item attempt stagePercent }
            ... on AttemptReported { item attempt attemptPercent stagePercent activity }
            ... on AttemptFailed { item attempt kind retryAt }
            ... on ItemSettled { item isSkipped }
            ... on JobEnded { status }
          }
        }
        """;

    private static readonly IReadOnlyDictionary<string, double> NoPaces = new Dictionary<string, double>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_followed_to_its_end_with_reports_between_its_events()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local");
        await api.AppendAsync(history);
        await using var steps = api.SubscribeAsync(Text, new { id = history.JobId }).GetAsyncEnumerator(Cancellation);

        (await NextAsync(steps)).ShouldBe("AttemptRequested probe 1 0%");
        api.Reports.Take(Report(history, "probe", 1, 50, "reading"));
        (await NextAsync(steps)).ShouldBe("AttemptReported probe 1 5.56% 50 reading");
        await NewsTests.AppendRestAsync(api, history.Fail("probe"));
        (await NextAsync(steps)).ShouldBe("AttemptFailed probe 1 5.56% probe did not like it. TRANSIENT again");
        await NewsTests.AppendRestAsync(api, history.RetryAll());
        (await NextAsync(steps)).ShouldBe("AttemptRequested probe 2 5.56%");
        // Of the attempt that failed, and of the next one, which begins anew.
        api.Reports.Take(Report(history, "probe", 1, 90, "too late"));
        api.Reports.Take(Report(history, "probe", 2, 10, "reading again"));
        (await NextAsync(steps)).ShouldBe("AttemptReported probe 2 5.56% 10 reading again");
        await NewsTests.AppendRestAsync(api, history.Complete());
        (await NextAsync(steps)).ShouldBe("ItemSettled probe 11.11%");
        var rest = new List<string>();
        while (await steps.MoveNextAsync())
            rest.Add(Describe(steps.Current));

        rest[^1].ShouldBe("JobEnded COMPLETED 100%");
        rest.Count(step => step.StartsWith("ItemSettled", StringComparison.Ordinal)).ShouldBe(8 + 1);
    }

    [Fact]
    public async Task Of_a_job_that_has_ended_all_steps_come_or_those_behind_a_position()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Fail("probe", kind: FailureKind.Rejected);
        await api.AppendAsync(history);

        var all = await AllAsync(api, new { id = history.JobId });
        var rest = await AllAsync(api, new { id = history.JobId, after = (string?)all[0]["position"] });
        var none = await AllAsync(api, new { id = history.JobId, after = (string?)all[^1]["position"] });

        all.Select(item => (string?)item["__typename"]).ShouldBe(["AttemptRequested", "AttemptFailed", "JobEnded"]);
        $"{all[^1]["status"]} {all[^1]["stage"]} {all[^1]["reason"]}".ShouldBe("FAILED probe probe did not like it.");
        rest.Select(item => item.ToJsonString()).ShouldBe(all.Skip(1).Select(item => item.ToJsonString()));
        none.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_rest_is_estimated_by_what_stages_took_for_each_minute_before()
    {
        await using var api = await ApiFixture.CreateAsync();
        await api.AppendAsync(new History(1, owner: "local").Complete());
        var history = new History(2, owner: "local").Succeed("probe").Succeed("features");
        await api.AppendAsync(history);
        await using var steps = api.SubscribeAsync(Text, new { id = history.JobId }).GetAsyncEnumerator(Cancellation);
        var begun = await ApiFixture.TakeAsync(steps, 4);

        api.Reports.Take(Report(history, "layout", 1, 1, "looking"));
        var reported = await NextItemAsync(steps, "AttemptReported");

        // Before the probe nobody knows how long the video is.
        begun[0]["remainingSeconds"].ShouldBeNull();
        // Every attempt takes two seconds; two chunks, and five stages in a row.
        ((double)reported["remainingSeconds"]!).ShouldBe(12, 0.01);
    }

    [Fact]
    public async Task Of_a_stage_that_is_run_again_nothing_counts_that_was_reported_before()
    {
        await using var api = await ApiFixture.CreateAsync();
        var history = new History(1, owner: "local").Complete();
        await api.AppendAsync(history);
        api.Reports.Take(Report(history, "select", 1, 99, "choosing"));
        var stored = await NewsTests.AppendRestAsync(api, history.Rerun("select"));
        await using var steps = api.SubscribeAsync(Text, new { id = history.JobId, after = $"{stored[^3].Position}" })
            .GetAsyncEnumerator(Cancellation);

        (await NextAsync(steps)).ShouldBe("AttemptRequested select 2 77.78%");
        api.Reports.Take(Report(history, "select", 2, 50, "choosing again"));
        (await NextAsync(steps)).ShouldBe("AttemptReported select 2 83.33% 50 choosing again");
    }

    [Fact]
    public void Percentages_never_fall_whatever_fails_and_wherever_a_client_comes_back()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var history = History.Random(seed);
            var random = new Random(seed);
            StoredEvent[] stream =
            [
                .. history.New.Select(
                    (it, at) =>
                        new StoredEvent(
                            new Position(1, at + 1),
                            history.JobId,
                            at + 1,
                            it.Id,
                            it.Type,
                            it.Data,
                            it.Headers,
                            null,
                            null,
                            it.Timestamp
                        )
                ),
            ];
            var reports = new ProgressReports();
            var (fold, after, shown) = (New(stream), (Position?)null, 0.0);
            foreach (var (stored, at) in stream.Select((stored, at) => (stored, at)))
            {
                if (EventTypes.Read(stored.Type, stored.Data.Span) is StageRerun)
                    shown = 0; // Only then.
                Show(fold.Apply(stored, NoPaces));
                after = stored.Position;
                for (var more = random.Next(4); more > 0; more--)
                {
                    var report = AnyReport(history, random);
                    reports.Take(report);
                    Show(fold.Apply(report, NoPaces));
                }
                if (random.Next(5) > 0)
                    continue;
                // The client comes back, to another node that has heard the same reports.
                fold = New(stream);
                var remembered = reports.Of(history.JobId);
                foreach (var step in JobProgressNews.Steps(fold, stream[..(at + 1)], remembered, after, NoPaces))
                    Show(step);
            }
            var end = EventTypes.Read(stream[^1].Type, stream[^1].Data.Span);
            (shown == 100).ShouldBe(end is JobCompleted, $"seed {seed}");

            void Show(JobProgress? step)
            {
                if (step is null)
                    return;
                step.Percent.ShouldBeGreaterThanOrEqualTo(shown, $"seed {seed}, {step}");
                step.Percent.ShouldBeLessThanOrEqualTo(100);
                shown = step.Percent;
            }
        }

        static ProgressFold New(StoredEvent[] stream) =>
            new((JobStarted)EventTypes.Read(stream[0].Type, stream[0].Data.Span)!);
    }

    private static Progress AnyReport(History history, Random random)
    {
        var stage = Pipelines.LectureHighlights.Stages[random.Next(Pipelines.LectureHighlights.Stages.Count)].Name;
        var item = stage switch
        {
            "transcribe" => $"chunk-000{random.Next(1, 3)}",
            "compile" => "clip-001",
            _ => "video",
        };
        return Report(history, stage, random.Next(1, 4), random.NextDouble() * 100, "busy", item);
    }

    private static Progress Report(
        History history,
        string stage,
        int attempt,
        double percent,
        string activity,
        string item = "video"
    ) => new(history.JobId, stage, item, attempt, percent, activity, null, "w", DateTimeOffset.UnixEpoch);

    private static async Task<string> NextAsync(IAsyncEnumerator<JsonNode> steps)
    {
        await ApiFixture.TakeAsync(steps, 1);
        return Describe(steps.Current);
    }

    private static async Task<JsonNode> NextItemAsync(IAsyncEnumerator<JsonNode> steps, string type)
    {
        while (true)
        {
            var item = (await ApiFixture.TakeAsync(steps, 1))[0];
            if ((string?)item["__typename"] == type)
                return item;
        }
    }

    private static async Task<List<JsonNode>> AllAsync(ApiFixture api, object variables)
    {
        var items = new List<JsonNode>();
        await foreach (var response in api.SubscribeAsync(Text, variables))
            items.Add(response["data"]!["jobProgress"]!);
        return items;
    }

    private static string Describe(JsonNode response)
    {
        var item = response["data"]!["jobProgress"]!;
        ((bool)item["isEstimate"]!).ShouldBe((string?)item["__typename"] == "AttemptReported");
        string?[] words =
        [
            (string?)item["__typename"],
            (string?)item["status"] ?? (string?)item["stage"],
            $"{item["attempt"]}",
            $"{item["percent"]}%",
            $"{item["attemptPercent"]}",
            $"{item["activity"]}",
            $"{item["reason"]}",
            $"{item["kind"]}",
            item["retryAt"] is null ? "" : "again",
        ];
        return string.Join(' ', words.Where(word => !string.IsNullOrEmpty(word)));
    }
}
