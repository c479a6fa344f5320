using Npgsql;
using NpgsqlTypes;

namespace EventPipeline.EventStore;

/// <summary>The one statement that appends, to one stream or to thousands: it starts and advances the streams in the order of their
/// ids (so that two appends cannot deadlock), refuses unless every one had the expected version, and writes the events with
/// sequence numbers in the order of their versions.</summary>
internal static class AppendCommand
{
    private const NpgsqlDbType Array = NpgsqlDbType.Array;

    internal static string Text(string schema) =>
        $"""
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
            ), appended as (
                insert into {schema}.mt_events
                    (seq_id, stream_id, version, id, type, data, headers, correlation_id, causation_id, timestamp)
                select nextval('{schema}.mt_events_sequence'), e.*
                from unnest($5, $6, $7, $8, $9, $10, $11, $12, $13) as e
                where not exists (select from refused)
                returning seq_id
            )
            select pg_current_xact_id(), array_agg(seq_id order by seq_id) from appended
            """;

    internal static NpgsqlBatchCommand Create(string text, IReadOnlyList<StreamAppend> appends)
    {
        var count = appends.Sum(append => append.Events.Count);
        var streams = new Guid[count];
        var versions = new long[count];
        var ids = new Guid[count];
        var types = new string[count];
        var data = new byte[count][];
        var headers = new byte[]?[count];
        var correlations = new string?[count];
        var causations = new string?[count];
        var timestamps = new DateTime[count];
        var next = 0;
        foreach (var append in appends)
        {
            var version = append.ExpectedVersion;
            foreach (var @event in append.Events)
            {
                streams[next] = append.StreamId;
                versions[next] = ++version;
                ids[next] = @event.Id;
                types[next] = @event.Type;
                data[next] = @event.Data.ToArray();
                headers[next] = @event.Headers.IsEmpty ? null : @event.Headers.ToArray();
                correlations[next] = @event.CorrelationId;
                causations[next] = @event.CausationId;
                timestamps[next] = @event.Timestamp.UtcDateTime;
                next++;
            }
        }
        return new NpgsqlBatchCommand(text)
        {
            Parameters =
            {
                Parameter(Select(appends, append => append.StreamId), Array | NpgsqlDbType.Uuid),
                Parameter(Select(appends, append => append.StreamType), Array | NpgsqlDbType.Varchar),
                Parameter(Select(appends, append => append.ExpectedVersion), Array | NpgsqlDbType.Bigint),
                Parameter(Select(appends, append => (long)append.Events.Count), Array | NpgsqlDbType.Bigint),
                Parameter(streams, Array | NpgsqlDbType.Uuid),
                Parameter(versions, Array | NpgsqlDbType.Bigint),
                Parameter(ids, Array | NpgsqlDbType.Uuid),
                Parameter(types, Array | NpgsqlDbType.Varchar),
                Parameter(data, Array | NpgsqlDbType.Jsonb),
                Parameter(headers, Array | NpgsqlDbType.Jsonb),
                Parameter(correlations, Array | NpgsqlDbType.Varchar),
                Parameter(causations, Array | NpgsqlDbType.Varchar),
                Parameter(timestamps, Array | NpgsqlDbType.TimestampTz),
            },
        };
    }

    private static T[] Select<T>(IReadOnlyList<StreamAppend> appends, Func<StreamAppend, T> value)
    {
        var values = new T[appends.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(appends[i]);
        return values;
    }

    private static NpgsqlParameter<T> Parameter<T>(T value, NpgsqlDbType type) =>
        new() { TypedValue = value, NpgsqlDbType = type };
}
