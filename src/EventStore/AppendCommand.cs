using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace EventPipeline.EventStore;

/// <summary>The statement that appends: it checks and moves the versions of the streams, and writes the events with sequence
/// numbers in the order of their versions. A few events for one stream go as plain values, which costs PostgreSQL next to
/// nothing beyond the rows themselves; anything larger goes as arrays, which costs little per row.</summary>
internal sealed class AppendCommand(string schema)
{
    private const NpgsqlDbType Array = NpgsqlDbType.Array;
    private const int MostEventsAsValues = 8;

    private readonly ConcurrentDictionary<(bool IsNew, int Events, bool OnlyWhile), string> oneStreamTexts = new();

    private readonly string manyStreamsText = $"""
        with wanted as (
            select * from unnest($1, $2, $3, $4) as w (id, type, expected, added) order by id
        ), started as (
            insert into {schema}.mt_streams (id, type, version)
            select id, type, added from wanted where expected = 0
            on conflict do nothing
            returning id
        ), locked as (
            select s.id from {schema}.mt_streams s join wanted w on w.id = s.id
            where w.expected > 0 and s.version = w.expected
            order by s.id
            for update of s
        ), advanced as (
            update {schema}.mt_streams s
            set version = w.expected + w.added, timestamp = now()
            from wanted w join locked l on l.id = w.id
            where s.id = w.id and s.version = w.expected
            returning s.id
        ), refused as (
            select {schema}.refuse_append(string_agg(id || ' at version ' || expected, ', '))
            from wanted
            where id not in (select id from started union all select id from advanced)
            having count(*) > 0
        )
        insert into {schema}.mt_events
            (seq_id, stream_id, version, id, type, data, headers, correlation_id, causation_id, timestamp)
        select nextval('{schema}.mt_events_sequence'), e.*
        from unnest($5, $6, $7, $8, $9, $10, $11, $12, $13) as e
        where not exists (select from refused)
        returning tx, seq_id
        """;

    /// <summary>The command; it answers with the transaction and the sequence number of every event.</summary>
    /// <remarks>Streams are started and advanced in the order of their ids, so that two appends cannot deadlock.</remarks>
    internal NpgsqlBatchCommand Create(IReadOnlyList<StreamAppend> appends) =>
        appends is [{ Events.Count: <= MostEventsAsValues } or { OnlyWhile: not null }]
            ? OneStream(appends[0])
            : ManyStreams(appends);

