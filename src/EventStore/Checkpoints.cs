using Npgsql;
using NpgsqlTypes;

namespace EventPipeline.EventStore;

/// <summary>How far each follower is.</summary>
public sealed class Checkpoints(EventLog log, TimeProvider? time = null)
{
    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>A follower's checkpoint; <see cref="Position.Start"/> if it never had one.</summary>
    public async Task<Position> ReadAsync(string follower, CancellationToken cancellation)
    {
        await using var connection = await log.DataSource.OpenConnectionAsync(cancellation);
        return await ReadAsync(connection, follower, cancellation);
    }

    /// <summary>All checkpoints by follower.</summary>
    public async Task<IReadOnlyDictionary<string, Position>> ReadAllAsync(CancellationToken cancellation)
    {
        await using var command = log.DataSource.CreateCommand(
            $"select name, tx, seq_id from {log.Schema}.checkpoints order by name"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var all = new Dictionary<string, Position>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
            all[reader.GetString(0)] = Rows.Position(reader, 1);
        return all;
    }

    /// <summary>Waits until a follower has handled everything up to a position.</summary>
    /// <returns>False if it has not within <paramref name="atMost"/>.</returns>
    public async Task<bool> WaitForAsync(
        string follower,
        Position position,
        TimeSpan atMost,
        CancellationToken cancellation
    )
    {
        var start = time.GetTimestamp();
        for (var delay = 1; ; delay = Math.Min(delay * 2, 20))
        {
            if (await ReadAsync(follower, cancellation) >= position)
                return true;
            if (time.GetElapsedTime(start) >= atMost)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(delay), time, cancellation);
        }
    }

    /// <summary>Sets a follower's checkpoint by hand, for example to <see cref="Position.Start"/> for a rebuild, together with what
    /// has to change with it (a truncate, a rename). </summary>
    /// <exception cref="InvalidOperationException">The follower is running somewhere.</exception>
    public async Task ResetAsync(
        string follower,
        Position position,
        CancellationToken cancellation,
        IReadOnlyList<NpgsqlBatchCommand>? with = null
    )
    {
        await using var connection = await log.DataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))";
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = LockName(log, follower) });
            if (!(bool)(await command.ExecuteScalarAsync(cancellation))!)
                throw new InvalidOperationException(
                    $"Follower '{follower}' is running; stop it before its checkpoint is moved."
                );
        }
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var command in with ?? [])
            batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(Write(log, follower, position));
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Holds a follower off, wherever it runs, before its next write, while what it writes to is exchanged; then it goes on.</summary>
    /// <param name="work">Gets the connection, in the transaction that holds the follower off, and its checkpoint; returns the new one.</param>
    public async Task HoldAsync(
        string follower,
        Func<NpgsqlConnection, Position, Task<Position>> work,
        CancellationToken cancellation
    )
    {
        await using var connection = await log.DataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        Position checkpoint;
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = $"""
                insert into {log.Schema}.checkpoints (name, tx, seq_id) values ($1, '0', 0)
                on conflict (name) do update set name = excluded.name
                returning tx, seq_id
                """;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = follower });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            checkpoint = Rows.Position(reader);
        }
        var moved = await work(connection, checkpoint);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(Write(log, follower, moved));
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>After the database was dumped and restored into another server: transaction numbers began anew there, so positions
    /// of before would lie in the future. Moves all events of before to transaction 0, where their sequence orders them, and every
    /// checkpoint to the place before the first event that its follower had not handled. Followers may see events again that they had
    /// handled; none is skipped. Run it before anything else uses the database.</summary>
    public async Task RebaseAsync(CancellationToken cancellation)
    {
        await using var connection = await log.DataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction) { Timeout = 0 };
        foreach (
            var text in (string[])
                [
                    $"lock table {log.Schema}.mt_events, {log.Schema}.checkpoints in exclusive mode",
                    $"""
                        update {log.Schema}.checkpoints c
                        set tx = '0', updated_at = now(), seq_id = coalesce(
                            (select min(e.seq_id) - 1 from {log.Schema}.mt_events e where (e.tx, e.seq_id) > (c.tx, c.seq_id)),
                            (select max(e.seq_id) from {log.Schema}.mt_events e),
                            0)
                        """,
                    $"update {log.Schema}.mt_events set tx = '0' where tx <> '0'",
                ]
        )
            batch.BatchCommands.Add(new NpgsqlBatchCommand(text));
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    internal async Task<Position> ReadAsync(
        NpgsqlConnection connection,
        string follower,
        CancellationToken cancellation
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"select tx, seq_id from {log.Schema}.checkpoints where name = $1";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = follower });
        await command.PrepareAsync(cancellation);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Rows.Position(reader) : Position.Start;
    }

    internal static NpgsqlBatchCommand Write(EventLog log, string follower, Position position) =>
        new(
            $"""
            insert into {log.Schema}.checkpoints (name, tx, seq_id) values ($1, $2, $3)
            on conflict (name) do update set tx = excluded.tx, seq_id = excluded.seq_id, updated_at = now()
            """
        )
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = follower },
                new NpgsqlParameter<ulong> { TypedValue = position.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 },
                new NpgsqlParameter<long> { TypedValue = position.Sequence },
            },
        };

    /// <summary>What the advisory lock of a follower's one active runner is derived from.</summary>
    internal static string LockName(EventLog log, string follower) => $"event-log-follower:{log.Schema}:{follower}";
}
