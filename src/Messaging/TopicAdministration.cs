using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Makes and measures topics.</summary>
public sealed class TopicAdministration(BrokerOptions broker, ILogger logger, TimeProvider? clock = null) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // How long the client waits for the broker, and we for the client.
    private static readonly TimeSpan QuestionPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PropagationPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PropagationPause = TimeSpan.FromMilliseconds(50);

    // Whoever asks gets an exception; the log would get dozens of lines a second while a broker is down.
    private const string ErrorFacility = "ERROR";

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly SemaphoreSlim opening = new(1);
    private AdministrationClient? client;
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
        var wanted = topics.ToHashSet(StringComparer.Ordinal);
        var usable = await UsableAsync(cancellation);
        var missing = wanted.Where(topic => !usable.ContainsKey(topic)).ToList();
        if (missing.Count == 0)
            return;
        if (profile == BrokerProfile.Legacy)
            foreach (var topic in missing)
                await AskAsync(
                    admin => Task.Run(() => admin.GetMetadata(topic, Patience), CancellationToken.None), // makes it
                    PropagationPatience,
                    cancellation
                );
        else
            await CreateAsync(missing, partitions, retention, cancellation);

        var since = clock.GetTimestamp();
        while (missing.Exists(topic => !usable.ContainsKey(topic)))
        {
            if (clock.GetElapsedTime(since) > PropagationPatience)
                throw new TimeoutException(
                    $"The topics {string.Join(", ", missing.Where(topic => !usable.ContainsKey(topic)))} did not come to be "
                        + $"within {PropagationPatience.TotalSeconds} s."
                );
            await Task.Delay(PropagationPause, clock, cancellation);
            usable = await UsableAsync(cancellation);
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
        if (!(await UsableAsync(cancellation)).TryGetValue(topic, out var count))
            return new GroupPosition([]);
        var partitions = Enumerable.Range(0, count).Select(number => new TopicPartition(topic, number)).ToList();
        var committed = await CommittedAsync(groupId, partitions, cancellation);
        var first = await OffsetsAsync(partitions, OffsetSpec.Earliest(), cancellation);
        var end = await OffsetsAsync(partitions, OffsetSpec.Latest(), cancellation);
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
        var usable = await UsableAsync(cancellation);
        if (profile == BrokerProfile.Legacy)
            throw new NotSupportedException("This broker is too old to delete topics.");
        var present = topics.Where(usable.ContainsKey).ToList();
        if (present.Count == 0)
            return;
        try
        {
            await AskAsync(
                async admin =>
                {
                    await admin.DeleteTopicsAsync(
                        present,
                        new DeleteTopicsOptions { OperationTimeout = Patience, RequestTimeout = PropagationPatience }
                    );
                    return true;
                },
                PropagationPatience,
                cancellation
            );
        }
        catch (DeleteTopicsException failure)
            when (failure.Results.TrueForAll(r => r.Error.Code is ErrorCode.NoError or ErrorCode.UnknownTopicOrPart))
        {
            // somebody else deleted some of them
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // A container may own it more than once, and the client cannot be disposed of twice.
        Interlocked.Exchange(ref client, null)?.Dispose();
        opening.Dispose();
    }

    /// <summary>Asks with the present client. One that does not answer may never do so again: after a broker lost its memory, a client was
    /// seen to wait for a group's coordinator without an end, and one that was told of no broker may never ask any again
    /// (<see cref="ClientSight.IsBlind"/>). So the next question goes to another one.</summary>
    /// <exception cref="TimeoutException">There was no answer.</exception>
    private async Task<T> AskAsync<T>(
        Func<IAdminClient, Task<T>> question,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        AdministrationClient asked;
        do asked = await OpenAsync(cancellation);
        while (!asked.TryEnter());
        var answer = asked.AskAsync(question);
        try
        {
            return await answer.WaitAsync(patience, clock, cancellation);
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            if (Interlocked.CompareExchange(ref client, null, asked) == asked)
                asked.GiveUp();
            throw;
        }
    }

    private async Task<AdministrationClient> OpenAsync(CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation);
        try
        {
            if (client is { } open)
                return open;
            KafkaLibrary.Load();
            profile = await BrokerProfiles.DetectAsync(broker, cancellation);
            // On a consumer, because librdkafka asks again for a group's coordinator through the group of the client, and an
            // administrator of its own has none: while a broker starts, the process would end with a segmentation fault.
            var owner = new ConsumerBuilder<string, byte[]>(ClientSettings.Administrator(broker, profile))
                .SetLogHandler(
                    (_, line) =>
                    {
                        if (line.Facility != ErrorFacility)
                            ClientLog.Write(logger, line);
                    }
                )
                .Build();
            return client = new AdministrationClient(owner);
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>The client could not ask, or was not answered. What the broker refused is reported as partly failed.</summary>
    private static bool IsNoAnswer(Exception failure) =>
        failure is TimeoutException
        || (failure is KafkaException { Error: { IsLocalError: true, Code: not ErrorCode.Local_Partial } });

    /// <summary>Topics whose partitions all have a leader, with their partition counts.</summary>
    private async Task<Dictionary<string, int>> UsableAsync(CancellationToken cancellation)
    {
        for (var since = clock.GetTimestamp(); ; await Task.Delay(PropagationPause, clock, cancellation))
            try
            {
                var metadata = await AskAsync(
                    admin => Task.Run(() => admin.GetMetadata(QuestionPatience), CancellationToken.None),
                    AnswerPatience,
                    cancellation
                );
                return metadata
                    .Topics.Where(topic =>
                        !topic.Error.IsError && topic.Partitions.Count > 0 && topic.Partitions.TrueForAll(HasLeader)
                    )
                    .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);
            }
            catch (Exception failure) when (IsNoAnswer(failure) && clock.GetElapsedTime(since) < Patience)
            {
                // Another client asks again.
            }

        static bool HasLeader(PartitionMetadata partition) => partition.Leader >= 0;
    }

    private async Task CreateAsync(
        IEnumerable<string> topics,
        int partitions,
        TimeSpan? retention,
        CancellationToken cancellation
    )
    {
        var configuration = retention is { } kept
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["retention.ms"] = ((long)kept.TotalMilliseconds).ToString(),
            }
            : null;
        var specifications = topics
            .Select(topic => new TopicSpecification
            {
                Name = topic,
                NumPartitions = partitions,
                ReplicationFactor = -1, // the broker's default
                Configs = configuration,
            })
            .ToList();
        try
        {
            await AskAsync(
                async admin =>
                {
                    await admin.CreateTopicsAsync(
                        specifications,
                        new CreateTopicsOptions { OperationTimeout = Patience, RequestTimeout = PropagationPatience }
                    );
                    return true;
                },
                PropagationPatience,
                cancellation
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
        string groupId,
        List<TopicPartition> partitions,
        CancellationToken cancellation
    )
    {
        for (var since = clock.GetTimestamp(); ; await Task.Delay(PropagationPause, clock, cancellation))
            try
            {
                var groups = await AskAsync(
                    admin =>
                        admin.ListConsumerGroupOffsetsAsync(
                            [new ConsumerGroupTopicPartitions(groupId, partitions)],
                            new ListConsumerGroupOffsetsOptions { RequestTimeout = QuestionPatience }
                        ),
                    AnswerPatience,
                    cancellation
                );
                return groups
                    .SelectMany(group => group.Partitions)
                    .ToDictionary(partition => partition.TopicPartition, partition => partition.Offset);
            }
            catch (KafkaException missing) when (missing.Error.Code == ErrorCode.GroupIdNotFound)
            {
                return [];
            }
            catch (Exception failure)
                when ((IsNoAnswer(failure) || IsOfTheCoordinator(failure)) && clock.GetElapsedTime(since) < Patience)
            {
                // asked again after the pause
            }

        static bool IsOfTheCoordinator(Exception failure) =>
            failure
                is KafkaException
                {
                    Error.Code: ErrorCode.Local_Partial
                        or ErrorCode.GroupLoadInProgress
                        or ErrorCode.GroupCoordinatorNotAvailable
                        or ErrorCode.NotCoordinatorForGroup
                };
    }

    /// <summary>A partition that has just been made, or has just changed its leader, is asked again.</summary>
    private async Task<Dictionary<TopicPartition, long>> OffsetsAsync(
        List<TopicPartition> partitions,
        OffsetSpec position,
        CancellationToken cancellation
    )
    {
        for (var since = clock.GetTimestamp(); ; await Task.Delay(PropagationPause, clock, cancellation))
            try
            {
                var offsets = await AskAsync(
                    admin =>
                        admin.ListOffsetsAsync(
                            partitions.Select(partition => new TopicPartitionOffsetSpec
                            {
                                TopicPartition = partition,
                                OffsetSpec = position,
                            }),
                            new ListOffsetsOptions { RequestTimeout = QuestionPatience }
                        ),
                    AnswerPatience,
                    cancellation
                );
                return offsets.ResultInfos.ToDictionary(
                    info => info.TopicPartitionOffsetError.TopicPartition,
                    info => info.TopicPartitionOffsetError.Offset.Value
                );
            }
            catch (Exception failure)
                when ((IsNoAnswer(failure) || IsPassing(failure)) && clock.GetElapsedTime(since) < Patience)
            {
                // asked again after the pause
            }
    }

    private static bool IsPassing(Exception failure) =>
        failure is ListOffsetsException { Result.ResultInfos: var results }
        && results
            .Select(info => info.TopicPartitionOffsetError.Error.Code)
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
