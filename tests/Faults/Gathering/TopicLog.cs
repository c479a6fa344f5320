using Confluent.Kafka;
using EventPipeline.Faults.Checking;

namespace EventPipeline.Faults.Gathering;

/// <summary>Reads what lies in the topics of an installation, as a plain consumer without a group.</summary>
internal sealed class TopicLog(string servers, string prefix)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Dictionary<TopicPartition, long> from = [];

    /// <summary>What is there now belongs to earlier seeds.</summary>
    public Task BeginHereAsync() =>
        PatientlyAsync(() =>
        {
            using var consumer = Open();
            return from = Partitions(consumer)
                .ToDictionary(
                    partition => partition,
                    partition => consumer.QueryWatermarkOffsets(partition, Patience).High.Value
                );
        });

    /// <summary>The topics were made anew.</summary>
    public void BeginAtTheBeginning() => from = [];

    /// <summary>As <see cref="Snapshot"/>, for a broker that may just have come back.</summary>
    public Task<IReadOnlyList<TopicMessage>> ReadAsync() => PatientlyAsync(Snapshot);

    /// <summary>Everything from the beginning to now, in the order of each partition.</summary>
    /// <exception cref="KafkaException">The broker is away.</exception>
    public IReadOnlyList<TopicMessage> Snapshot()
    {
        using var consumer = Open();
        var partitions = Partitions(consumer);
        consumer.Assign(
            partitions.Select(partition => new TopicPartitionOffset(
                partition,
                from.TryGetValue(partition, out var first) ? first : Offset.Beginning
            ))
        );
        var messages = new List<TopicMessage>();
        // A partition that something still comes to ends more than once.
        var ended = new HashSet<TopicPartition>();
        while (ended.Count < partitions.Count)
        {
            var result =
                consumer.Consume(Patience)
                ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "The topics could not be read."));
            if (result.IsPartitionEOF)
                ended.Add(result.TopicPartition);
            else
                messages.Add(
                    new TopicMessage(
                        result.Topic[prefix.Length..],
                        result.Partition.Value,
                        result.Offset.Value,
                        result.Message.Key,
                        result.Message.Value,
                        new DateTimeOffset(result.Message.Timestamp.UtcDateTime, TimeSpan.Zero)
                    )
                );
        }
        return messages;
    }

    private static async Task<T> PatientlyAsync<T>(Func<T> ask)
    {
        for (var left = 10; ; left--)
            try
            {
                return ask();
            }
            catch (KafkaException) when (left > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
    }

    private List<TopicPartition> Partitions(IConsumer<string, byte[]> consumer)
    {
        using var administration = new DependentAdminClientBuilder(consumer.Handle).Build();
        return
        [
            .. administration
                .GetMetadata(Patience)
                .Topics.Where(topic => topic.Topic.StartsWith(prefix, StringComparison.Ordinal))
                .SelectMany(topic =>
                    topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId))
                ),
        ];
    }

    private IConsumer<string, byte[]> Open() => new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = "faults",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                FetchWaitMaxMs = 20,
                AutoOffsetReset = AutoOffsetReset.Earliest,
            }
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
