using Npgsql;
using static EventPipeline.EventStore.Tests.TestLog;

namespace EventPipeline.EventStore.Tests;

public sealed class CheckpointTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rebuild_gives_the_rows_that_following_gave()
    {
        await using var log = await CountsAsync();
        using (var stop = new CancellationTokenSource())
        {
            var live = Counter(log, pageSize: 7).RunAsync(stop.Token);
            for (var i = 0; i < 20; i++)
                await log.AppendAsync([.. Enumerable.Range(0, 5).Select(_ => Append(Guid.CreateVersion7(), 0, 3))]);
            await CaughtUpAsync(log);
            await Should.ThrowAsync<InvalidOperationException>(() =>
                log.Checkpoints.ResetAsync("counter", Position.Start, Cancellation)
            );
            await stop.CancelAsync();
            await live;
        }
        const string all = "select string_agg(stream_id || ' ' || n, ',' order by stream_id) from counts";
        var rows = await log.ScalarAsync<string>(all);

        await log.Checkpoints.ResetAsync("counter", Position.Start, Cancellation, [new("truncate counts")]);
        (await log.ScalarAsync<long>("select count(*) from counts")).ShouldBe(0);
        using (var stop = new CancellationTokenSource())
        {
            var rebuild = Counter(log, pageSize: 100).RunAsync(stop.Token);
            await CaughtUpAsync(log);
            await stop.CancelAsync();
            await rebuild;
        }

        (await log.ScalarAsync<string>(all)).ShouldBe(rows);
    }

    [Fact]
    public async Task After_a_restore_into_another_server_nothing_is_skipped()
    {
        await using var log = await TestLog.CreateAsync();
        var stored = await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 10));
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 10));
        await log.AllIsShownAsync();
        await log.Checkpoints.ResetAsync("half", stored[^1].Position, Cancellation);
        await log.Checkpoints.ResetAsync("done", await log.Log.EndAsync(Cancellation), Cancellation);
        await log.Checkpoints.ResetAsync("new", Position.Start, Cancellation);
        // As if the log came from a server that had seen a billion more transactions.
        foreach (var table in (string[])["mt_events", "checkpoints"])
            await log.ExecuteAsync(
                $"update events.{table} set tx = (tx::text::bigint + 1000000000)::text::xid8 where tx <> '0'"
            );

        var error = await Should.ThrowAsync<InvalidOperationException>(() => log.Log.EnsureSchemaAsync(Cancellation));
        error.Message.ShouldContain("restored");
        await log.Checkpoints.RebaseAsync(Cancellation);
        await log.Log.EnsureSchemaAsync(Cancellation);
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 10));
        await log.AllIsShownAsync();

        foreach (var (name, count) in ((string, int)[])[("half", 20), ("done", 10), ("new", 30)])
        {
            var next = await log.Log.ReadAsync(await log.Checkpoints.ReadAsync(name, Cancellation), 100, Cancellation);
            next.Count.ShouldBe(count, name);
            next.Select(e => e.Position.Sequence).ShouldBe(Enumerable.Range(31 - count, count).Select(i => (long)i));
        }
        (await log.Checkpoints.ReadAllAsync(Cancellation)).Keys.ShouldBe(["done", "half", "new"]);
    }

    [Fact]
    public async Task Waiting_ends_with_an_answer_when_nobody_follows()
    {
        await using var log = await TestLog.CreateAsync();
        var stored = await log.AppendAsync(Append(Guid.CreateVersion7(), 0));
        (
            await log.Checkpoints.WaitForAsync(
                "nobody",
                stored[0].Position,
                TimeSpan.FromMilliseconds(30),
                Cancellation
            )
        ).ShouldBeFalse();
    }

    [Fact]
    public async Task Reading_can_be_restricted_by_type_and_time()
    {
        await using var log = await TestLog.CreateAsync();
        var day = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var events = Enumerable
            .Range(0, 10)
            .Select(i => Event(i % 2 == 0 ? "even" : "odd", "{}") with { Timestamp = day.AddDays(i) });
        await log.AppendAsync(new StreamAppend(Guid.CreateVersion7(), "thing", 0, [.. events]));
        await log.AllIsShownAsync();
        async Task<IEnumerable<long>> Versions(EventFilter filter) =>
            (await log.Log.ReadAsync(Position.Start, 3, Cancellation, filter)).Select(e => e.Version);

        (await Versions(new EventFilter(["odd"]))).ShouldBe([2, 4, 6]);
        (await Versions(new EventFilter(From: day.AddDays(7)))).ShouldBe([8, 9, 10]);
        (await Versions(new EventFilter(["even"], day.AddDays(2), day.AddDays(4)))).ShouldBe([3]);
    }

    private static async Task<TestLog> CountsAsync()
    {
        var log = await TestLog.CreateAsync();
        await log.ExecuteAsync("create table counts (stream_id uuid primary key, n bigint not null)");
        return log;
    }

    private static async Task CaughtUpAsync(TestLog log)
    {
        await log.AllIsShownAsync();
        (
            await log.Checkpoints.WaitForAsync("counter", await log.Log.EndAsync(Cancellation), Deadline, Cancellation)
        ).ShouldBeTrue();
    }

    private static Follower Counter(TestLog log, int pageSize) =>
        new(
            log.Log,
            new FollowerOptions("counter", pageSize),
            (page, _) =>
                Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([
                    new(
                        """
                        insert into counts select id, count(*) from unnest($1) as id group by id
                        on conflict (stream_id) do update set n = counts.n + excluded.n
                        """
                    )
                    {
                        Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. page.Select(e => e.StreamId)] } },
                    },
                ])
        );
}