    private NpgsqlBatchCommand OneStream(StreamAppend append)
    {
        var command = new NpgsqlBatchCommand(
            oneStreamTexts.GetOrAdd(
                (append.ExpectedVersion == 0, append.Events.Count, append.OnlyWhile is not null),
                OneStreamText
            )
        );
        command.Parameters.Add(Parameter(append.StreamId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Parameter(append.StreamType, NpgsqlDbType.Varchar));
        command.Parameters.Add(Parameter(append.ExpectedVersion, NpgsqlDbType.Bigint));
        foreach (var @event in append.Events)
        {
            command.Parameters.Add(Parameter(@event.Id, NpgsqlDbType.Uuid));
            command.Parameters.Add(Parameter(@event.Type, NpgsqlDbType.Varchar));
            command.Parameters.Add(Parameter(@event.Data, NpgsqlDbType.Jsonb));
            command.Parameters.Add(
                @event.Headers.IsEmpty
                    ? Parameter<object>(DBNull.Value, NpgsqlDbType.Jsonb)
                    : Parameter(@event.Headers, NpgsqlDbType.Jsonb)
            );
            command.Parameters.Add(Parameter(@event.CorrelationId, NpgsqlDbType.Varchar));
            command.Parameters.Add(Parameter(@event.CausationId, NpgsqlDbType.Varchar));
            command.Parameters.Add(Parameter(@event.Timestamp.UtcDateTime, NpgsqlDbType.TimestampTz));
        }
        if (append.OnlyWhile is { } other)
        {
            command.Parameters.Add(Parameter(other.StreamId, NpgsqlDbType.Uuid));
            command.Parameters.Add(Parameter(other.Version, NpgsqlDbType.Bigint));
        }
        return command;
    }

    private string OneStreamText((bool IsNew, int Events, bool OnlyWhile) shape)
    {
        var stream = shape.IsNew
            ? $"insert into {schema}.mt_streams (id, type, version) values ($1, $2, {shape.Events}) on conflict do nothing"
            : $"update {schema}.mt_streams set version = version + {shape.Events}, timestamp = now()"
                + " where id = $1 and version = $3";
        var refuse = $"{schema}.refuse_append";
        var id = $"coalesce((select id from stream), {refuse}($1 || ' at version ' || $3))";
        var others = "";
        if (shape.OnlyWhile)
        {
            var (other, version) = ($"${4 + (shape.Events * 7)}", $"${5 + (shape.Events * 7)}");
            // The lock makes whoever appends to the other stream wait, or finds that somebody has while this one waited.
            others =
                $", unchanged as (select from {schema}.mt_streams where id = {other} and version = {version} for share)";
            id =
                $"case when exists (select from unchanged) then {id} else {refuse}({other} || ' at version ' || {version}) end";
        }
        var text = new StringBuilder(
            $"""
            with stream as ({stream} returning id){others}
            insert into {schema}.mt_events
                (stream_id, seq_id, version, id, type, data, headers, correlation_id, causation_id, timestamp)
            values
            """
        );
        for (var row = 0; row < shape.Events; row++)
        {
            text.Append(row == 0 ? $" ({id}" : ", ($1");
            text.Append($", nextval('{schema}.mt_events_sequence'), $3 + {row + 1}");
            for (var column = 0; column < 7; column++)
                text.Append($", ${4 + (row * 7) + column}");
            text.Append(')');
        }
        return text.Append(" returning tx, seq_id").ToString();
    }

    private NpgsqlBatchCommand ManyStreams(IReadOnlyList<StreamAppend> appends)
    {
        var events = appends
            .SelectMany(append =>
                append.Events.Select(
                    (@event, index) => (append.StreamId, Version: append.ExpectedVersion + index + 1, Event: @event)
                )
            )
            .ToArray();
        return new NpgsqlBatchCommand(manyStreamsText)
        {
            Parameters =
            {
                Column(appends, append => append.StreamId, NpgsqlDbType.Uuid),
                Column(appends, append => append.StreamType, NpgsqlDbType.Varchar),
                Column(appends, append => append.ExpectedVersion, NpgsqlDbType.Bigint),
                Column(appends, append => (long)append.Events.Count, NpgsqlDbType.Bigint),
                Column(events, row => row.StreamId, NpgsqlDbType.Uuid),
                Column(events, row => row.Version, NpgsqlDbType.Bigint),
                Column(events, row => row.Event.Id, NpgsqlDbType.Uuid),
                Column(events, row => row.Event.Type, NpgsqlDbType.Varchar),
                Column(events, row => row.Event.Data.ToArray(), NpgsqlDbType.Jsonb),
                Column(
                    events,
                    row => row.Event.Headers.IsEmpty ? null : row.Event.Headers.ToArray(),
                    NpgsqlDbType.Jsonb
                ),
                Column(events, row => row.Event.CorrelationId, NpgsqlDbType.Varchar),
                Column(events, row => row.Event.CausationId, NpgsqlDbType.Varchar),
                Column(events, row => row.Event.Timestamp.UtcDateTime, NpgsqlDbType.TimestampTz),
            },
        };
    }

    private static NpgsqlParameter<TValue[]> Column<TRow, TValue>(
        IReadOnlyList<TRow> rows,
        Func<TRow, TValue> value,
        NpgsqlDbType type
    )
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(rows[i]);
        return Parameter(values, Array | type);
    }

    private static NpgsqlParameter<T> Parameter<T>(T value, NpgsqlDbType type) =>
        new() { TypedValue = value, NpgsqlDbType = type };
}
