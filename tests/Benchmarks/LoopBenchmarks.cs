using EventPipeline.EventStore;
using EventPipeline.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace EventPipeline.Benchmarks;

/// <summary>The loop from the log over Kafka to a processor and back, with stages that do nothing, against the two halves of it alone:
/// Kafka without a log, and a log without Kafka.</summary>
internal static class LoopBenchmarks
{
    private const string BareHop = "the same two messages without coordinator and log";
    private const string BareLoop = "the same messages without coordinator and log";
    private const string BareInsert = "one INSERT and commit per stage, one connection";

    /// <param name="connectionString">An empty database.</param>
    internal static async Task<IReadOnlyList<BenchmarkResult>> RunAsync(
        string connectionString,
        string bootstrapServers,
        CancellationToken cancellation
    )
    {
        await using var rig = await LoopRig.StartAsync(connectionString, bootstrapServers, cancellation);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = rig.WatchAsync(watching.Token);
        await using var bare = await BareKafka.StartAsync(bootstrapServers, cancellation);

        // Warm-up: everything that follows, in small.
        await JobsAsync(rig, 150, cancellation);
        for (var round = 0; round < 8; round++)
            await (await rig.SubmitAsync(100, cancellation));
        await bare.HopsAsync(500, cancellation);
        await bare.RateAsync(3_000, cancellation);

        rig.Hops.Clear();
        var bareHops = await bare.HopsAsync(1_000, cancellation);
        var jobs = await JobsAsync(rig, 120, cancellation);
        var idle = rig.Hops.ToArray();

        rig.Hops.Clear();
        await AtRateAsync(rig, jobsPerSecond: 1_000 / LoopRig.Stages, seconds: 10, cancellation);
        var busy = rig.Hops.ToArray();

        var (rates, bareRates) = (new List<double>(), new List<double>());
        for (var round = 0; round < 3; round++)
        {
            bareRates.Add(await bare.RateAsync(5_000, cancellation));
            rates.Add(await ThroughputAsync(rig, 500, cancellation));
        }
        var inserts = await InsertRateAsync(connectionString, cancellation);
        await watching.CancelAsync();
        await watch;

        var rate = EventLogBenchmarks.Median(rates);
        return
        [
            AtMost("stage hop, idle, p50", At(idle, 0.5), BareHop, At(bareHops, 0.5), 2),
            AtMost("stage hop, idle, p99", At(idle, 0.99), BareHop, At(bareHops, 0.99), 8),
            AtMost("stage hop at 1,000 stages/s, p50", At(busy, 0.5), BareHop, At(bareHops, 0.5), 5),
            AtMost("stage hop at 1,000 stages/s, p99", At(busy, 0.99), BareHop, At(bareHops, 0.99), 30),
            AtMost("ten-stage job, submit to done, idle, p50", At(jobs, 0.5), BareHop, At(bareHops, 0.5), 16.9),
            Compare("500 jobs x 10 no-op stages at once", rate, BareLoop, EventLogBenchmarks.Median(bareRates)),
            Compare("500 jobs x 10 no-op stages at once", rate, BareInsert, inserts),
        ];
    }

