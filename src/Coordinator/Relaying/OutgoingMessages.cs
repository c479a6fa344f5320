using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Relaying;

/// <summary>A message for the broker.</summary>
internal readonly record struct OutgoingMessage(string Topic, string Key, byte[] Value);

/// <summary>What the broker is told of an event: the event itself, for everyone; the work that it asks for; the work that is given up.</summary>
internal static class OutgoingMessages
{
    /// <summary>Source of every message that comes from the log.</summary>
    public const string Source = "eventpipeline/log";

    private const int NoPartition = -1;

    /// <summary>The event on its public topic. Every event is there, also one that this version of the product does not know.</summary>
    public static OutgoingMessage OfEvent(StoredEvent stored, Topics topics)
    {
        var headers = EventCodec.ReadHeaders(stored);
        var message = new CloudEvent(
            stored.Id.ToString(),
            Source,
            stored.Type,
            stored.StreamId.ToString(),
            stored.Timestamp,
            stored.Data,
            stored.CorrelationId,
            stored.CausationId,
            headers?.TraceParent,
            stored.Version,
            headers
        );
        return new OutgoingMessage(
            IsOfVideo(stored.Type) ? topics.VideoEvents : topics.JobEvents,
            stored.StreamId.ToString(),
            message.Write()
        );
    }

    /// <summary>The work item on its stage's topic.</summary>
    public static OutgoingMessage OfWork(StoredEvent stored, WorkItem work, Topics topics) =>
        new(topics.Stage(work.Stage), work.Key, WorkMessage(stored, work));

    /// <summary>The work item on its stage's dead letter topic. It was no message, so it has no partition; its offset is the event's
    /// sequence in the log.</summary>
    public static OutgoingMessage OfDeadLetter(StoredEvent stored, StageDeadLettered dead, Topics topics)
    {
        var letter = new DeadLetter(
            topics.Stage(dead.Work.Stage),
            NoPartition,
            stored.Position.Sequence,
            dead.Work.Key,
            dead.Reason,
            dead.DeadLetteredAt,
            WorkMessage(stored, dead.Work)
        );
        return new OutgoingMessage(topics.DeadLetters(dead.Work.Stage), dead.Work.Key, letter.Write());
    }

    private static byte[] WorkMessage(StoredEvent stored, WorkItem work) =>
        new CloudEvent(
            stored.Id.ToString(),
            Source,
            CloudEvent.WorkItem,
            work.JobId.ToString(),
            stored.Timestamp,
            JsonSerializer.SerializeToUtf8Bytes(work, ContractJson.Options),
            stored.CorrelationId,
            stored.Id.ToString(),
            EventCodec.ReadHeaders(stored)?.TraceParent
        ).Write();

    private static bool IsOfVideo(string type) =>
        EventTypes.All.TryGetValue(type, out var known)
            ? known.IsSubclassOf(typeof(VideoEvent))
            : type.StartsWith("video_", StringComparison.Ordinal);
}
