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
)
{
    private static readonly EventHeaders NoHeaders = new("unknown");

    /// <summary>Null for a type that this version of the product does not know: nothing follows from it until a version that does
    /// rebuilds.</summary>
    /// <exception cref="JsonException">The event is not what its type says.</exception>
    public static ProjectedEvent? Read(StoredEvent stored)
    {
        try
        {
            return EventTypes.Read(stored.Type, stored.Data.Span) is { } data
                ? new ProjectedEvent(stored.StreamId, stored.Version, stored.Timestamp, data, HeadersOf(stored))
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

    private static EventHeaders HeadersOf(StoredEvent stored) =>
        stored.Headers.IsEmpty
            ? NoHeaders
            : JsonSerializer.Deserialize<EventHeaders>(stored.Headers.Span, ContractJson.Options) ?? NoHeaders;
}
