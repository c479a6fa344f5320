using Npgsql;
using NpgsqlTypes;

namespace EventPipeline.EventStore;

/// <summary>The append-only log: streams of events on PostgreSQL. One instance per process and database.</summary>
public sealed class EventLog
{
    /// <summary>Channel of <c>NOTIFY</c>; Marten's own, so that its daemon wakes too.</summary>
    internal const string Channel = "mt_events_appended";

    private readonly NpgsqlDataSource dataSource;
    private readonly AppendCommand appendCommand;
    private readonly string columns;
    private readonly NotificationSender notifications;

    /// <param name="dataSource">Best made by <see cref="EventLogDataSource"/>.</param>
    public EventLog(NpgsqlDataSource dataSource, EventLogOptions options)
    {
        this.dataSource = dataSource;
        Schema = EventStore.Schema.Checked(options.Schema);
        appendCommand = new AppendCommand(Schema);
        columns = $"select {Rows.EventColumns} from {Schema}.mt_events";
        Notifications = new NotificationListener(dataSource, Appended);
        notifications = new NotificationSender(dataSource);
    }

    internal NpgsqlDataSource DataSource => dataSource;

    internal string Schema { get; }

    internal AppendSignal Appended { get; } = new();

    internal NotificationListener Notifications { get; }

    /// <summary>Creates the tables where they are missing; safe to call at every start, from many processes at once.</summary>
    /// <exception cref="InvalidOperationException">The tables are there but followers would miss events: the message says what to do.</exception>
    public Task EnsureSchemaAsync(CancellationToken cancellation) =>
        EventStore.Schema.EnsureAsync(dataSource, Schema, cancellation);

    /// <summary>Appends to streams, all or nothing, in one round trip and one transaction, and wakes the followers of this process.</summary>
    /// <param name="appends">Each for another stream.</param>
    /// <param name="inline">Written in the same transaction, after the events: inline projections. They are prepared, so their
    /// texts should be few and fixed.</param>
    /// <param name="notify">Also wake followers in other processes, right after the commit. It costs every process that follows
    /// a wake-up: leave it to appends whose effect somebody waits for.</param>
    /// <returns>The events as they were stored, in the order given.</returns>
    /// <exception cref="ConcurrencyException">A stream does not have its expected version, or one that must not change has.</exception>
    public async Task<IReadOnlyList<StoredEvent>> AppendAsync(
        IReadOnlyList<StreamAppend> appends,
        CancellationToken cancellation,
        IReadOnlyList<NpgsqlBatchCommand>? inline = null,
        bool notify = false
    )
    {
        Check(appends);
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(appendCommand.Create(appends));
        foreach (var command in inline ?? [])
            batch.BatchCommands.Add(command);
        try
        {
            await batch.PrepareAsync(cancellation);
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            var positions = new List<Position>();
            while (await reader.ReadAsync(cancellation))
                positions.Add(Rows.Position(reader));
            while (await reader.NextResultAsync(cancellation)) { }
            Appended.Pulse();
            if (notify)
                notifications.Send();
            return Stored(appends, positions);
        }
        catch (PostgresException e) when (IsConflict(e))
        {
            throw new ConcurrencyException(
                e.SqlState == EventStore.Schema.ConflictState
                    ? $"Streams changed meanwhile; expected were {e.MessageText}."
                    : $"Streams changed meanwhile; expected were {Expectations(appends)}.",
                e
            );
        }
        finally
        {
            // The caller's commands must be free to be used again, for example after a conflict.
            batch.BatchCommands.Clear();
        }
    }

    /// <summary>The events of a stream in order; empty if there is no such stream.</summary>
    /// <param name="afterVersion">Only those after this version.</param>
    public async Task<IReadOnlyList<StoredEvent>> LoadAsync(
        Guid streamId,
        CancellationToken cancellation,
        long afterVersion = 0
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        return await QueryAsync(
            connection,
            $"{columns} where stream_id = $1 and version > $2 order by version",
            cancellation,
            new NpgsqlParameter<Guid> { TypedValue = streamId },
            new NpgsqlParameter<long> { TypedValue = afterVersion }
        );
    }

