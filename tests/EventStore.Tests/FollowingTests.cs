using System.Collections.Concurrent;
using Npgsql;
using static EventPipeline.EventStore.Tests.TestLog;

namespace EventPipeline.EventStore.Tests;

/// <summary>Promise: no follower ever misses an event, and what it writes is written once, whoever dies when.</summary>
public sealed class FollowingTests
{
    private const string Tally = "create table tally (seq_id bigint primary key, times int not null)";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_missed_while_writers_commit_out_of_order()
    {
        const int writers = 8;
        const int appendsEach = 250;
        const int eventsEach = 50;
        const int total = writers * appendsEach * eventsEach;
        await using var log = await TestLog.CreateAsync();
        var seen = new ConcurrentQueue<StoredEvent>();
        using var stop = new CancellationTokenSource();
        var follower = new Follower(
            log.Log,
            new FollowerOptions("all"),
            (page, _) =>
            {
                foreach (var @event in page)
                    seen.Enqueue(@event);
                return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]);
            }
        );
        var following = follower.RunAsync(stop.Token);
        var naive = CountByNaiveCursorAsync(log, stop.Token);

        await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(async writer =>
                {
                    var random = new Random(writer);
                    var stream = Guid.CreateVersion7();
                    for (var i = 0; i < appendsEach; i++)
                        await log.Log.AppendAsync(
                            [Append(stream, i * eventsEach, eventsEach)],
                            Cancellation,
                            // Sleeps in the transaction, its numbers drawn: others overtake it.
                            random.Next(3) == 0
                                ? [new($"select pg_sleep({random.NextDouble() * 0.02:F4})")]
                                : []
                        );
                })
        );
        await UntilAsync(() => seen.Count >= total, $"all {total} events are seen");
        await stop.CancelAsync();
        await following;

        seen.Count.ShouldBe(total);
        seen.Select(e => e.Id).Distinct().Count().ShouldBe(total);
        seen.Select(e => e.Position).ShouldBeInOrder();
        foreach (var stream in seen.GroupBy(e => e.StreamId))
            stream.Select(e => e.Version).ShouldBe(Enumerable.Range(1, appendsEach * eventsEach).Select(v => (long)v));
        (await log.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(total);
        TestContext.Current.SendDiagnosticMessage($"A cursor by sequence alone saw {await naive} of {total}.");
        (await naive).ShouldBeLessThan(total, "the writers were meant to commit out of order");
    }

    [Fact]
    public async Task A_follower_killed_between_work_and_checkpoint_writes_once()
    {
        await using var log = await TestLog.CreateAsync();
        await log.ExecuteAsync(Tally);
        var kills = 3;
        var follower = new Follower(
            log.Log,
            new FollowerOptions("tally", PageSize: 10),
            async (page, _) =>
            {
                if (page[^1].Position.Sequence > 50 && Interlocked.Decrement(ref kills) >= 0)
                    await KillFollowerAsync(log, "tally");
                return [TallyUp(page)];
            }
        );
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 200));
        using var stop = new CancellationTokenSource();
        var following = follower.RunAsync(stop.Token);

        await UntilAsync(async () => await TalliedAsync(log) == 200, "all are tallied");
        follower.Status.LastError.ShouldNotBeNull();
        await stop.CancelAsync();
        await following;

        (await log.ScalarAsync<long>("select count(*) from tally where times <> 1")).ShouldBe(0);
        follower.Status.State.ShouldBe(FollowerState.Stopped);
        follower.Status.ConsecutiveFailures.ShouldBe(0);
    }

    [Fact]
    public async Task A_follower_stopped_at_any_moment_writes_once()
    {
        const int events = 400;
        await using var log = await TestLog.CreateAsync();
        await log.ExecuteAsync(Tally);
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, events));
        await log.AllIsShownAsync();
        var random = new Random(1);
        for (
            var pages = 0;
            await log.Checkpoints.ReadAsync("tally", Cancellation) < await log.Log.EndAsync(Cancellation);

        )
        {
            using var stop = new CancellationTokenSource();
            var follower = new Follower(
                log.Log,
                new FollowerOptions("tally", PageSize: 4) { CheckpointInterval = TimeSpan.FromMilliseconds(1) },
                async (page, _) =>
                {
                    pages++;
                    // Before the write is sent, or while it is under way.
                    if (random.Next(5) == 0)
                        await stop.CancelAsync();
                    else if (random.Next(5) == 0)
                        stop.CancelAfter(TimeSpan.FromMilliseconds(1));
                    // Some pages write nothing, so that the checkpoint lags behind what was handled.
                    var tallied = page.Where(e => e.Version / 20 % 2 == 0).ToArray();
                    return tallied.Length == 0 ? [] : [TallyUp(tallied)];
                }
            );
            var following = follower.RunAsync(stop.Token);
            while (!following.IsCompleted && !follower.Status.IsCaughtUp)
                await Task.WhenAny(following, Task.Delay(1, Cancellation));
            await stop.CancelAsync();
            await following;
            pages.ShouldBeLessThan(events * 5, "it gets on");
        }

        (await log.ScalarAsync<long>("select count(*) from tally where times <> 1")).ShouldBe(0);
        (await TalliedAsync(log)).ShouldBe(Enumerable.Range(1, events).Count(version => version / 20 % 2 == 0));
    }

    [Fact]
    public async Task A_follower_stopped_before_it_could_write_loses_nothing()
    {
        await using var log = await TestLog.CreateAsync();
        await log.ExecuteAsync(Tally);
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 3));
        using var stop = new CancellationTokenSource();
        await new Follower(
            log.Log,
            new FollowerOptions("tally"),
            async (page, _) =>
            {
                await stop.CancelAsync();
                return [TallyUp(page)];
            }
        ).RunAsync(stop.Token);
        (await log.Checkpoints.ReadAsync("tally", Cancellation)).ShouldBe(Position.Start);
        (await TalliedAsync(log)).ShouldBe(0);
    }

    [Fact]
    public async Task A_runner_that_lost_its_lock_cannot_write_and_the_standby_goes_on()
    {
        await using var log = await TestLog.CreateAsync();
        await using var elsewhere = log.AsAnotherProcess();
        await log.ExecuteAsync(Tally);
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 30));
        var (hangs, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var stop = new CancellationTokenSource();
        var first = new Follower(
            log.Log,
            new FollowerOptions("tally", PageSize: 10),
            async (page, _) =>
            {
                hangs.TrySetResult();
                await release.Task;
                return [TallyUp(page)];
            }
        );
        var second = new Follower(
            elsewhere.Log,
            new FollowerOptions("tally", PageSize: 10) { TakeoverPoll = TimeSpan.FromMilliseconds(20) },
            (page, _) => Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([TallyUp(page)])
        );
        var firstRun = first.RunAsync(stop.Token);
        await hangs.Task;
        var secondRun = second.RunAsync(stop.Token);
        await UntilAsync(() => second.Status.State == FollowerState.Standby, "the second stands by");
        second.Status.EventsHandled.ShouldBe(0);

        await KillFollowerAsync(log, "tally");
        await UntilAsync(async () => await TalliedAsync(log) == 30, "the standby did the work");
        release.SetResult();
        await UntilAsync(() => first.Status.State == FollowerState.Standby, "the first found that it is not alone");
        await stop.CancelAsync();
        await Task.WhenAll(firstRun, secondRun);

        (await log.ScalarAsync<long>("select count(*) from tally where times <> 1")).ShouldBe(0);
        first.Status.LastError.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_standby_takes_over_when_the_active_one_stops()
    {
        await using var log = await TestLog.CreateAsync();
        await log.ExecuteAsync(Tally);
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();
        Follower Tallier() =>
            new(
                log.Log,
                new FollowerOptions("tally"),
                (page, _) => Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([TallyUp(page)])
            );
        var (first, second) = (Tallier(), Tallier());
        var firstRun = first.RunAsync(stopFirst.Token);
        await UntilAsync(() => first.Status.State == FollowerState.Following, "the first follows");
        var secondRun = second.RunAsync(stopSecond.Token);
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 5));
        await UntilAsync(async () => await TalliedAsync(log) == 5, "the first tallied");

        await stopFirst.CancelAsync();
        await firstRun;
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 5));
        await UntilAsync(async () => await TalliedAsync(log) == 10, "the second tallied");
        await stopSecond.CancelAsync();
        await secondRun;

        second.Status.EventsHandled.ShouldBe(5);
    }

    [Fact]
    public async Task A_handlers_bug_stops_the_follower_before_the_page_it_failed_on()
    {
        await using var log = await TestLog.CreateAsync();
        var stored = await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 3));
        var follower = new Follower(
            log.Log,
            new FollowerOptions("buggy", PageSize: 1) { CheckpointInterval = TimeSpan.Zero },
            (page, _) =>
                page[0].Version == 3
                    ? throw new FormatException("I cannot read this.")
                    : Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([])
        );

        var error = await Should.ThrowAsync<FollowerFailedException>(() => follower.RunAsync(Cancellation));

        error.InnerException.ShouldBeOfType<FormatException>();
        follower.Status.State.ShouldBe(FollowerState.Failed);
        follower.Status.LastError.ShouldBe("I cannot read this.");
        (await log.Checkpoints.ReadAsync("buggy", Cancellation)).ShouldBe(stored[1].Position);
    }

    [Fact]
    public async Task Writes_that_the_database_refuses_stop_the_follower_too()
    {
        await using var log = await TestLog.CreateAsync();
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0));
        var follower = new Follower(
            log.Log,
            new FollowerOptions("buggy"),
            (_, _) => Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([new("insert into no_such_table values (1)")])
        );
        await Should.ThrowAsync<FollowerFailedException>(() => follower.RunAsync(Cancellation));
        (await log.Checkpoints.ReadAsync("buggy", Cancellation)).ShouldBe(Position.Start);
    }

    [Fact]
    public async Task An_open_transaction_delays_what_came_after_it_but_skips_nothing()
    {
        await using var log = await TestLog.CreateAsync();
        var early = await log.AppendAsync(Append(Guid.CreateVersion7(), 0));
        await log.AllIsShownAsync();
        await using var connection = await log.DataSource.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using (var command = new NpgsqlCommand("select pg_current_xact_id()", connection))
            await command.ExecuteScalarAsync(Cancellation);

        var late = await log.AppendAsync(Append(Guid.CreateVersion7(), 0));
        var meanwhile = await log.Log.ReadAsync(Position.Start, 10, Cancellation);
        var end = await log.Log.EndAsync(Cancellation);
        await transaction.RollbackAsync(Cancellation);

        meanwhile.Select(e => e.Id).ShouldBe([early[0].Id]);
        end.ShouldBe(early[0].Position);
        await UntilAsync(
            async () => await log.Log.EndAsync(Cancellation) == late[0].Position,
            "the later event is shown"
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_idle_follower_wakes_for_an_append(bool fromAnotherProcess)
    {
        await using var log = await TestLog.CreateAsync();
        await using var elsewhere = log.AsAnotherProcess();
        var handled = new TaskCompletionSource<Guid>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var follower = new Follower(
            log.Log,
            // Polling alone would take longer than the test's deadline.
            new FollowerOptions("sleepy") { IdlePoll = TimeSpan.FromHours(1) },
            (page, _) =>
            {
                handled.TrySetResult(page[0].Id);
                return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]);
            }
        );
        var following = follower.RunAsync(stop.Token);
        await UntilAsync(
            async () =>
                await log.ScalarAsync<bool>(
                    "select exists (select from pg_stat_activity where datname = current_database() and query like 'listen%')"
                ),
            "it listens"
        );
        await Task.Delay(200, Cancellation); // Long enough to be deep in a wait; if it is not yet, the test is easier, not flaky.

        var appended = await (fromAnotherProcess ? elsewhere : log).Log.AppendAsync(
            [Append(Guid.CreateVersion7(), 0)],
            Cancellation,
            notify: fromAnotherProcess
        );

        (await handled.Task.WaitAsync(Deadline, Cancellation)).ShouldBe(appended[0].Id);
        await stop.CancelAsync();
        await following;
    }

    [Fact]
    public async Task The_checkpoint_stays_behind_what_is_not_settled_yet()
    {
        await using var log = await TestLog.CreateAsync();
        var stored = await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 10));
        var settled = Position.Start;
        Follower Publisher(ConcurrentQueue<long> published) =>
            new(
                log.Log,
                new FollowerOptions("publisher") { Settled = () => settled, CheckpointInterval = TimeSpan.Zero },
                (page, _) =>
                {
                    foreach (var @event in page)
                        published.Enqueue(@event.Version);
                    return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]);
                }
            );

        var before = new ConcurrentQueue<long>();
        using (var stop = new CancellationTokenSource())
        {
            var following = Publisher(before).RunAsync(stop.Token);
            await UntilAsync(() => before.Count == 10, "all are published");
            (await log.Checkpoints.ReadAsync("publisher", Cancellation)).ShouldBe(Position.Start);
            settled = stored[4].Position;
            (
                await log.Checkpoints.WaitForAsync("publisher", stored[4].Position, Deadline, Cancellation)
            ).ShouldBeTrue();
            settled = stored[6].Position;
            await stop.CancelAsync();
            await following;
        }
        (await log.Checkpoints.ReadAsync("publisher", Cancellation)).ShouldBe(stored[6].Position);

        var after = new ConcurrentQueue<long>();
        using (var stop = new CancellationTokenSource())
        {
            var following = Publisher(after).RunAsync(stop.Token);
            await UntilAsync(() => after.Count == 3, "the unsettled are published again");
            await stop.CancelAsync();
            await following;
        }
        after.ShouldBe([8, 9, 10]);
    }

    private static NpgsqlBatchCommand TallyUp(IReadOnlyList<StoredEvent> page) =>
        new("insert into tally select unnest($1), 1 on conflict (seq_id) do update set times = tally.times + 1")
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. page.Select(e => e.Position.Sequence)] } },
        };

    private static Task<long> TalliedAsync(TestLog log) => log.ScalarAsync<long>("select count(*) from tally");

    private static Task KillFollowerAsync(TestLog log, string name) =>
        log.ExecuteAsync(
            $"""
            select pg_terminate_backend(pid, 10000) from pg_locks, hashtextextended('{Checkpoints.LockName(
                log.Log,
                name
            )}', 0) as key
            where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
              and ((classid::bigint << 32) | objid::bigint) = key
            """
        );

    private static async Task<int> CountByNaiveCursorAsync(TestLog log, CancellationToken cancellation)
    {
        var (cursor, seen) = (0L, 0);
        while (!cancellation.IsCancellationRequested)
        {
            await using var command = log.DataSource.CreateCommand(
                $"select seq_id from events.mt_events where seq_id > {cursor} order by seq_id"
            );
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            while (await reader.ReadAsync(CancellationToken.None))
            {
                cursor = reader.GetInt64(0);
                seen++;
            }
        }
        return seen;
    }
}
