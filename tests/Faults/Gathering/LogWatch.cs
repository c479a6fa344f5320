using System.Collections.Concurrent;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Faults.Checking;
using Npgsql;

namespace EventPipeline.Faults.Gathering;

/// <summary>Looks at the log all the while, to know when each event came, and reads it with SQL.</summary>
internal sealed class LogWatch : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource dataSource;
    private readonly long after;
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> seen = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;

    private LogWatch(NpgsqlDataSource dataSource, long after)
    {
        (this.dataSource, this.after) = (dataSource, after);
        watching = WatchAsync();
    }

    /// <summary>From now on.</summary>
    public static async Task<LogWatch> StartAsync(NpgsqlDataSource dataSource)
    {
        await using var command = dataSource.CreateCommand("select coalesce(max(seq_id), 0) from events.mt_events");
        return new LogWatch(dataSource, (long)(await command.ExecuteScalarAsync())!);
    }

    /// <summary>Everything that was appended since, in the order of the log.</summary>
    public async Task<IReadOnlyList<LogEntry>> ReadAsync()
    {
        await using var command = dataSource.CreateCommand(
            "select tx::text as transaction, seq_id, id, stream_id, version, type, data::text, coalesce(headers::text, 'null') from events.mt_events where seq_id > $1 order by tx, seq_id"
        );
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        await using var reader = await command.ExecuteReaderAsync();
        var entries = new List<LogEntry>();
        while (await reader.ReadAsync())
            entries.Add(
                new LogEntry(
                    new Position(ulong.Parse(reader.GetString(0)), reader.GetInt64(1)),
                    reader.GetGuid(2),
                    reader.GetGuid(3),
                    reader.GetInt64(4),
                    EventTypes.Read(reader.GetString(5), System.Text.Encoding.UTF8.GetBytes(reader.GetString(6))),
                    JsonSerializer.Deserialize<EventHeaders>(reader.GetString(7), ContractJson.Options),
                    seen.GetOrAdd(reader.GetGuid(2), _ => TimeProvider.System.GetUtcNow())
                )
            );
        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var command = dataSource.CreateCommand("select id from events.mt_events where seq_id > $1");
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
                await using var reader = await command.ExecuteReaderAsync(stopping.Token);
                var now = TimeProvider.System.GetUtcNow();
                while (await reader.ReadAsync(stopping.Token))
                    seen.TryAdd(reader.GetGuid(0), now);
            }
            catch (Exception away) when (away is NpgsqlException or OperationCanceledException)
            {
                // A fault of the database, or the end.
            }
            await Task.Delay(LookAgain, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