    /// <summary>The events of many streams with one query. Streams without events have an empty list.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<StoredEvent>>> LoadAsync(
        IReadOnlyCollection<Guid> streamIds,
        CancellationToken cancellation
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        var events = await QueryAsync(
            connection,
            // One look into the index per stream, whatever the planner thinks: a plan made while the log was short would read all of it.
            $"""
            select e.* from unnest($1) as wanted (id)
            cross join lateral ({columns} where stream_id = wanted.id order by version offset 0) e
            """,
            cancellation,
            new NpgsqlParameter<Guid[]> { TypedValue = [.. streamIds.Distinct()] }
        );
        var streams = streamIds.Distinct().ToDictionary(id => id, _ => (IReadOnlyList<StoredEvent>)[]);
        foreach (var stream in events.GroupBy(@event => @event.StreamId))
            streams[stream.Key] = [.. stream];
        return streams;
    }

    /// <summary>The first events of streams with one query; streams without events are left out.</summary>
    public async Task<IReadOnlyList<StoredEvent>> LoadFirstAsync(
        IReadOnlyCollection<Guid> streamIds,
        CancellationToken cancellation
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        return await QueryAsync(
            connection,
            $"""
            select e.* from unnest($1) as wanted (id)
            cross join lateral ({columns} where stream_id = wanted.id and version = 1 offset 0) e
            """,
            cancellation,
            new NpgsqlParameter<Guid[]> { TypedValue = [.. streamIds.Distinct()] }
        );
    }

    /// <summary>Single events by the numbers in their positions (<see cref="Position.Sequence"/>), in that order; those that do not exist
    /// are left out.</summary>
    public async Task<IReadOnlyList<StoredEvent>> FindAsync(
        IReadOnlyCollection<long> sequences,
        CancellationToken cancellation
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        return await QueryAsync(
            connection,
            $"""
            select e.* from unnest($1) as wanted (sequence)
            cross join lateral ({columns} where seq_id = wanted.sequence offset 0) e order by seq_id
            """,
            cancellation,
            new NpgsqlParameter<long[]> { TypedValue = [.. sequences] }
        );
    }

    /// <summary>Reads the log in its order, up to the oldest transaction that still runs anywhere on the server: what lies before
    /// that never changes, so nobody who reads on from the last event's position misses one.</summary>
    /// <param name="limit">At most this many events.</param>
    public async Task<IReadOnlyList<StoredEvent>> ReadAsync(
        Position after,
        int limit,
        CancellationToken cancellation,
        EventFilter? filter = null
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        return await ReadAsync(connection, after, limit, cancellation, filter);
    }

    /// <summary>The position of the last event that <see cref="ReadAsync(Position, int, CancellationToken, EventFilter)"/> would give.</summary>
    public async Task<Position> EndAsync(CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            select tx, seq_id from {Schema}.mt_events
            where tx < pg_snapshot_xmin(pg_current_snapshot()) order by tx desc, seq_id desc limit 1
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Rows.Position(reader) : Position.Start;
    }

    internal Task<List<StoredEvent>> ReadAsync(
        NpgsqlConnection connection,
        Position after,
        int limit,
        CancellationToken cancellation,
        EventFilter? filter = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        List<NpgsqlParameter> parameters =
        [
            new NpgsqlParameter<ulong> { TypedValue = after.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 },
            new NpgsqlParameter<long> { TypedValue = after.Sequence },
        ];
        var conditions = "";
        void Restrict<T>(string condition, T value)
        {
            parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
            conditions += $" and {condition.Replace("?", "$" + parameters.Count, StringComparison.Ordinal)}";
        }
        if (filter?.Types is { } types)
            Restrict("type = any(?)", types.ToArray());
        if (filter?.From is { } from)
            Restrict("timestamp >= ?", from.ToUniversalTime());
        if (filter?.To is { } to)
            Restrict("timestamp < ?", to.ToUniversalTime());
        // The limit is part of the text: as a parameter the planner would guess it, and could prefer to sort the table.
        return QueryAsync(
            connection,
            $"{columns} where (tx, seq_id) > ($1, $2) and tx < pg_snapshot_xmin(pg_current_snapshot()){conditions}"
                + $" order by tx, seq_id limit {limit}",
            cancellation,
            [.. parameters]
        );
    }

    private static async Task<List<StoredEvent>> QueryAsync(
        NpgsqlConnection connection,
        string text,
        CancellationToken cancellation,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Made of constants and a checked schema name.
        command.CommandText = text;
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        await command.PrepareAsync(cancellation);
        var events = new List<StoredEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            events.Add(Rows.Event(reader));
        return events;
    }

    private static List<StoredEvent> Stored(IReadOnlyList<StreamAppend> appends, List<Position> positions)
    {
        positions.Sort(); // Numbers were drawn in the order of the events, whatever order they were returned in.
        var stored = new List<StoredEvent>(positions.Count);
        foreach (var append in appends)
        {
            var version = append.ExpectedVersion;
            foreach (var @event in append.Events)
                stored.Add(
                    new StoredEvent(
                        positions[stored.Count],
                        append.StreamId,
                        ++version,
                        @event.Id,
                        @event.Type,
                        @event.Data,
                        @event.Headers,
                        @event.CorrelationId,
                        @event.CausationId,
                        new DateTimeOffset(
                            @event.Timestamp.UtcTicks - (@event.Timestamp.UtcTicks % TimeSpan.TicksPerMicrosecond),
                            TimeSpan.Zero
                        )
                    )
                );
        }
        return stored;
    }

    private static void Check(IReadOnlyList<StreamAppend> appends)
    {
        if (appends.Count == 0)
            throw new ArgumentException("There is nothing to append.", nameof(appends));
        if (appends.Count > 1 && appends.DistinctBy(append => append.StreamId).Count() != appends.Count)
            throw new ArgumentException("A stream may stand only once in an append.", nameof(appends));
        foreach (var append in appends)
        {
            if (append.Events.Count == 0)
                throw new ArgumentException($"There is no event for stream {append.StreamId}.", nameof(appends));
            if (append.ExpectedVersion < 0)
                throw new ArgumentException("A stream's version is 0 or more.", nameof(appends));
            if (append.OnlyWhile is { } other && (appends.Count > 1 || other.StreamId == append.StreamId))
                throw new ArgumentException("Only a single append can depend on another stream.", nameof(appends));
        }
    }

    private static bool IsConflict(PostgresException e) =>
        e.SqlState == EventStore.Schema.ConflictState
        || (
            e.SqlState == PostgresErrorCodes.UniqueViolation
            && e.ConstraintName is "pk_mt_events_stream_and_version" or "pkey_mt_streams_id"
        );

    private static string Expectations(IReadOnlyList<StreamAppend> appends) =>
        string.Join(", ", appends.Select(append => $"{append.StreamId} at version {append.ExpectedVersion}"));
}
