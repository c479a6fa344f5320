using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Projections.Timeline;

namespace EventPipeline.Api.Live;

/// <summary>An event of the log as clients see it.</summary>
internal sealed class LoggedEvent(StoredEvent stored)
{
    /// <summary>The type of events that stand for a fact that was too large for the log.</summary>
    public static readonly string StoredFact = EventTypes.NameOf(typeof(FactStored));

    private Event? data;

    public StoredEvent Stored => stored;

    /// <summary>Null if this version of the product does not know its type.</summary>
    public Event? Data => data ??= EventTypes.Read(stored.Type, stored.Data.Span);

    public string Type => stored.Type == StoredFact && Data is FactStored it ? it.FactType : stored.Type;

    public string Actor =>
        stored.Headers.IsEmpty
            ? "unknown"
            : JsonSerializer.Deserialize<EventHeaders>(stored.Headers.Span, ContractJson.Options)!.Actor;

    public string Sentence => Data is { } known ? Sentences.Of(known) : $"{stored.Type} happened.";
}
