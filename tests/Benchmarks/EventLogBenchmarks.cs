using EventPipeline.EventStore;
using Npgsql;
using NpgsqlTypes;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace EventPipeline.Benchmarks;

/// <summary>Appending and following, against the least that PostgreSQL has to do for it.</summary>
internal static class EventLogBenchmarks
{
    private const string Raw = "one prepared statement that writes the same rows";
    private static readonly byte[] Data =
        """{"stage":"transcribe","item":"chunk-0001","attempt":1,"items":[],"succeededAt":"2026-01-02T03:04:05+00:00"}"""u8.ToArray();
    private static readonly byte[] Headers = """{"actor":"coordinator"}"""u8.ToArray();
    private static readonly DateTimeOffset Moment = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>One event to a new stream, at 1 and at 8 connections, in alternation with the raw statement.</summary>
    /// <param name="connectionString">An empty database.</param>
    internal static async Task<IReadOnlyList<BenchmarkResult>> AppendAsync(
        string connectionString,
        CancellationToken cancellation
    )
    {
        await using var dataSource = EventLogDataSource.Create(connectionString);
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(cancellation);
        var results = new List<BenchmarkResult>();
        foreach (var connections in (int[])[1, 8])
        {
            var (raw, own) = (new List<double>(), new List<double>());
            for (var round = -1; round < 5; round++)
            {
                var seconds = round < 0 ? 5 : 2;
                var baseline = await RateAsync(connections, seconds, () => RawAppendAsync(dataSource, cancellation));
                var value = await RateAsync(connections, seconds, () => log.AppendAsync([NewStream()], cancellation));
                if (round < 0)
                    continue; // Warm-up.
                raw.Add(baseline);
                own.Add(value);
            }
            results.Add(
                BenchmarkResult.AtLeast(
                    $"append, 1 event, new stream, {connections} connection{(connections == 1 ? "" : "s")}",
                    Median(own),
                    "events/s",
                    Raw,
                    Median(raw),
                    0.75
                )
            );
        }
        return results;
    }

    /// <summary>Reading 100,000 events through a follower that does nothing with them.</summary>
    /// <param name="connectionString">An empty database.</param>
    internal static async Task<IReadOnlyList<BenchmarkResult>> FollowAsync(
        string connectionString,
        CancellationToken cancellation
    )
    {
        await using var dataSource = EventLogDataSource.Create(connectionString);
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(cancellation);
        await FillAsync(dataSource, log, streams: 10_000, eventsEach: 10, interleaved: false, cancellation);
        var rates = new List<double>();
        for (var round = 0; round < 4; round++)
            rates.Add(
                await FollowRateAsync(
                    log,
                    $"reader-{round}",
                    (_, _) => Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]),
                    cancellation
                )
            );
        return [BenchmarkResult.AtLeast("follow, empty handler", Median([.. rates.Skip(1)]), "events/s", 100_000)];
    }

    /// <summary>Appends streams of equal length, each stream's events adjacent, or every event after one of another stream.</summary>
    internal static async Task FillAsync(
        NpgsqlDataSource dataSource,
        EventLog log,
        int streams,
        int eventsEach,
        bool interleaved,
        CancellationToken cancellation
    )
    {
        var ids = Enumerable.Range(0, streams).Select(_ => Guid.CreateVersion7()).ToArray();
        var step = interleaved ? 1 : eventsEach;
        for (var version = 0; version < eventsEach; version += step)
            foreach (var chunk in ids.Chunk(500))
                await log.AppendAsync(
                    [
                        .. chunk.Select(id => new StreamAppend(
                            id,
                            "job",
                            version,
                            [.. Enumerable.Range(0, step).Select(_ => NewEvent())]
                        )),
                    ],
                    cancellation
                );
        await using var analyze = dataSource.CreateCommand("vacuum analyze events.mt_events");
        await analyze.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Events per second from the start of the log to its end, checkpoints included.</summary>
    internal static async Task<double> FollowRateAsync(
        EventLog log,
        string name,
        PageHandler handler,
        CancellationToken cancellation
    )
    {
        var end = await log.EndAsync(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var follower = new Follower(log, new FollowerOptions(name, PageSize: 2000), handler);
        var start = Stopwatch.GetTimestamp();
        var running = follower.RunAsync(stop.Token);
        while (follower.Status.Handled < end && !running.IsCompleted)
            await Task.Delay(1, cancellation);
        var elapsed = Stopwatch.GetElapsedTime(start);
        await stop.CancelAsync();
        await running;
        return follower.Status.EventsHandled / elapsed.TotalSeconds;
    }

    internal static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<double> RateAsync(int connections, double seconds, Func<Task> operation)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var count = 0;
                        for (; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; count++)
                            await operation();
                        return count;
                    })
                )
        );
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task RawAppendAsync(NpgsqlDataSource dataSource, CancellationToken cancellation)
    {
        var stream = Guid.CreateVersion7();
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            with started as (insert into events.mt_streams (id, type, version) values ($1, $2, 1))
            insert into events.mt_events
                (seq_id, stream_id, version, id, type, data, headers, correlation_id, causation_id, timestamp)
            values (nextval('events.mt_events_sequence'), $1, 1, $3, $4, $5, $6, $7, $8, $9)
            """;
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = stream });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "job", NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = "stage_succeeded", NpgsqlDbType = NpgsqlDbType.Varchar }
        );
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Data, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Headers, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = stream.ToString(), NpgsqlDbType = NpgsqlDbType.Varchar }
        );
        command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = "cause", NpgsqlDbType = NpgsqlDbType.Varchar }
        );
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = Moment });
        await command.PrepareAsync(cancellation);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static StreamAppend NewStream() => new(Guid.CreateVersion7(), "job", 0, [NewEvent()]);

    private static NewEvent NewEvent() =>
        new(Guid.CreateVersion7(), "stage_succeeded", Data, Headers, Guid.CreateVersion7().ToString(), "cause", Moment);
}
