using EventPipeline.TestSupport;
using static EventPipeline.EventStore.Tests.TestLog;

namespace EventPipeline.EventStore.Tests;

/// <summary>Promise: who follows the log from a position on is given every event behind it, in order and once, however slow it is, whenever it
/// joins, and whatever happens to the database.</summary>
public sealed class LiveLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(8192)]
    [InlineData(40)]
    public async Task Readers_that_join_at_any_time_miss_nothing(int remembered)
    {
        const int streams = 6;
        const int appendsEach = 60;
        const int eventsEach = 3;
        await using var log = await TestLog.CreateAsync();
        using var live = new LiveLog(log.Log, remembered: remembered);
        Guid[] ids = [.. Enumerable.Range(0, streams).Select(_ => Guid.CreateVersion7())];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var random = new Random(remembered);
        var readers = new List<(Guid? Stream, Position After, List<StoredEvent> Seen, Task Reading)>();
        void Join(Guid? stream, Position after)
        {
            var seen = new List<StoredEvent>();
            readers.Add((stream, after, seen, ReadAsync(live, stream, after, seen, random.Next(3), stop.Token)));
        }

        var writing = Task.WhenAll(
            ids.Select(async stream =>
            {
                var chance = new Random(stream.GetHashCode());
                for (var i = 0; i < appendsEach; i++)
                    await log.Log.AppendAsync(
                        [Append(stream, i * eventsEach, eventsEach)],
                        Cancellation,
                        // Sleeps in the transaction, its numbers drawn: others overtake it.
                        chance.Next(3) == 0
                            ? [new($"select pg_sleep({chance.NextDouble() * 0.01:F4})")]
                            : []
                    );
            })
        );
        while (!writing.IsCompleted)
        {
            var end = await live.EndAsync(Cancellation);
            Join(null, random.Next(2) == 0 ? end : Position.Start);
            Join(ids[random.Next(streams)], random.Next(2) == 0 ? end : Position.Start);
            await Task.WhenAny(writing, Task.Delay(random.Next(40), Cancellation));
        }
        await writing;
        await log.AllIsShownAsync();
        var all = await log.Log.ReadAsync(Position.Start, 10_000, Cancellation);

        all.Count.ShouldBe(streams * appendsEach * eventsEach);
        foreach (var (stream, after, seen, reading) in readers)
        {
            StoredEvent[] expected =
            [
                .. all.Where(one => one.Position > after && (stream is null || one.StreamId == stream)),
            ];
            await UntilAsync(() => reading.IsFaulted || seen.Count >= expected.Length, "all were read");
            lock (seen)
                seen.Select(one => one.Position).ShouldBe(expected.Select(one => one.Position));
        }
        await stop.CancelAsync();
        foreach (var reader in readers)
            await Should.ThrowAsync<OperationCanceledException>(reader.Reading);
    }

    [Fact]
    public async Task A_reader_that_slept_while_more_happened_than_is_remembered_reads_from_the_log()
    {
        await using var log = await TestLog.CreateAsync();
        using var live = new LiveLog(log.Log, remembered: 20);
        var stream = Guid.CreateVersion7();
        await using var one = live.FollowStreamAsync(stream, Position.Start, Cancellation)
            .GetAsyncEnumerator(Cancellation);
        await using var all = live.FollowAsync(Position.Start, null, Cancellation).GetAsyncEnumerator(Cancellation);
        await log.AppendAsync(Append(stream, 0));
        (await one.MoveNextAsync()).ShouldBeTrue();
        (await all.MoveNextAsync()).ShouldBeTrue();

        for (var i = 0; i < 30; i++)
            await log.AppendAsync(Append(stream, 1 + (i * 30), 30));
        await log.AllIsShownAsync();

        (await CountAsync(one, 900)).ShouldBe(Enumerable.Range(2, 900).Select(it => (long)it));
        (await CountAsync(all, 900)).ShouldBe(Enumerable.Range(2, 900).Select(it => (long)it));
    }

    [Fact]
    public async Task Only_the_types_that_are_wanted_come()
    {
        await using var log = await TestLog.CreateAsync();
        using var live = new LiveLog(log.Log);
        var stream = Guid.CreateVersion7();
        await log.AppendAsync(Append(stream, 0, 300), Append(Guid.CreateVersion7(), 0, 2, "wanted"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var wanted = live.FollowAsync(
                Position.Start,
                new HashSet<string>(StringComparer.Ordinal) { "wanted" },
                stop.Token
            )
            .GetAsyncEnumerator(stop.Token);
        (await CountAsync(wanted, 2)).ShouldBe([1, 2]);

        await log.AppendAsync(Append(stream, 300, 5));
        await log.AppendAsync(Append(Guid.CreateVersion7(), 0, 1, "wanted"));

        (await CountAsync(wanted, 1)).ShouldBe([1]);
    }

    [Fact]
    public async Task A_database_that_is_away_for_a_while_is_waited_for()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var dataSource = EventLogDataSource.Create(await server.CreateDatabaseAsync());
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(Cancellation);
        using var live = new LiveLog(log);
        var stream = Guid.CreateVersion7();
        await log.AppendAsync([Append(stream, 0)], Cancellation);
        await using var before = live.FollowAsync(Position.Start, null, Cancellation).GetAsyncEnumerator(Cancellation);
        (await CountAsync(before, 1)).ShouldBe([1]);

        server.Kill();
        await using var meanwhile = live.FollowStreamAsync(stream, Position.Start, Cancellation)
            .GetAsyncEnumerator(Cancellation);
        var next = before.MoveNextAsync().AsTask();
        var first = meanwhile.MoveNextAsync().AsTask();
        await server.RestartAsync();
        await log.AppendAsync([Append(stream, 1, 2)], Cancellation);

        (await next).ShouldBeTrue();
        before.Current.Select(it => it.Version).ShouldBe([2, 3]);
        (await first).ShouldBeTrue();
        meanwhile.Current[0].Version.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_is_forgotten_when_the_last_reader_leaves_and_another_comes()
    {
        await using var log = await TestLog.CreateAsync();
        using var live = new LiveLog(log.Log);
        var stream = Guid.CreateVersion7();
        for (var i = 0; i < 20; i++)
        {
            await using var reader = live.FollowStreamAsync(stream, Position.Start, Cancellation)
                .GetAsyncEnumerator(Cancellation);
            var reading = CountAsync(reader, i + 1);
            await log.AppendAsync(Append(stream, i));

            (await reading).ShouldBe(Enumerable.Range(1, i + 1).Select(it => (long)it));
        }
    }

    private static async Task ReadAsync(
        LiveLog live,
        Guid? stream,
        Position after,
        List<StoredEvent> seen,
        int slowness,
        CancellationToken cancellation
    )
    {
        var pages = stream is { } id
            ? live.FollowStreamAsync(id, after, cancellation)
            : live.FollowAsync(after, null, cancellation);
        await foreach (var page in pages)
        {
            lock (seen)
                seen.AddRange(page);
            if (slowness > 0)
                await Task.Delay(slowness * 10, cancellation);
        }
    }

    /// <summary>The versions of the next events; a page is not split.</summary>
    private static async Task<List<long>> CountAsync(IAsyncEnumerator<IReadOnlyList<StoredEvent>> reader, int count)
    {
        var versions = new List<long>();
        while (versions.Count < count)
        {
            (await reader.MoveNextAsync().AsTask().WaitAsync(Deadline, Cancellation)).ShouldBeTrue();
            versions.AddRange(reader.Current.Select(one => one.Version));
        }
        return versions;
    }
}
