using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Membership in a consumer group, used by one thread. What is stored is committed in the background, and at once
/// when a partition or the group is left.</summary>
internal sealed partial class GroupMember : IDisposable
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RejoinPause = TimeSpan.FromSeconds(1);

    private readonly ILogger logger;
    private readonly BrokerProfile profile;
    private readonly Func<IConsumer<string, byte[]>> join;
    private readonly Action<IReadOnlyList<PartitionId>> revoked;
    private readonly Action<IReadOnlyList<PartitionId>> lost;
    private readonly HashSet<PartitionId> owned = [];
    private readonly HashSet<PartitionId> paused = [];

    // The client may or may not remember, when a partition comes back, that it was paused when it went.
    private readonly HashSet<PartitionId> mayBePaused = [];

    // Where the next delivery of an owned partition is expected, once it brought one.
    private readonly Dictionary<PartitionId, long> positions = [];

    private MemberWatch watch = new();
    private ClientSight sight = new();
    private IConsumer<string, byte[]>? consumer;
    private bool mayHaveMissedNews;
    private bool isUseless;
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
        this.profile = profile;
        this.revoked = revoked;
        this.lost = lost;
        join = () =>
        {
            var seen = sight = new ClientSight();
            var joined = new ConsumerBuilder<string, byte[]>(ClientSettings.Member(broker, profile, groupId))
                .SetLogHandler(
                    (_, line) =>
                    {
                        ClientLog.Write(logger, line);
                        seen.Hear(line);
                    }
                )
                .SetErrorHandler(
                    (from, error) =>
                    {
                        Notice(error);
                        isUseless |= error.IsFatal && ReferenceEquals(from, consumer);
                    }
                )
                .SetStatisticsHandler(
                    (from, statistics) =>
                    {
                        if (ReferenceEquals(from, consumer))
                            Watch(statistics);
                    }
                )
                .SetOffsetsCommittedHandler((_, committed) => NoticeCommit(committed))
                .SetPartitionsAssignedHandler(
                    (_, partitions) =>
                    {
                        Begin(Ids(partitions), assigned);
                    }
                )
                .SetPartitionsRevokedHandler(
                    (from, partitions) =>
                    {
                        End(from, Ids(partitions.Select(p => p.TopicPartition)), revoked);
                    }
                )
                .SetPartitionsLostHandler(
                    (from, partitions) =>
                    {
                        End(from, Ids(partitions.Select(p => p.TopicPartition)), lost);
                    }
                )
                .Build();
            joined.Subscribe(topics);
            return joined;
        };
        consumer = join();
    }

    /// <summary>What keeps the member from its work, in librdkafka's words; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Serves the group and gives the next delivery, if one comes in time.</summary>
    public Delivery? Poll(TimeSpan patience)
    {
        if (closed)
            return null;
        try
        {
            JoinAnewIfNeeded();
            consumer ??= join();
            var result = consumer.Consume(patience);
            if (isUseless)
            {
                Abandon();
                return null;
            }
            if (result is not { Message: not null })
                return null;
            Trouble = null;
            var delivery = Read(result);
            positions[new PartitionId(delivery.Topic, delivery.Partition)] = delivery.Offset + 1;
            return delivery;
        }
        catch (ConsumeException failure) when (failure.Error.IsFatal)
        {
            Notice(failure.Error);
            Abandon();
            return null;
        }
        catch (InvalidOperationException untold)
        {
            // After a fatal error the client may fail to tell an error: it finds no message where one should be.
            if (!isUseless)
                LogUntold(logger, untold);
            Abandon();
            return null;
        }
        catch (ConsumeException failure)
        {
            Notice(failure.Error);
            return null;
        }
    }

    /// <summary>Stops or starts the flow of deliveries; membership goes on. One more delivery may still come after a stop.
    /// To be called again after every <see cref="Poll"/>, which may have brought partitions that do not know of it.</summary>
    public void Take(bool take)
    {
        if (closed || consumer is null)
            return;
        if (take && mayBePaused.Count > 0 && owned.Where(mayBePaused.Contains).ToList() is { Count: > 0 } held)
        {
            consumer.Resume(held.Select(Partition));
            Wake(consumer, held);
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

    /// <summary>librdkafka does not tell the thread that fetches of a resumed partition, and it looks up by itself once a second;
    /// of a partition that is sought it learns at once. So each is sought to where it stands.</summary>
    private void Wake(IConsumer<string, byte[]> resumed, List<PartitionId> partitions)
    {
        foreach (var partition in partitions)
            if (positions.TryGetValue(partition, out var position))
                try
                {
                    resumed.Seek(new TopicPartitionOffset(Partition(partition), position));
                }
                catch (KafkaException unable)
                {
                    // It does not fetch yet, or no longer; then there is nobody to wake.
                    LogNotWoken(logger, unable, partition);
                }
    }

    /// <summary>Stores a position of an owned partition, to be committed soon.</summary>
    public void Store(PartitionId partition, long position)
    {
        if (consumer is null || !owned.Contains(partition))
            return;
        try
        {
            consumer.StoreOffset(new TopicPartitionOffset(Partition(partition), position));
        }
        catch (KafkaException failure)
        {
            // The partition was lost a moment ago, or the client with it: what was settled comes again.
            Notice(failure.Error);
        }
    }

    /// <summary>Commits what is stored and leaves the group; partitions are revoked first. If no broker answers, the group
    /// learns of our absence by its session time-out, and what was not committed comes again.</summary>
    public void Close()
    {
        if (closed)
            return;
        closed = true;
        if (consumer is not { } leaving)
            return;
        if (QuitAside(leaving, inGoodOrder: true).Join(ClosePatience))
            return;
        consumer = null; // what it still has to say is of no interest
        LogNotLeft(logger, leaving.Name);
    }

    public void Dispose() => Close();

    /// <summary>A delivery without its envelope.</summary>
    public static Delivery Read(ConsumeResult<string, byte[]> result) =>
        new(result.Topic, result.Partition.Value, result.Offset.Value, result.Message.Key, result.Message.Value);

    /// <summary>Gives the client up, with all that it owned: it is of no use any more, for example because the broker lost the group. Another
    /// one joins anew.</summary>
    private void Abandon()
    {
        Leave(lost, inGoodOrder: false);
        Thread.Sleep(RejoinPause); // nothing is owned that would wait
    }

    /// <summary>Who joins as somebody new is told everything.</summary>
    private void JoinAnewIfNeeded()
    {
        if (consumer is null)
            return;
        if (sight.KnowsOldTopic)
        {
            LogKnowsOldTopic(logger, consumer.Name);
            Leave(lost, inGoodOrder: true); // positions in the old topic mean nothing in the new one
        }
        else if (sight.IsBlind)
        {
            LogBlind(logger, consumer.Name);
            Leave(lost, inGoodOrder: false); // it cannot tell anybody
        }
        else if (mayHaveMissedNews)
        {
            LogMayHaveMissedNews(logger, consumer.Name);
            Leave(revoked, inGoodOrder: true);
        }
    }

    private void Leave(Action<IReadOnlyList<PartitionId>> ended, bool inGoodOrder)
    {
        ended([.. owned]);
        var leaving = consumer!;
        // Before it is told to quit: what it says of its partitions then is of no interest, and comes on another thread.
        (consumer, isUseless, mayHaveMissedNews) = (null, false, false);
        QuitAside(leaving, inGoodOrder);
        watch = new MemberWatch();
        owned.Clear();
        paused.Clear();
        mayBePaused.Clear();
        positions.Clear();
    }

    private void Watch(string statistics)
    {
        var condition = watch.Look(statistics, owned);
        if (condition != MemberCondition.Unconnected)
            Trouble = null;
        if (condition == MemberCondition.Idle)
            LogIdle(logger, consumer!.Name);
        isUseless |= condition == MemberCondition.Idle;
        // In the older protocol every member is told everything at every rebalance.
        mayHaveMissedNews |= condition == MemberCondition.Uninformed && profile == BrokerProfile.Modern;
    }

    private Thread QuitAside(IConsumer<string, byte[]> leaving, bool inGoodOrder)
    {
        var quitting = new Thread(() => Quit(leaving, inGoodOrder))
        {
            IsBackground = true,
            Name = "leaves a consumer group",
        };
        quitting.Start();
        return quitting;
    }

    private void Quit(IConsumer<string, byte[]> leaving, bool inGoodOrder)
    {
        try
        {
            if (inGoodOrder)
                leaving.Close();
        }
        catch (KafkaException failure)
        {
            Notice(failure.Error);
        }
        catch (InvalidOperationException untold)
        {
            // As in Poll: the group is gone, and the client does not find the words.
            LogUntold(logger, untold);
        }
        leaving.Dispose();
    }

    private void Begin(List<PartitionId> partitions, Action<IReadOnlyList<PartitionId>> assigned)
    {
        Trouble = null;
        owned.UnionWith(partitions);
        LogAssigned(logger, partitions);
        assigned(partitions);
    }

    private void End(
        IConsumer<string, byte[]> from,
        List<PartitionId> partitions,
        Action<IReadOnlyList<PartitionId>> ended
    )
    {
        if (!ReferenceEquals(from, consumer))
            return;
        LogLeft(logger, partitions);
        ended(partitions);
        owned.ExceptWith(partitions);
        paused.ExceptWith(partitions);
        foreach (var partition in partitions)
            positions.Remove(partition);
    }

    private void Notice(Error error)
    {
        ClientLog.Write(logger, error, isNews: Trouble is null);
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

    [LoggerMessage(Level = LogLevel.Debug, Message = "Was assigned {Partitions}")]
    private static partial void LogAssigned(ILogger logger, IReadOnlyList<PartitionId> partitions);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Partition} could not be woken")]
    private static partial void LogNotWoken(ILogger logger, Exception unable, PartitionId partition);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Client} owns partitions and does not fetch them; another one takes its place"
    )]
    private static partial void LogIdle(ILogger logger, string client);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "A topic was made anew, and {Client} knows the old one; another one joins in its place"
    )]
    private static partial void LogKnowsOldTopic(ILogger logger, string client);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Client} was told that there is no broker, and asks none any more; another one joins in its place"
    )]
    private static partial void LogBlind(ILogger logger, string client);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Client} may have missed what its group told it, because answers were late; another one joins in its place"
    )]
    private static partial void LogMayHaveMissedNews(ILogger logger, string client);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The Kafka client could not tell what happened to it; another one takes its place"
    )]
    private static partial void LogUntold(ILogger logger, Exception untold);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Leaves {Partitions}")]
    private static partial void LogLeft(ILogger logger, IReadOnlyList<PartitionId> partitions);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Client} could not leave its group in good order: no broker answers"
    )]
    private static partial void LogNotLeft(ILogger logger, string client);
}
