using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>The one database session of an active follower: it holds the name's lock, reads pages and writes checkpoints. When the
/// session dies, the lock is free and no write of this runner can still succeed.</summary>
internal sealed class FollowerSession : IAsyncDisposable
{
    private readonly EventLog log;
    private readonly string name;
    private readonly NpgsqlConnection connection;
    private readonly Checkpoints checkpoints;

    private FollowerSession(EventLog log, string name, NpgsqlConnection connection)
    {
        this.log = log;
        this.name = name;
        this.connection = connection;
        checkpoints = new Checkpoints(log);
    }

    internal static async Task<FollowerSession> OpenAsync(EventLog log, string name, CancellationToken cancellation)
    {
        var opened = await log.DataSource.OpenConnectionAsync(cancellation);
        try
        {
            // The server shall notice within 4 s that this host is gone, and free the lock. And it shall read on from a position
            // by the index: on a log of some ten thousand events it would rather read and sort all of it for every page.
            // A checkpoint need not wait for the disk: if the server crashes, it is lost together with what was written with it,
            // and the pages come again.
            await using var command = opened.CreateCommand();
            command.CommandText = """
                set tcp_keepalives_idle = 2; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 2;
                set tcp_user_timeout = 4000; set synchronous_commit = off;
                set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off
                """;
            await command.ExecuteNonQueryAsync(cancellation);
            return new FollowerSession(log, name, opened);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    internal async Task<bool> TryLockAsync(CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "select pg_try_advisory_lock(hashtextextended($1, 0))";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Checkpoints.LockName(log, name) });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    internal Task<Position> ReadCheckpointAsync(CancellationToken cancellation) =>
        checkpoints.ReadAsync(connection, name, cancellation);

    internal Task<List<StoredEvent>> ReadPageAsync(
        Position after,
        int limit,
        CancellationToken cancellation,
        EventFilter? filter = null
    ) => log.ReadAsync(connection, after, limit, cancellation, filter);

    /// <summary>One round trip, one transaction. The checkpoint comes first: whoever locks its row holds the follower off before
    /// it writes anything.</summary>
    internal async Task WriteAsync(
        IReadOnlyList<NpgsqlBatchCommand> writes,
        Position checkpoint,
        CancellationToken cancellation
    )
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Checkpoints.Write(log, name, checkpoint));
        foreach (var write in writes)
            batch.BatchCommands.Add(write);
        await batch.PrepareAsync(cancellation);
        await batch.ExecuteNonQueryAsync(cancellation);
        batch.BatchCommands.Clear();
    }

    /// <summary>Gives the lock up before the session goes back to the pool.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (connection.FullState == System.Data.ConnectionState.Open)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = "select pg_advisory_unlock_all(); reset all";
                await command.ExecuteNonQueryAsync();
            }
        }
        catch (NpgsqlException)
        {
            // The session is dead, and the lock with it.
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
