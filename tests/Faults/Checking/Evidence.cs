using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Faults.Schedule;

namespace EventPipeline.Faults.Checking;

/// <summary>All that is left of a seed when it is over: the log, the topics, the objects, the read models. The checker sees nothing else.</summary>
/// <param name="Log">The events of the seed's jobs and videos, in the order of the log.</param>
/// <param name="Messages">Of all topics, from the seed's first to its last.</param>
/// <param name="WipedUpTo">What was published of the log when the broker was wiped; the start of the log if it was not.</param>
/// <param name="Objects">Of the seed's videos.</param>
/// <param name="KeptRows">The read models as the projections kept them, a line a row.</param>
/// <param name="RebuiltRows">The same, built anew from the log by a program without faults.</param>
/// <param name="Leftovers">Folders of attempts that nobody works in any more.</param>
/// <param name="Garbage">Messages that nobody can read, as they were put into the topics.</param>
/// <param name="EndedByThemselves">How often a part ended that nobody killed, so that it had to be started again.</param>
/// <param name="StillWaiting">The jobs of work that the coordinator keeps for later, a job for each.</param>
/// <param name="Backlogs">What was left to read at the end, by topic.</param>
internal sealed record Evidence(
    IReadOnlyList<SubmittedJob> Jobs,
    IReadOnlyList<LogEntry> Log,
    IReadOnlyList<TopicMessage> Messages,
    Position WipedUpTo,
    IReadOnlyList<FoundObject> Objects,
    IReadOnlyList<FaultWindow> Faults,
    IReadOnlyList<string> KeptRows,
    IReadOnlyList<string> RebuiltRows,
    IReadOnlyList<string> Leftovers,
    IReadOnlyList<Garbage> Garbage,
    int EndedByThemselves,
    IReadOnlyList<Guid> StillWaiting,
    IReadOnlyDictionary<string, long> Backlogs,
    DateTimeOffset EndedAt
)
{
    public IEnumerable<LogEntry> Of(Guid stream) => Log.Where(entry => entry.StreamId == stream);
}

/// <summary>A job as it was asked for.</summary>
internal sealed record SubmittedJob(Guid JobId, Guid VideoId, Pipeline Pipeline, DateTimeOffset At);

/// <summary>An event of the log.</summary>
/// <param name="Data">Null for a type that is not known.</param>
/// <param name="SeenAt">When it was first seen in the log, by the harness's clock: the clocks of parts may have been set.</param>
internal sealed record LogEntry(
    Position Position,
    Guid EventId,
    Guid StreamId,
    long Version,
    Event? Data,
    EventHeaders? Headers,
    DateTimeOffset SeenAt
);

/// <summary>A message of a topic.</summary>
/// <param name="Topic">Without the prefix of the installation.</param>
/// <param name="At">When it was sent, by the clock of the machine.</param>
internal sealed record TopicMessage(
    string Topic,
    int Partition,
    long Offset,
    string? Key,
    ReadOnlyMemory<byte> Value,
    DateTimeOffset At
);

/// <summary>An object in the store, read and hashed.</summary>
internal sealed record FoundObject(string Key, string Sha256, long ByteCount);

/// <summary>When a fault really began and ended.</summary>
internal sealed record FaultWindow(Fault Fault, DateTimeOffset From, DateTimeOffset To);

/// <summary>A message that nobody can read.</summary>
internal sealed record Garbage(string Topic, ReadOnlyMemory<byte> Value);

/// <summary>A promise that was not kept.</summary>
internal sealed record Violation(int Promise, string What)
{
    public override string ToString() => $"promise {Promise}: {What}";
}
