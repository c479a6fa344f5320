using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.EventStore;

namespace EventPipeline.Projections.Projecting;

/// <summary>An event as projections see it: read, and with a fact that lies in the object store in its place.</summary>
internal sealed record ProjectedEvent(
    Guid StreamId,
    long Version,
    DateTimeOffset Timestamp,
    Event Data,
    EventHeaders Headers
);

/// <summary>Reads events of the log, one page after another.</summary>
internal sealed class EventReader
{
    private static readonly EventHeaders NoHeaders = new("unknown");

    private ReadOnlyMemory<byte> lastJson;
    private EventHeaders last = NoHeaders;

    /// <summary>Null for a type that this version of the product does not know: nothing follows from it until a version that does
    /// rebuilds.</summary>
    /// <exception cref="JsonException">The event is not what its type says.</exception>
    public ProjectedEvent? Read(StoredEvent stored)
    {
        try
        {
            return EventTypes.Read(stored.Type, stored.Data.Span) is { } data
                ? new ProjectedEvent(stored.StreamId, stored.Version, stored.Timestamp, data, Headers(stored.Headers))
                : null;
        }
        catch (JsonException e)
        {
            throw new JsonException(
                $"Event {stored.Position} (stream {stored.StreamId}, version {stored.Version}, {stored.Type}) cannot be read.",
                e
            );
        }
    }

    /// <summary>Events of one append mostly have the same headers, and reading those costs as much as reading a small event.</summary>
    private EventHeaders Headers(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return NoHeaders;
        if (!json.Span.SequenceEqual(lastJson.Span))
        {
            last = JsonSerializer.Deserialize<EventHeaders>(json.Span, ContractJson.Options) ?? NoHeaders;
            lastJson = json;
        }
        return last;
    }
}