    /// <summary>Jobs one after the other, each in milliseconds.</summary>
    private static async Task<double[]> JobsAsync(LoopRig rig, int count, CancellationToken cancellation)
    {
        var times = new double[count];
        for (var job = 0; job < count; job++)
        {
            var start = Stopwatch.GetTimestamp();
            await (await rig.SubmitAsync(1, cancellation));
            times[job] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return times;
    }

    private static async Task AtRateAsync(LoopRig rig, int jobsPerSecond, int seconds, CancellationToken cancellation)
    {
        var ended = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        for (var submitted = 0; submitted < jobsPerSecond * seconds; )
        {
            var due = (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * jobsPerSecond) + 1 - submitted;
            if (due > 0)
                ended.Add(await rig.SubmitAsync(due, cancellation));
            submitted += Math.Max(due, 0);
            await Task.Delay(5, cancellation);
        }
        await Task.WhenAll(ended);
    }

    /// <summary>Stages per second, submission included.</summary>
    private static async Task<double> ThroughputAsync(LoopRig rig, int jobs, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var ended = new List<Task>();
        for (var submitted = 0; submitted < jobs; submitted += 100)
            ended.Add(await rig.SubmitAsync(100, cancellation));
        await Task.WhenAll(ended);
        return jobs * LoopRig.Stages / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> InsertRateAsync(string connectionString, CancellationToken cancellation)
    {
        const int Count = 2_000;
        await using var dataSource = EventLogDataSource.Create(connectionString);
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using (var create = new NpgsqlCommand("create table bare (id uuid primary key, data jsonb)", connection))
            await create.ExecuteNonQueryAsync(cancellation);
        await using var insert = new NpgsqlCommand("insert into bare values ($1, $2)", connection);
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.Empty });
        insert.Parameters.Add(
            new NpgsqlParameter<string>
            {
                TypedValue = """{"stage":"noop","item":"video","attempt":1}""",
                NpgsqlDbType = NpgsqlDbType.Jsonb,
            }
        );
        await insert.PrepareAsync(cancellation);
        var start = Stopwatch.GetTimestamp();
        for (var row = 0; row < Count; row++)
        {
            ((NpgsqlParameter<Guid>)insert.Parameters[0]).TypedValue = Guid.CreateVersion7();
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        return Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double At(double[] values, double share) => values.Order().ElementAt((int)(values.Length * share));

    private static BenchmarkResult AtMost(
        string name,
        double value,
        string baseline,
        double baselineValue,
        double budget
    ) => new(name, value, "ms", baseline, baselineValue, value / baselineValue, $"<= {budget:0.#} ms", value <= budget);

    private static BenchmarkResult Compare(string name, double value, string baseline, double baselineValue) =>
        new(name, value, "stages/s", baseline, baselineValue, value / baselineValue, "", true);

    /// <summary>Two topics, two consumers that answer each other: what Kafka alone costs with the product's own clients.</summary>
    private sealed class BareKafka : IAsyncDisposable
    {
        private readonly string there = $"bench{Guid.CreateVersion7():N}.there";
        private readonly string back = $"bench{Guid.CreateVersion7():N}.back";
        private readonly byte[] message = new byte[1_500];
        private readonly CancellationTokenSource stopping = new();
        private readonly MessageProducer producer;
        private readonly BatchConsumer[] consumers;
        private readonly Task[] running;
        private TaskCompletionSource arrived = new();
        private int awaited;

        private BareKafka(BrokerOptions broker)
        {
            producer = new MessageProducer(broker, NullLogger.Instance);
            consumers =
            [
                Consumer(broker, there, delivery => producer.Send(back, delivery.Key!, message, _ => { })),
                Consumer(broker, back, _ => Arrive()),
            ];
            running = [.. consumers.Select(consumer => consumer.RunAsync(stopping.Token))];
        }

        public static async Task<BareKafka> StartAsync(string bootstrapServers, CancellationToken cancellation)
        {
            var broker = new BrokerOptions(bootstrapServers);
            var bare = new BareKafka(broker);
            using var administration = new TopicAdministration(broker, NullLogger.Instance);
            await administration.EnsureTopicsAsync([bare.there, bare.back], 4, null, cancellation);
            while (bare.consumers.Any(consumer => consumer.Status.Assigned.Count < 4))
                await Task.Delay(10, cancellation);
            return bare;
        }

        /// <summary>There and back, one after the other, in milliseconds.</summary>
        public async Task<double[]> HopsAsync(int count, CancellationToken cancellation)
        {
            var times = new double[count];
            for (var hop = 0; hop < count; hop++)
            {
                var start = Stopwatch.GetTimestamp();
                await SendAsync(1, cancellation);
                times[hop] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            return times;
        }

        /// <summary>Many at once, a second.</summary>
        public async Task<double> RateAsync(int count, CancellationToken cancellation)
        {
            var start = Stopwatch.GetTimestamp();
            await SendAsync(count, cancellation);
            return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await Task.WhenAll(running);
            await producer.DisposeAsync();
            stopping.Dispose();
        }

        private async Task SendAsync(int count, CancellationToken cancellation)
        {
            arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited = count;
            for (var sent = 0; sent < count; sent++)
                producer.Send(there, $"{sent}", message, _ => { });
            await arrived.Task.WaitAsync(cancellation);
        }

        private void Arrive()
        {
            if (Interlocked.Decrement(ref awaited) == 0)
                arrived.SetResult();
        }

        private static BatchConsumer Consumer(BrokerOptions broker, string topic, Action<Delivery> handle) =>
            new(
                broker,
                new BatchConsumerOptions { GroupId = topic, Topics = [topic] },
                (batch, _) =>
                {
                    foreach (var delivery in batch)
                        handle(delivery);
                    return Task.CompletedTask;
                },
                NullLogger.Instance
            );
    }
}
