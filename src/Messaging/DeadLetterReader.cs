using System.Text.Json;
using Confluent.Kafka;
using EventPipeline.Contracts;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Lists dead letters.</summary>
public sealed class DeadLetterReader(BrokerOptions broker, ILogger logger, TimeProvider? clock = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    /// <summary>The newest dead letters of a topic, oldest first; none if it has none.</summary>
    /// <param name="topic">The topic that the messages came from, not that of the dead letters.</param>
    /// <param name="maximum">At most so many of each partition of the dead letters' topic.</param>
    /// <exception cref="KafkaException">The broker cannot be reached.</exception>
    public async Task<IReadOnlyList<DeadLetter>> ReadAsync(
        string topic,
        int maximum = 100,
        CancellationToken cancellation = default
    )
    {
        KafkaLibrary.Load();
        var profile = await BrokerProfiles.DetectAsync(broker, cancellation);
        return await Task.Run(() => Read(profile, Topics.DeadLettersOf(topic), maximum, cancellation), cancellation);
    }

    private List<DeadLetter> Read(BrokerProfile profile, string topic, int maximum, CancellationToken cancellation)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(ClientSettings.Loner(broker, profile))
            .SetLogHandler((_, line) => ClientLog.Write(logger, line))
            .SetErrorHandler((_, error) => ClientLog.Write(logger, error))
            .Build();
        using var administration = new DependentAdminClientBuilder(consumer.Handle).Build();
        var ends = new Dictionary<TopicPartition, long>();
        var starts = new List<TopicPartitionOffset>();
        foreach (var partition in Partitions(administration, topic))
        {
            var log = consumer.QueryWatermarkOffsets(partition, Patience);
            if (log.High.Value == log.Low.Value)
                continue;
            ends[partition] = log.High.Value;
            starts.Add(new TopicPartitionOffset(partition, Math.Max(log.Low.Value, log.High.Value - maximum)));
        }

        var letters = new Dictionary<(string, int, long), DeadLetter>();
        consumer.Assign(starts);
        var since = clock.GetTimestamp();
        while (ends.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (clock.GetElapsedTime(since) > Patience)
                throw new TimeoutException($"{topic} could not be read within {Patience.TotalSeconds} s.");
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { Message: not null } result)
                continue;
            since = clock.GetTimestamp();
            var letter = Letter(GroupMember.Read(result));
            // A message may be rejected twice, by the old and the new owner of its partition.
            letters[(letter.Topic, letter.Partition, letter.Offset)] = letter;
            if (result.Offset.Value + 1 >= ends.GetValueOrDefault(result.TopicPartition))
                ends.Remove(result.TopicPartition);
        }
        consumer.Unassign();
        return [.. letters.Values.OrderBy(letter => letter.At)];
    }

    private static IEnumerable<TopicPartition> Partitions(IAdminClient administration, string topic) =>
        administration
            .GetMetadata(Patience)
            .Topics.Where(found => found.Topic == topic && !found.Error.IsError)
            .SelectMany(found => found.Partitions)
            .Select(partition => new TopicPartition(topic, partition.PartitionId));

    private static DeadLetter Letter(Delivery delivery)
    {
        try
        {
            return DeadLetter.Read(delivery.Value);
        }
        catch (JsonException)
        {
            return DeadLetter.Of(delivery, "It was sent to the dead letters by hand.", DateTimeOffset.UnixEpoch);
        }
    }
}
