using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.EventStore;

namespace EventPipeline.Host.Events;

/// <summary>Writes the log as NDJSON, a CloudEvent a line, in the order of the log: what the public topics carry, from the record
/// itself and for as long as it exists.</summary>
internal static class ExportCommand
{
    private const int PageSize = 1000;

    /// <param name="types">Names in <see cref="EventTypes"/>; null for all.</param>
    /// <param name="from">First moment, inclusive.</param>
    /// <param name="to">Last moment, exclusive.</param>
    /// <returns>How many events were written.</returns>
    public static async Task<long> RunAsync(
        EventLog log,
        IReadOnlyList<string>? types,
        DateTimeOffset? from,
        DateTimeOffset? to,
        Stream output,
        CancellationToken cancellation
    )
    {
        var filter = new EventFilter(types, from, to);
        var position = Position.Start;
        for (long count = 0; ; )
        {
            var page = await log.ReadAsync(position, PageSize, cancellation, filter);
            foreach (var stored in page)
            {
                await output.WriteAsync(ToCloudEvent(stored).Write(), cancellation);
                await output.WriteAsync("\n"u8.ToArray(), cancellation);
            }
            count += page.Count;
            if (page.Count < PageSize)
                return count;
            position = page[^1].Position;
        }
    }

    private static CloudEvent ToCloudEvent(StoredEvent stored) =>
        new(
            stored.Id.ToString(),
            stored.Type.StartsWith("video_", StringComparison.Ordinal) ? "/videos" : "/jobs",
            stored.Type,
            stored.StreamId.ToString(),
            stored.Timestamp,
            stored.Data,
            stored.CorrelationId,
            stored.CausationId,
            StreamVersion: stored.Version,
            Headers: stored.Headers.IsEmpty
                ? null
                : JsonSerializer.Deserialize<EventHeaders>(stored.Headers.Span, ContractJson.Options)
        );
}
