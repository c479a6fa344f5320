using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventPipeline.Messaging;
using Npgsql;
using NpgsqlTypes;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace EventPipeline.Benchmarks.Peers;

/// <summary>The least that a stage can cost: one message taken and one sent with the bare client, and one row written and committed.</summary>
internal static class Floors
{
    private static readonly byte[] Message = new byte[1_500];
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Messages a second that a bare consume-produce loop passes on, and the milliseconds of one that is alone, from its sending to
    /// the arrival of what was sent for it.</summary>
    public static async Task<(double Rate, Latency Hop)> KafkaAsync(
        string bootstrapServers,
        int messages,
        CancellationToken cancellation
    )
    {
        KafkaLibrary.Load();
        var (there, back) = ($"bench{Guid.CreateVersion7():N}.there", $"bench{Guid.CreateVersion7():N}.back");
        using (
            var administration = new AdminClientBuilder(
                new AdminClientConfig { BootstrapServers = bootstrapServers }
            ).Build()
        )
            await administration.CreateTopicsAsync([
                new TopicSpecification { Name = there, NumPartitions = 1 },
                new TopicSpecification { Name = back, NumPartitions = 1 },
            ]);
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = bootstrapServers,
                Acks = Acks.All,
                LingerMs = 0,
            }
        ).Build();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var loop = Task.Factory.StartNew(
            () => PassOn(bootstrapServers, there, back, producer, stopping.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        using var consumer = Open(bootstrapServers, back);
        RunThrough(producer, consumer, there, messages, cancellation); // Warm-up.
        var times = new double[Math.Min(messages, 1_000)];
        for (var hop = 0; hop < times.Length; hop++)
            times[hop] = RunThrough(producer, consumer, there, 1, cancellation) * 1_000;
        var rate = messages / RunThrough(producer, consumer, there, messages, cancellation);
        await stopping.CancelAsync();
        await loop;
        return (rate, Latency.Of(times));
    }

    /// <summary>Rows a second, and the milliseconds of one, over one connection.</summary>
    public static async Task<(double Rate, Latency Commit)> InsertAsync(
        string connectionString,
        int rows,
        CancellationToken cancellation
    )
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using (var create = new NpgsqlCommand("create table bare (id uuid primary key, data jsonb)", connection))
            await create.ExecuteNonQueryAsync(cancellation);
        await using var insert = new NpgsqlCommand("insert into bare values ($1, $2)", connection);
        var id = new NpgsqlParameter<Guid> { TypedValue = Guid.Empty };
        insert.Parameters.Add(id);
        insert.Parameters.Add(
            new NpgsqlParameter<string>
            {
                TypedValue = """{"stage":"noop","item":"video","attempt":1}""",
                NpgsqlDbType = NpgsqlDbType.Jsonb,
            }
        );
        await insert.PrepareAsync(cancellation);
        var times = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            id.TypedValue = Guid.CreateVersion7();
            var start = Stopwatch.GetTimestamp();
            await insert.ExecuteNonQueryAsync(cancellation);
            times[row] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return (rows * 1_000 / times.Sum(), Latency.Of(times));
    }

    private static void PassOn(
        string bootstrapServers,
        string from,
        string to,
        IProducer<Null, byte[]> producer,
        CancellationToken stopping
    )
    {
        using var consumer = Open(bootstrapServers, from);
        while (!stopping.IsCancellationRequested)
            if (consumer.Consume(Patience) is { } taken)
                producer.Produce(to, taken.Message);
    }

    /// <returns>Seconds until as many messages came back as were sent.</returns>
    private static double RunThrough(
        IProducer<Null, byte[]> producer,
        IConsumer<Null, byte[]> consumer,
        string there,
        int messages,
        CancellationToken cancellation
    )
    {
        var start = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < messages; sent++)
            producer.Produce(there, new Message<Null, byte[]> { Value = Message });
        for (var came = 0; came < messages; )
            if (consumer.Consume(cancellation) is not null)
                came++;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static IConsumer<Null, byte[]> Open(string bootstrapServers, string topic)
    {
        var consumer = new ConsumerBuilder<Null, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = topic,
                EnableAutoCommit = false,
                FetchWaitMaxMs = 100,
            }
        ).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        return consumer;
    }
}
