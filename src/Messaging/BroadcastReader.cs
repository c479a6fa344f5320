using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Reads all partitions of a topic without a group, so that every reader gets every message: for progress and signs
/// of life. Nothing is remembered; a new reader starts over.</summary>
public sealed partial class BroadcastReader
{
    private static readonly TimeSpan PollPatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(5);

    private readonly BrokerOptions broker;
    private readonly string topic;
    private readonly BroadcastStart start;
    private readonly Action<Delivery> handle;
    private readonly ILogger logger;
    private readonly TimeProvider clock;
    private readonly TimeSpan lookAgain;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<int> assigned = [];

    // Where the next message of a partition is expected, if that is known.
    private readonly Dictionary<int, long> positions = [];
    private bool lookedBefore;
    private volatile string? trouble;

    /// <param name="start">Where to begin. Partitions that appear later are read from their beginning either way.</param>
    /// <param name="handle">Called on the reader's thread, in the order of each partition; it should not block. If it throws,
    /// the message is logged and passed over: broadcasts are news, not work.</param>
    /// <param name="lookAgain">How often to look for new partitions; a few seconds by default.</param>
    public BroadcastReader(
        BrokerOptions broker,
        string topic,
        BroadcastStart start,
        Action<Delivery> handle,
        ILogger logger,
        TimeProvider? clock = null,
        TimeSpan? lookAgain = null
    )
    {
        KafkaLibrary.Load();
        this.broker = broker;
        this.topic = topic;
        this.start = start;
        this.handle = handle;
        this.logger = logger;
        this.clock = clock ?? TimeProvider.System;
        this.lookAgain = lookAgain ?? TimeSpan.FromSeconds(3);
    }

    /// <summary>Completes when every message that is sent from now on will be read.</summary>
    public Task Started => started.Task;

    /// <summary>What keeps it from reading, such as a broker that is down; null while all is well.</summary>
    public string? Trouble => trouble;

    /// <summary>Reads until cancelled. Call it once.</summary>
    /// <exception cref="KafkaException">The client cannot go on. A broker that is down, or a topic that is missing, is no such
    /// case.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        trouble = $"No broker of {broker.BootstrapServers} has answered yet.";
        try
        {
            var profile = await BrokerProfiles.DetectAsync(broker, stopping);
            await Task.Factory.StartNew(
                () => Run(profile, stopping),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // as asked
        }
        finally
        {
            started.TrySetCanceled(CancellationToken.None);
        }
    }

    private void Run(BrokerProfile profile, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
            Read(profile, stopping);
    }

    /// <summary>Reads until cancelled, or until the client is of no use any more.</summary>
    private void Read(BrokerProfile profile, CancellationToken stopping)
    {
        var sight = new ClientSight(clock);
        using var consumer = new ConsumerBuilder<string, byte[]>(ClientSettings.Loner(broker, profile))
            .SetLogHandler(
                (_, line) =>
                {
                    ClientLog.Write(logger, line);
                    sight.Hear(line);
                }
            )
            .SetErrorHandler((_, error) => Notice(error))
            .SetStatisticsHandler((_, json) => trouble = ClientStatistics.ShowConnection(json) ? null : trouble)
            .Build();
        using var administration = new DependentAdminClientBuilder(consumer.Handle).Build();
        assigned.Clear();
        var looked = 0L;
        while (!stopping.IsCancellationRequested && !sight.KnowsOldTopic && !sight.IsBlind)
            try
            {
                if (looked == 0 || clock.GetElapsedTime(looked) > (lookedBefore ? lookAgain : PollPatience))
                {
                    looked = clock.GetTimestamp();
                    Look(consumer, administration);
                }
                if (consumer.Consume(PollPatience) is { Message: not null } result)
                {
                    positions[result.Partition.Value] = result.Offset.Value + 1;
                    Handle(GroupMember.Read(result));
                }
            }
            catch (KafkaException failure) when (!failure.Error.IsFatal)
            {
                Notice(failure.Error);
            }
        if (sight.KnowsOldTopic)
            positions.Clear();
        consumer.Close();
    }

    /// <summary>Takes up partitions that are new and drops those that are gone, with their topic.</summary>
    private void Look(IConsumer<string, byte[]> consumer, IAdminClient administration)
    {
        // All topics are asked for, because asking for one by name can make it on an old broker.
        var present = administration
            .GetMetadata(LookPatience)
            .Topics.Where(found => found.Topic == topic && !found.Error.IsError)
            .SelectMany(found => found.Partitions)
            .Select(partition => partition.PartitionId)
            .ToHashSet();

        if (assigned.Where(partition => !present.Contains(partition)).ToList() is { Count: > 0 } gone)
        {
            consumer.IncrementalUnassign(gone.Select(partition => new TopicPartition(topic, partition)));
            assigned.ExceptWith(gone);
            foreach (var partition in gone)
                positions.Remove(partition);
        }
        var fresh = present
            .Except(assigned)
            .Select(partition => new TopicPartition(topic, partition))
            .Select(partition => new TopicPartitionOffset(partition, FirstOffset(consumer, partition)))
            .ToList();
        if (fresh.Count > 0)
        {
            consumer.IncrementalAssign(fresh);
            assigned.UnionWith(fresh.Select(partition => partition.Partition.Value));
            foreach (var partition in fresh.Where(partition => !partition.Offset.IsSpecial))
                positions[partition.Partition.Value] = partition.Offset.Value;
            LogTaken(logger, topic, fresh.Count);
        }
        lookedBefore = true;
        trouble = null;
        started.TrySetResult();
    }

    /// <summary>The end is fixed now, and not when the client gets to it, so that nothing sent meanwhile is missed.</summary>
    private Offset FirstOffset(IConsumer<string, byte[]> consumer, TopicPartition partition) =>
        positions.TryGetValue(partition.Partition.Value, out var position) ? position
        : lookedBefore || start == BroadcastStart.Beginning ? Offset.Beginning
        : consumer.QueryWatermarkOffsets(partition, LookPatience).High;

    private void Handle(Delivery delivery)
    {
        try
        {
            handle(delivery);
        }
        catch (Exception failure)
        {
            LogPassedOver(logger, failure, delivery.Topic, delivery.Partition, delivery.Offset);
        }
    }

    private void Notice(Error error)
    {
        ClientLog.Write(logger, error, isNews: trouble is null);
        trouble = error.Reason;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Reads {Count} more partitions of {Topic}")]
    private static partial void LogTaken(ILogger logger, string topic, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A broadcast was passed over: {Topic}[{Partition}] {Offset}")]
    private static partial void LogPassedOver(
        ILogger logger,
        Exception failure,
        string topic,
        int partition,
        long offset
    );
}

/// <summary>Where a reader begins.</summary>
public enum BroadcastStart
{
    /// <summary>With what is sent from now on.</summary>
    End,

    /// <summary>With the oldest message that the broker still has.</summary>
    Beginning,
}
