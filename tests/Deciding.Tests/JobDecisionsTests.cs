using EventPipeline.Contracts;
using EventPipeline.Domain;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;
using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.Deciding.Tests;

/// <summary>Deciding from memory, against a real log that others write to.</summary>
public sealed class JobDecisionsTests : IAsyncLifetime
{
    private static readonly Origin Test = new("test");
    private static readonly string[] Items = ["a", "b", "c", "d", "e", "f", "g", "h"];

    private static readonly Pipeline FanOut = new(
        "fan-out",
        1,
        [new("cut", []), new("each", ["cut"], ForEach: "cut"), new("join", ["each"])]
    );

    private NpgsqlDataSource dataSource = null!;
    private EventLog log = null!;

    public async ValueTask InitializeAsync()
    {
        dataSource = EventLogDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => dataSource.DisposeAsync();

    [Fact]
    public async Task An_outcome_that_a_remembered_job_does_not_expect_is_checked_against_the_stream_before_it_is_dropped()
    {
        var (remembering, other) = (Decisions(cached: 10), Decisions());
        var job = await StartAsync(remembering);
        await DecideAsync(other, job, new ExpireLease("cut", "video", 1, WasStarted: true));

        // Attempt 2 is not known in memory; attempt 1 is late only for those who know that it was lost.
        (await DecideAsync(remembering, job, Succeeded(job, "cut", attempt: 2)))
            .Events.OfType<StageSucceeded>()
            .Count()
            .ShouldBe(1);
    }

    [Fact]
    public async Task A_decision_on_a_remembered_job_that_is_behind_is_made_again_on_the_stream()
    {
        var (remembering, other) = (Decisions(cached: 10), Decisions());
        var job = await StartAsync(remembering);
        await DecideAsync(other, job, Succeeded(job, "cut", items: Items));

        (await DecideAsync(remembering, job, Succeeded(job, "cut", items: Items))).Events.ShouldBeEmpty();
        (await DecideAsync(remembering, job, Succeeded(job, "each", "a"))).Events.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deciders_that_compete_for_one_job_all_come_through_and_each_outcome_counts_once()
    {
        var job = await StartAsync(Decisions());
        await DecideAsync(Decisions(), job, Succeeded(job, "cut", items: Items));

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var decisions = Decisions(cached: 10);
                        foreach (var item in Items)
                            await DecideAsync(decisions, job, Succeeded(job, "each", item));
                    })
                )
        );

        var stream = await log.LoadAsync(job, CancellationToken.None);
        stream.Select(stored => stored.Version).ShouldBe(Enumerable.Range(1, stream.Count).Select(it => (long)it));
        var succeeded = stream
            .Select(stored => EventTypes.Read(stored.Type, stored.Data.Span))
            .OfType<StageSucceeded>()
            .Where(done => done.Stage == "each")
            .Select(done => done.Item);
        succeeded.Order().ShouldBe(Items);
    }

    [Fact]
    public async Task Many_jobs_are_decided_in_one_go_and_in_the_order_given()
    {
        var decisions = Decisions(cached: 10);
        var jobs = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => StartAsync(Decisions())));

        var answers = await decisions.DecideAsync(
            [
                .. jobs.Select(job => new JobRequest(job, Succeeded(job, "cut", items: ["a"]), Test)),
                .. jobs.Select(job => new JobRequest(job, Succeeded(job, "each", "a"), Test)),
                new JobRequest(jobs[0], Succeeded(jobs[0], "each", "a"), Test),
                new JobRequest(Guid.CreateVersion7(), Succeeded(jobs[0], "cut"), Test),
            ],
            CancellationToken.None
        );

        answers
            .Select(answer => answer.Events.OfType<StageRequested>().Count())
            .ShouldBe([.. Enumerable.Repeat(1, 10), 0, 0]);
        answers[^1].Refusal.ShouldBeOfType<JobMissing>();
        foreach (var job in jobs)
            (await log.LoadAsync(job, CancellationToken.None)).Count.ShouldBe((int)answers[0].Version);
    }

    [Fact]
    public async Task An_answer_says_where_in_the_log_it_stands()
    {
        var decisions = Decisions();
        var job = await StartAsync(decisions);

        var first = await DecideAsync(decisions, job, Succeeded(job, "cut"));
        var again = await DecideAsync(decisions, job, Succeeded(job, "cut"));

        first.Position.ShouldBe((await log.LoadAsync(job, CancellationToken.None))[^1].Position);
        again.Position.ShouldBe(first.Position);
    }

    private JobDecisions Decisions(int cached = 0) => new(log, TimeProvider.System, cached);

    private static async Task<JobAnswer> DecideAsync(JobDecisions decisions, Guid job, JobCommand command) =>
        (await decisions.DecideAsync([new JobRequest(job, command, Test)], CancellationToken.None))[0];

    private static async Task<Guid> StartAsync(JobDecisions decisions)
    {
        var job = Guid.CreateVersion7();
        var source = new ArtifactReference("key", "hash", 1, "video/mp4");
        var start = new StartJob(job, job, "owner", FanOut, new JobOptions(), JobPriority.Normal, source, "user:owner");
        (await DecideAsync(decisions, job, start)).Refusal.ShouldBeNull();
        return job;
    }

    private static SettleOutcome Succeeded(
        Guid job,
        string stage,
        string item = "video",
        int attempt = 1,
        params string[] items
    )
    {
        var metering = TestMetering.Of(stage, item, attempt);
        Item[] yielded = [.. items.Select(name => new Item(name))];
        return new SettleOutcome(new OutcomeSucceeded(job, stage, item, attempt, null, [], yielded, metering));
    }
}
