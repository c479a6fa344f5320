using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Makes and measures topics.</summary>
public sealed class TopicAdministration(BrokerOptions broker, ILogger logger, TimeProvider? clock = null) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The client waits for a connection and does not always try to make one; asking again does.
    private static readonly TimeSpan QuestionPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PropagationPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PropagationPause = TimeSpan.FromMilliseconds(50);

    // Whoever asks gets an exception; the log would get dozens of lines a second while a broker is down.
    private const string ErrorFacility = "ERROR";

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly SemaphoreSlim opening = new(1);
    private IConsumer<string, byte[]>? owner;
    private IAdminClient? client;
    private BrokerProfile profile;

    /// <summary>Makes the topics that are missing and waits until all can be used. Existing ones stay as they are: how many
    /// partitions they have is their operator's business.</summary>
    /// <param name="partitions">How many of a group can work on a topic side by side. A legacy broker uses its own default.</param>
    /// <param name="retention">How long messages are kept; null for the broker's default.</param>
    /// <exception cref="KafkaException">The broker refuses, or cannot be reached.</exception>
    public async Task EnsureTopicsAsync(
        IEnumerable<string> topics,
        int partitions,
        TimeSpan? retention = null,
        CancellationToken cancellation = default
    )
    {
        var admin = await OpenAsync(cancellation);
        var wanted = topics.ToHashSet(StringComparer.Ordinal);
        var usable = await UsableAsync(admin, cancellation);
        var missing = wanted.Where(topic => !usable.ContainsKey(topic)).ToList();
        if (missing.Count == 0)
            return;
        if (profile == BrokerProfile.Legacy)
            foreach (var topic in missing)
                await Task.Run(() => admin.GetMetadata(topic, Patience), cancellation); // asking makes it
        else
            await CreateAsync(admin, missing, partitions, retention);

        var since = clock.GetTimestamp();
        while (missing.Exists(topic => !usable.ContainsKey(topic)))
        {
            if (clock.GetElapsedTime(since) > PropagationPatience)
                throw new TimeoutException(
                    $"The topics {string.Join(", ", missing.Where(topic => !usable.ContainsKey(topic)))} did not come to be "
                        + $"within {PropagationPatience.TotalSeconds} s."
                );
            await Task.Delay(PropagationPause, clock, cancellation);
            usable = await UsableAsync(admin, cancellation);
        }
    }

    /// <summary>How many messages of a topic a group has not committed yet; 0 if there is no such topic.</summary>
    /// <exception cref="KafkaException">The broker cannot be reached.</exception>
    public async Task<long> BacklogAsync(string groupId, string topic, CancellationToken cancellation = default) =>
        (await PositionAsync(groupId, topic, cancellation)).Backlog;

    /// <summary>How far a group is with a topic.</summary>
    /// <exception cref="KafkaException">The broker cannot be reached.</exception>
    public async Task<GroupPosition> PositionAsync(
        string groupId,
        string topic,
        CancellationToken cancellation = default
    )
    {
        var admin = await OpenAsync(cancellation);
        if (!(await UsableAsync(admin, cancellation)).TryGetValue(topic, out var count))
            return new GroupPosition([]);
        var partitions = Enumerable.Range(0, count).Select(number => new TopicPartition(topic, number)).ToList();
        var committed = await CommittedAsync(admin, groupId, partitions, cancellation);
        var first = await OffsetsAsync(admin, partitions, OffsetSpec.Earliest(), cancellation);
        var end = await OffsetsAsync(admin, partitions, OffsetSpec.Latest(), cancellation);
        return new GroupPosition([
            .. partitions.Select(partition => new PartitionPosition(
                partition.Partition.Value,
                committed.GetValueOrDefault(partition, Offset.Unset).Value,
                first[partition],
                end[partition]
            )),
        ]);
    }

    /// <summary>Deletes topics; missing ones do not matter.</summary>
    /// <exception cref="NotSupportedException">The broker is too old.</exception>
    public async Task DeleteTopicsAsync(IEnumerable<string> topics, CancellationToken cancellation = default)
    {
        var admin = await OpenAsync(cancellation);
        if (profile == BrokerProfile.Legacy)
            throw new NotSupportedException("This broker is too old to delete topics.");
        var usable = await UsableAsync(admin, cancellation);
        var present = topics.Where(usable.ContainsKey).ToList();
        if (present.Count == 0)
            return;
        try
        {
            await admin.DeleteTopicsAsync(present, new DeleteTopicsOptions { OperationTimeout = Patience });
        }
        catch (DeleteTopicsException failure)
            when (failure.Results.TrueForAll(r => r.Error.Code is ErrorCode.NoError or ErrorCode.UnknownTopicOrPart))
        {
            // somebody else deleted some of them
        }
    }

    /// <summary>Goes on with a new client, whatever the present one is asked: answers to that never come. After the broker lost its memory,
    /// a client was seen to wait for a group's coordinator without an end, while the broker answered everybody else.</summary>
    public async Task ReconnectAsync(CancellationToken cancellation = default)
    {
        await opening.WaitAsync(cancellation);
        try
        {
            var (oldClient, oldOwner) = (client, owner);
            (client, owner) = (null, null);
            // It waits for a question that the client is at.
            _ = Task.Run(
                () =>
                {
                    oldClient?.Dispose();
                    oldOwner?.Dispose();
                },
                CancellationToken.None
            );
        }
        finally
        {
            opening.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // A container may own it more than once, and the client cannot be disposed of twice.
        Interlocked.Exchange(ref client, null)?.Dispose();
        Interlocked.Exchange(ref owner, null)?.Dispose();
        opening.Dispose();
    }

    private async Task<IAdminClient> OpenAsync(CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation);
        try
        {
            if (client is not null)
                return client;
            KafkaLibrary.Load();
            profile = await BrokerProfiles.DetectAsync(broker, cancellation);
            // On a consumer, because librdkafka asks again for a group's coordinator through the group of the client, and an
            // administrator of its own has none: while a broker starts, the process would end with a segmentation fault.
            owner = new ConsumerBuilder<string, byte[]>(ClientSettings.Administrator(broker, profile))
                .SetLogHandler(
                    (_, line) =>
                    {
                        if (line.Facility != ErrorFacility)
                            ClientLog.Write(logger, line);
                    }
                )
                .Build();
            return client = new DependentAdminClientBuilder(owner.Handle).Build();
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Topics whose partitions all have a leader, with their partition counts.</summary>
    private async Task<Dictionary<string, int>> UsableAsync(IAdminClient admin, CancellationToken cancellation)
    {
        for (var since = clock.GetTimestamp(); ; await Task.Delay(PropagationPause, clock, cancellation))
            try
            {
                var metadata = await Task.Run(() => admin.GetMetadata(QuestionPatience), cancellation);
                return metadata
                    .Topics.Where(topic =>
                        !topic.Error.IsError && topic.Partitions.Count > 0 && topic.Partitions.TrueForAll(HasLeader)
                    )
                    .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);
            }
            catch (KafkaException failure) when (failure.Error.IsLocalError && clock.GetElapsedTime(since) < Patience)
            {
                // a connection that broke, for example with a restart of the broker, is made anew
            }

        static bool HasLeader(PartitionMetadata partition) => partition.Leader >= 0;
    }

    private static async Task CreateAsync(
        IAdminClient admin,
        IEnumerable<string> topics,
        int partitions,
        TimeSpan? retention
    )
    {
        var configuration = retention is { } kept
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["retention.ms"] = ((long)kept.TotalMilliseconds).ToString(),
            }
            : null;
        try
        {
            await admin.CreateTopicsAsync(
                topics.Select(topic => new TopicSpecification
                {
                    Name = topic,
                    NumPartitions = partitions,
                    ReplicationFactor = -1, // the broker's default
                    Configs = configuration,
                }),
                new CreateTopicsOptions { OperationTimeout = Patience }
            );
        }
        catch (CreateTopicsException failure)
            when (failure.Results.TrueForAll(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // somebody else made some of them
        }
    }

    /// <summary>A coordinator that has just started, or has moved, is asked again.</summary>
    private async Task<Dictionary<TopicPartition, Offset>> CommittedAsync(
        IAdminClient admin,
        string groupId,
        List<TopicPartition> partitions,
        CancellationToken cancellation
    )
    {
        for (var since = clock.GetTimestamp(); ; await Task.Delay(PropagationPause, clock, cancellation))
            try
            {
                var groups = await admin.ListConsumerGroupOffsetsAsync([
                    new ConsumerGroupTopicPartitions(groupId, partitions),
                ]);
                return groups
                    .SelectMany(group => group.Partitions)
                    .ToDictionary(partition => partition.TopicPartition, partition => partition.Offset);
            }
            catch (KafkaException missing) when (missing.Error.Code == ErrorCode.GroupIdNotFound)
            {
                return [];
            }
            catch (KafkaException failure)
                when ((failure.Error.IsLocalError || IsOfTheCoordinator(failure.Error.Code))
                    && clock.GetElapsedTime(since) < Patience
                )
            {
                // asked again after the pause
            }

        static bool IsOfTheCoordinator(ErrorCode code) =>
            code
                is ErrorCode.GroupLoadInProgress
                    or ErrorCode.GroupCoordinatorNotAvailable
                    or ErrorCode.NotCoordinatorForGroup;
    }

    /// <summary>A partition that has just been made, or has just changed its leader, is asked again.</summary>
    private async Task<Dictionary<TopicPartition, long>> OffsetsAsync(
        IAdminClient admin,
        List<TopicPartition> partitions,
        OffsetSpec position,
        CancellationToken cancellation
    )
    {
        for (var since = clock.GetTimestamp(); ; await Task.Delay(PropagationPause, clock, cancellation))
            try
            {
                var offsets = await admin.ListOffsetsAsync(
                    partitions.Select(partition => new TopicPartitionOffsetSpec
                    {
                        TopicPartition = partition,
                        OffsetSpec = position,
                    })
                );
                return offsets.ResultInfos.ToDictionary(
                    info => info.TopicPartitionOffsetError.TopicPartition,
                    info => info.TopicPartitionOffsetError.Offset.Value
                );
            }
            catch (ListOffsetsException failure) when (IsPassing(failure) && clock.GetElapsedTime(since) < Patience)
            {
                // asked again after the pause
            }
    }

    private static bool IsPassing(ListOffsetsException failure) =>
        failure
            .Result.ResultInfos.Select(info => info.TopicPartitionOffsetError.Error.Code)
            .All(code =>
                code
                    is ErrorCode.NoError
                        or ErrorCode.UnknownTopicOrPart
                        or ErrorCode.NotLeaderForPartition
                        or ErrorCode.LeaderNotAvailable
                        or ErrorCode.FencedLeaderEpoch
                        or ErrorCode.UnknownLeaderEpoch
            );
}
