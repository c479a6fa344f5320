using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>Reads columns of a row that has arrived: without <see cref="System.Data.CommandBehavior.SequentialAccess"/> the whole row
/// is in memory, so reading it never waits.</summary>
internal static class Rows
{
    /// <summary>What <see cref="Event"/> reads, in its order.</summary>
    internal const string EventColumns =
        "tx, seq_id, stream_id, version, id, type, data, headers, correlation_id, causation_id, timestamp";

    internal static StoredEvent Event(NpgsqlDataReader row) =>
        new(
            Position(row),
            row.GetGuid(2),
            row.GetInt64(3),
            row.GetGuid(4),
            row.GetString(5),
            row.GetFieldValue<byte[]>(6),
            row.IsDBNull(7) ? default(ReadOnlyMemory<byte>) : row.GetFieldValue<byte[]>(7),
            row.IsDBNull(8) ? null : row.GetString(8),
            row.IsDBNull(9) ? null : row.GetString(9),
            row.GetFieldValue<DateTimeOffset>(10)
        );

    /// <summary>A transaction and a sequence, in two columns side by side.</summary>
    internal static Position Position(NpgsqlDataReader row, int first = 0) =>
        new(row.GetFieldValue<ulong>(first), row.GetInt64(first + 1));
}
