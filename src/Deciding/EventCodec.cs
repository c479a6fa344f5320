using System.Collections.Frozen;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;

namespace EventPipeline.Deciding;

/// <summary>Who or what caused events, recorded with each of them.</summary>
/// <param name="Actor">See <see cref="EventHeaders"/>.</param>
/// <param name="CausationId">Id of the message that led to them.</param>
/// <param name="Metering">Of the outcome that led to them, if it was one.</param>
public sealed record Origin(
    string Actor,
    string? CausationId = null,
    string? TraceParent = null,
    StageMetering? Metering = null
);

/// <summary>Events as the log keeps them.</summary>
internal static class EventCodec
{
    /// <summary>Type of the streams of jobs.</summary>
    public const string JobStream = "job";

    /// <summary>Type of the streams of videos.</summary>
    public const string VideoStream = "video";

    private const string Coordinator = "coordinator";

    private static readonly FrozenSet<string> Facts = EventTypes
        .All.Where(type => type.Value.IsSubclassOf(typeof(Fact)))
        .Select(type => type.Key)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Events to be appended. What an outcome brought is its worker's doing and carries its metering; what follows from it is
    /// the coordinator's.</summary>
    public static IEnumerable<NewEvent> Write(
        IEnumerable<Event> events,
        Guid streamId,
        Origin origin,
        DateTimeOffset now
    )
    {
        var direct = Headers(new EventHeaders(origin.Actor, origin.TraceParent, origin.Metering));
        byte[]? indirect = null;
        foreach (var @event in events)
        {
            var isDirect = origin.Metering is null || @event is Fact or StageSucceeded or StageFailed;
            yield return new NewEvent(
                Guid.CreateVersion7(now),
                EventTypes.NameOf(@event),
                EventTypes.Write(@event),
                isDirect ? direct : indirect ??= Headers(new EventHeaders(Coordinator, origin.TraceParent)),
                streamId.ToString(),
                origin.CausationId,
                now
            );
        }
    }

    /// <summary>An event of a job, unless it is a fact, which no decision reads, or of a type that this version does not know.</summary>
    public static JobEvent? ReadJobEvent(StoredEvent stored) =>
        Facts.Contains(stored.Type) ? null : EventTypes.Read(stored.Type, stored.Data.Span) as JobEvent;

    /// <summary>What is recorded with an event; null if nothing is.</summary>
    public static EventHeaders? ReadHeaders(StoredEvent stored) =>
        stored.Headers.IsEmpty
            ? null
            : JsonSerializer.Deserialize<EventHeaders>(stored.Headers.Span, ContractJson.Options);

    /// <summary>A job after further events of its stream.</summary>
    public static JobAt Fold(JobAt before, IReadOnlyList<StoredEvent> newer)
    {
        if (newer.Count == 0)
            return before;
        var job = before.Job;
        foreach (var stored in newer)
        {
            if (ReadJobEvent(stored) is { } @event)
                job = Job.Evolve(job, @event);
        }
        return new JobAt(job, newer[^1].Version, newer[^1].Position);
    }

    /// <summary>A video after all events of its stream.</summary>
    public static Video FoldVideo(IReadOnlyList<StoredEvent> stream) =>
        stream
            .Select(stored => EventTypes.Read(stored.Type, stored.Data.Span))
            .OfType<VideoEvent>()
            .Aggregate(Video.Initial, Video.Evolve);

    private static byte[] Headers(EventHeaders headers) =>
        JsonSerializer.SerializeToUtf8Bytes(headers, ContractJson.Options);
}
