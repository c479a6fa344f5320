namespace EventPipeline.Messaging;

/// <summary>A place in the queue that a topic is: what was sent before it stands before it, in every partition that it names.</summary>
public sealed class QueueMark
{
    private readonly (int Partition, long End)[] places;

    private QueueMark(params (int Partition, long End)[] places) => this.places = places;

    /// <summary>Right behind one message.</summary>
    public static QueueMark Behind(int partition, long offset) => new((partition, offset + 1));

    /// <summary>Behind everything that is in the topic.</summary>
    public static QueueMark AtEnd(IEnumerable<PartitionPosition> partitions) =>
        new([.. partitions.Select(partition => (partition.Number, partition.End))]);

    internal IReadOnlyList<(int Partition, long End)> Places => places;
}

/// <summary>How far a group is with a topic; without partitions if there is no such topic.</summary>
public sealed record GroupPosition(IReadOnlyList<PartitionPosition> Partitions)
{
    /// <summary>How many messages the group has not committed yet.</summary>
    /// <remarks>Work that runs counts, and so does finished work behind unfinished one of the same partition.</remarks>
    public long Backlog => Partitions.Sum(partition => partition.End - partition.From);

    /// <summary>Whether nothing from before the mark will be delivered again: the group has committed it, it has expired, or it
    /// went with its topic, of which a log that ends before the mark tells.</summary>
    public bool HasPassed(QueueMark mark) =>
        mark.Places.All(place =>
            Partitions
                .Where(partition => partition.Number == place.Partition)
                .All(partition => partition.From >= place.End || partition.End < place.End)
        );
}

/// <summary>How far a group is with one partition.</summary>
/// <param name="Committed">What the group has committed; negative if nothing.</param>
/// <param name="First">Offset of the oldest message that is still there.</param>
/// <param name="End">Offset of the next message.</param>
public readonly record struct PartitionPosition(int Number, long Committed, long First, long End)
{
    /// <summary>Where a consumer would start. A position outside of the log belongs to an earlier topic of the same name or to
    /// messages that expired: it starts at the first message then.</summary>
    public long From => Committed >= First && Committed <= End ? Committed : First;
}
