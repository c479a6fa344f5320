using EventPipeline.Contracts;
using Npgsql;

namespace EventPipeline.Coordinator.Dispatching;

/// <summary>What waits for its turn, so that the next active coordinator knows it: one row an attempt. Rows come with the checkpoint that
/// passes their requests, and go when the broker has the work.</summary>
internal sealed class WaitingTable(NpgsqlDataSource dataSource, CoordinatorOptions options)
{
    private readonly string table = $"{options.Schema}.waiting";

    /// <summary>Creates the table if it is missing; safe from many processes at once.</summary>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"select pg_advisory_xact_lock(hashtextextended('{table}', 0))"),
                new NpgsqlBatchCommand($"create schema if not exists {options.Schema}"),
                new NpgsqlBatchCommand(
                    $"""
                    create table if not exists {table} (
                        sequence bigint primary key, job_id uuid not null, stage text not null, item text not null,
                        attempt int not null, owner_id text not null, priority smallint not null
                    )
                    """
                ),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>All that waits, oldest first.</summary>
    public async Task<IReadOnlyList<WaitingWork>> ReadAsync(CancellationToken cancellation)
    {
        var waiting = new List<WaitingWork>();
        await using var command = dataSource.CreateCommand(
            $"select job_id, stage, item, attempt, owner_id, priority, sequence from {table} order by sequence"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            waiting.Add(
                new WaitingWork(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetInt32(3),
                    reader.GetString(4),
                    (JobPriority)reader.GetInt16(5),
                    reader.GetInt64(6)
                )
            );
        }
        return waiting;
    }

    /// <summary>The command that adds rows; null if there is nothing to add.</summary>
    public NpgsqlBatchCommand? Add(IReadOnlyCollection<WaitingWork> works) =>
        works.Count == 0
            ? null
            : new NpgsqlBatchCommand(
                $"""
                insert into {table} (sequence, job_id, stage, item, attempt, owner_id, priority)
                select * from unnest($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
                """
            )
            {
                Parameters =
                {
                    Column(works, work => work.Sequence),
                    Column(works, work => work.JobId),
                    Column(works, work => work.Stage),
                    Column(works, work => work.Item),
                    Column(works, work => work.Attempt),
                    Column(works, work => work.OwnerId),
                    Column(works, work => (short)work.Priority),
                },
            };

    /// <summary>Removes rows. That need not reach the disk at once: one that comes back after a crash is handed out a second time.</summary>
    /// <returns>Those that were there.</returns>
    public async Task<IReadOnlyList<long>> RemoveAsync(IEnumerable<long> sequences, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(
            $"delete from {table} where sequence = any($1) returning sequence"
        );
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. sequences] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var removed = new List<long>();
        while (await reader.ReadAsync(cancellation))
            removed.Add(reader.GetInt64(0));
        return removed;
    }

    private static NpgsqlParameter<T[]> Column<T>(IEnumerable<WaitingWork> works, Func<WaitingWork, T> value) =>
        new() { TypedValue = [.. works.Select(value)] };
}
