using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Membership in a consumer group, used by one thread. What is stored is committed in the background, and at once
/// when a partition or the group is left.</summary>
internal sealed partial class GroupMember : IDisposable
{
    private readonly ILogger logger;
    private readonly IConsumer<string, byte[]> consumer;
    private readonly HashSet<PartitionId> owned = [];
    private readonly HashSet<PartitionId> paused = [];

    // The client may or may not remember, when a partition comes back, that it was paused when it went.
    private readonly HashSet<PartitionId> mayBePaused = [];
    private bool closed;

    /// <param name="assigned">Ownership of partitions began.</param>
    /// <param name="revoked">Ownership is about to end; positions can still be stored.</param>
    /// <param name="lost">Ownership ended unnoticed, somebody else may own them already.</param>
    public GroupMember(
        BrokerOptions broker,
        BrokerProfile profile,
        string groupId,
        IReadOnlyCollection<string> topics,
        Action<IReadOnlyList<PartitionId>> assigned,
        Action<IReadOnlyList<PartitionId>> revoked,
        Action<IReadOnlyList<PartitionId>> lost,
        ILogger logger
    )
    {
        this.logger = logger;
        consumer = new ConsumerBuilder<string, byte[]>(ClientSettings.Member(broker, profile, groupId))
            .SetLogHandler((_, line) => ClientLog.Write(logger, line))
            .SetErrorHandler((_, error) => Notice(error))
            .SetStatisticsHandler(
                (_, statistics) => Trouble = ClientStatistics.ShowConnection(statistics) ? null : Trouble
            )
            .SetOffsetsCommittedHandler((_, committed) => NoticeCommit(committed))
            .SetPartitionsAssignedHandler(
                (_, partitions) =>
                {
                    Join(Ids(partitions), assigned);
                }
            )
            .SetPartitionsRevokedHandler(
                (_, partitions) =>
                {
                    Leave(Ids(partitions.Select(p => p.TopicPartition)), revoked);
                }
            )
            .SetPartitionsLostHandler(
                (_, partitions) =>
                {
                    Leave(Ids(partitions.Select(p => p.TopicPartition)), lost);
                }
            )
            .Build();
        consumer.Subscribe(topics);
    }

    /// <summary>What keeps the member from its work, in librdkafka's words; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Serves the group and gives the next delivery, if one comes in time.</summary>
    /// <exception cref="KafkaException">The client cannot go on.</exception>
    public Delivery? Poll(TimeSpan patience)
    {
        if (closed)
            return null;
        try
        {
            if (consumer.Consume(patience) is not { Message: not null } result)
                return null;
            Trouble = null;
            return Read(result);
        }
        catch (ConsumeException failure) when (!failure.Error.IsFatal)
        {
            Notice(failure.Error);
            return null;
        }
    }

    /// <summary>Stops or starts the flow of deliveries; membership goes on. One more delivery may still come after a stop.
    /// To be called again after every <see cref="Poll"/>, which may have brought partitions that do not know of it.</summary>
    public void Take(bool take)
    {
        if (closed)
            return;
        if (take && mayBePaused.Count > 0 && owned.Where(mayBePaused.Contains).ToList() is { Count: > 0 } held)
        {
            consumer.Resume(held.Select(Partition));
            mayBePaused.ExceptWith(held);
            paused.Clear();
        }
        else if (!take && owned.Where(partition => !paused.Contains(partition)).ToList() is { Count: > 0 } flowing)
        {
            consumer.Pause(flowing.Select(Partition));
            mayBePaused.UnionWith(flowing);
            paused.UnionWith(flowing);
        }
    }

    /// <summary>Stores a position of an owned partition, to be committed soon.</summary>
    public void Store(PartitionId partition, long position)
    {
        if (owned.Contains(partition))
            consumer.StoreOffset(new TopicPartitionOffset(Partition(partition), position));
    }

    /// <summary>Commits what is stored and leaves the group; partitions are revoked first.</summary>
    public void Close()
    {
        if (closed)
            return;
        closed = true;
        try
        {
            consumer.Close();
        }
        catch (KafkaException failure)
        {
            // The group learns of our absence by its session time-out; nothing that was settled is lost, at worst repeated.
            Notice(failure.Error);
        }
    }

    public void Dispose()
    {
        Close();
        consumer.Dispose();
    }

    /// <summary>A delivery without its envelope.</summary>
    public static Delivery Read(ConsumeResult<string, byte[]> result) =>
        new(result.Topic, result.Partition.Value, result.Offset.Value, result.Message.Key, result.Message.Value);

    private void Join(List<PartitionId> partitions, Action<IReadOnlyList<PartitionId>> assigned)
    {
        Trouble = null;
        owned.UnionWith(partitions);
        LogAssigned(logger, consumer.Name, partitions);
        assigned(partitions);
    }

    private void Leave(List<PartitionId> partitions, Action<IReadOnlyList<PartitionId>> left)
    {
        LogLeft(logger, consumer.Name, partitions);
        left(partitions);
        owned.ExceptWith(partitions);
        paused.ExceptWith(partitions);
    }

    private void Notice(Error error)
    {
        if (error.IsFatal)
        {
            ClientLog.Write(logger, error);
            return;
        }
        if (Trouble != error.Reason)
            ClientLog.Write(logger, error);
        Trouble = error.Reason;
    }

    private void NoticeCommit(CommittedOffsets committed)
    {
        if (committed.Error.IsError && committed.Error.Code != ErrorCode.Local_NoOffset)
            Notice(committed.Error);
        else
            Trouble = null;
    }

    private static List<PartitionId> Ids(IEnumerable<TopicPartition> partitions) =>
        [.. partitions.Select(partition => new PartitionId(partition.Topic, partition.Partition.Value))];

    private static TopicPartition Partition(PartitionId partition) => new(partition.Topic, partition.Number);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Client} was assigned {Partitions}")]
    private static partial void LogAssigned(ILogger logger, string client, IReadOnlyList<PartitionId> partitions);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Client} leaves {Partitions}")]
    private static partial void LogLeft(ILogger logger, string client, IReadOnlyList<PartitionId> partitions);
}
