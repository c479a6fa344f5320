namespace EventPipeline.EventStore;

/// <summary>An event to be appended.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Type">Stable name, at most 500 characters.</param>
/// <param name="Data">JSON.</param>
/// <param name="Headers">JSON; empty for none.</param>
/// <param name="Timestamp">When it happened; kept to the microsecond.</param>
public sealed record NewEvent(
    Guid Id,
    string Type,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Headers,
    string? CorrelationId,
    string? CausationId,
    DateTimeOffset Timestamp
);

/// <summary>Events for one stream.</summary>
/// <param name="ExpectedVersion">How many events the stream has now; 0 starts it.</param>
/// <param name="Events">In order; at least one.</param>
/// <param name="OnlyWhile">Another stream that must not have changed, because what is appended was decided on it. Nothing can be appended to
/// it until this one is written. Only for an append that goes alone.</param>
public sealed record StreamAppend(
    Guid StreamId,
    string StreamType,
    long ExpectedVersion,
    IReadOnlyList<NewEvent> Events,
    StreamVersion? OnlyWhile = null
);

/// <summary>A stream as it was seen.</summary>
/// <param name="Version">How many events it had.</param>
public readonly record struct StreamVersion(Guid StreamId, long Version);

/// <summary>An event of the log.</summary>
/// <param name="Version">Place in its stream, from 1.</param>
/// <param name="Data">JSON; PostgreSQL may have reordered its members.</param>
/// <param name="Headers">JSON; empty if there are none.</param>
public sealed record StoredEvent(
    Position Position,
    Guid StreamId,
    long Version,
    Guid Id,
    string Type,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Headers,
    string? CorrelationId,
    string? CausationId,
    DateTimeOffset Timestamp
);

/// <summary>Which events to read; what is null does not restrict.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
public sealed record EventFilter(
    IReadOnlyCollection<string>? Types = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null
);

/// <summary>A stream does not have the version that an append expected. Nothing was written: load again and decide again.</summary>
public sealed class ConcurrencyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Where the log lies.</summary>
/// <param name="Schema">Schema of the tables: lower-case letters, digits and underscores.</param>
public sealed record EventLogOptions(string Schema = "events");
