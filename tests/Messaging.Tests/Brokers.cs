using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using EventPipeline.TestSupport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace EventPipeline.Messaging.Tests;

/// <summary>A test's own corner of a broker: topics and groups with a prefix nobody else has, and whatever was started is
/// stopped at the end.</summary>
internal sealed class Corner : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string prefix = $"t{Guid.CreateVersion7():N}."[..16] + Random.Shared.Next(100_000) + ".";
    private readonly List<Func<Task>> stops = [];

    private Corner(KafkaBroker broker, BrokerProfile profile = BrokerProfile.Auto)
    {
        Kafka = broker;
        Broker = new BrokerOptions(broker.BootstrapServers, profile);
        Producer = new MessageProducer(Broker, Log);
        Administration = new TopicAdministration(Broker, Log);
    }

    public static ILogger Log { get; } =
        Environment.GetEnvironmentVariable("MESSAGING_TESTS_LOG") is null ? NullLogger.Instance : new ErrorLog();

    public KafkaBroker Kafka { get; }
    public BrokerOptions Broker { get; init; }
    public MessageProducer Producer { get; }
    public TopicAdministration Administration { get; }
    public string Topic => Name("work");
    public string Group => Name("group");

    /// <summary>On the broker of the whole run.</summary>
    public static async Task<Corner> SharedAsync(KafkaVersion version)
    {
        SkipWithout(version);
        return new Corner(await KafkaBroker.SharedAsync(version));
    }

    /// <summary>On the broker of the whole run that understands a profile. The modern one also understands groups of the classic kind.</summary>
    public static async Task<Corner> SharedAsync(BrokerProfile profile)
    {
        var version = profile == BrokerProfile.Legacy ? KafkaVersion.Legacy : KafkaVersion.Modern;
        SkipWithout(version);
        return new Corner(await KafkaBroker.SharedAsync(version), profile);
    }

    /// <summary>On a broker of its own, which can be killed.</summary>
    public static async Task<Corner> OwnAsync(KafkaVersion version, IReadOnlyList<KafkaListener>? listeners = null)
    {
        SkipWithout(version);
        return new Corner(await KafkaBroker.StartAsync(version, listeners));
    }

    public string Name(string name) => prefix + name;

    public async Task<string> MakeTopicAsync(int partitions = 6)
    {
        await Administration.EnsureTopicsAsync([Topic, Topic + ".dlq"], partitions);
        return Topic;
    }

    /// <summary>Messages 0 to count - 1; the value of each is its number.</summary>
    public async Task SendAsync(int count, int from = 0)
    {
        var sending = Enumerable
            .Range(from, count)
            .Select(number => Producer.SendAsync(Topic, $"key-{number}", Encoding.UTF8.GetBytes($"{number}")));
        await Task.WhenAll(sending).WaitAsync(Deadline);
    }

    /// <summary>One after the other, all to one partition.</summary>
    public async Task SendInOrderAsync(int count)
    {
        for (var number = 0; number < count; number++)
            Producer.Send(Topic, "one key", Encoding.UTF8.GetBytes($"{number}"), _ => { });
        await Producer.FlushAsync().WaitAsync(Deadline);
    }

    /// <summary>The numbers in the topic's only partition, from its beginning.</summary>
    public async Task<IReadOnlyList<int>> ReadTopicAsync(int atLeast)
    {
        var numbers = new ConcurrentQueue<int>();
        Listen(BroadcastStart.Beginning, numbers.Enqueue);
        await Until(() => numbers.Count >= atLeast, "the topic was read");
        return [.. numbers];
    }

    /// <summary>As <see cref="ReadTopicAsync"/>, until it has read so many different numbers; without repetitions.</summary>
    public async Task<IReadOnlyList<int>> ReadDifferentAsync(int atLeast)
    {
        var numbers = new ConcurrentQueue<int>();
        Listen(BroadcastStart.Beginning, numbers.Enqueue);
        await Until(() => numbers.Distinct().Count() >= atLeast, "the topic was read");
        return [.. numbers.Distinct()];
    }

    public BroadcastReader Listen(BroadcastStart start, Action<int> hear, BrokerOptions? broker = null)
    {
        var lookAgain = TimeSpan.FromMilliseconds(500);
        var reader = new BroadcastReader(
            broker ?? Broker,
            Topic,
            start,
            d => hear(NumberOf(d)),
            Log,
            lookAgain: lookAgain
        );
        Run(reader.RunAsync);
        return reader;
    }

    public (BatchConsumer Consumer, Func<Task> StopAsync) ReadBatches(
        Func<IReadOnlyList<Delivery>, Task> handle,
        int maximum = 100
    )
    {
        var options = new BatchConsumerOptions
        {
            GroupId = Group,
            Topics = [Topic],
            MaximumBatch = maximum,
            LongestPause = TimeSpan.FromSeconds(1),
        };
        var consumer = new BatchConsumer(Broker, options, (batch, _) => handle(batch), Log);
        return (consumer, Run(consumer.RunAsync));
    }

    public RunningConsumer Work(Action<int> handle, Func<WorkConsumerOptions, WorkConsumerOptions>? change = null) =>
        Work(
            (number, _) =>
            {
                handle(number);
                return Task.FromResult<Settlement>(new Accept());
            },
            change
        );

    public RunningConsumer Work(
        Func<int, CancellationToken, Task<Settlement>> handle,
        Func<WorkConsumerOptions, WorkConsumerOptions>? change = null,
        IReadOnlyDictionary<string, string>? settings = null
    ) =>
        WorkRaw(
            (delivery, cancellation) => handle(NumberOf(delivery), cancellation),
            change,
            settings is null ? null : Broker with { ClientSettings = settings }
        );

    public RunningConsumer WorkRaw(
        Func<Delivery, CancellationToken, Task<Settlement>> handle,
        Func<WorkConsumerOptions, WorkConsumerOptions>? change = null,
        BrokerOptions? broker = null,
        ILogger? log = null
    )
    {
        var options = new WorkConsumerOptions
        {
            GroupId = Group,
            Topics = [Topic],
            MaximumInFlight = 4,
            ReleasePause = TimeSpan.FromMilliseconds(50),
        };
        var consumer = new WorkConsumer(
            broker ?? Broker,
            change is null ? options : change(options),
            Producer,
            handle,
            log ?? Log
        );
        return new RunningConsumer(consumer, Run(consumer.RunAsync));
    }

    /// <summary>Runs until the test is over, or until the returned function is called.</summary>
    private Func<Task> Run(Func<CancellationToken, Task> run)
    {
        var stopping = new CancellationTokenSource();
        var running = run(stopping.Token);
        stops.Add(StopAsync);
        return StopAsync;

        async Task StopAsync()
        {
            await stopping.CancelAsync();
            await running.WaitAsync(Deadline);
        }
    }

    public Task<long> BacklogAsync() => Administration.BacklogAsync(Group, Topic);

    public Task UntilNothingIsLeftAsync() =>
        Eventually.BecomesTrueAsync(async () => await BacklogAsync() == 0, Deadline, "everything is committed");

    public static Task Until(Func<bool> condition, string because) =>
        Eventually.BecomesTrueAsync(condition, Deadline, because);

    public static Task Until(Func<Task<bool>> condition, string because) =>
        Eventually.BecomesTrueAsync(condition, Deadline, because);

    public static int NumberOf(Delivery delivery) => int.Parse(Encoding.UTF8.GetString(delivery.Value.Span));

    public async ValueTask DisposeAsync()
    {
        foreach (var stop in stops)
            await stop();
        Administration.Dispose();
        await Producer.DisposeAsync();
        await Kafka.DisposeAsync();
    }

    private static void SkipWithout(KafkaVersion version) =>
        Assert.SkipUnless(version != KafkaVersion.Modern || KafkaBroker.ModernIsAvailable, KafkaBroker.HowToGetModern);

    private sealed class ErrorLog : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            Console.Error.WriteLine(
                $"{TimeProvider.System.GetUtcNow():mm:ss.fff} {logLevel} {formatter(state, exception)} {exception}"
            );
    }
}

/// <summary>A work consumer that runs.</summary>
internal sealed class RunningConsumer(WorkConsumer consumer, Func<Task> stop)
{
    public WorkConsumerStatus Status => consumer.Status;

    public Task StopAsync() => stop();
}

/// <summary>A handler whose work ends when the test says so, or when it is cancelled.</summary>
internal sealed class HeldWork
{
    private readonly Channel<bool> endings = Channel.CreateUnbounded<bool>();
    private int ended;
    private int cancelled;

    public Seen Seen { get; } = new();
    public int Ended => Volatile.Read(ref ended);
    public int Cancelled => Volatile.Read(ref cancelled);

    /// <summary>So many may end, of those that run and of those to come.</summary>
    public void Finish(int count)
    {
        for (; count > 0; count--)
            endings.Writer.TryWrite(true);
    }

    public async Task<Settlement> HandleAsync(int number, CancellationToken cancellation)
    {
        Seen.Add(number);
        try
        {
            await endings.Reader.ReadAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref cancelled);
            throw;
        }
        Interlocked.Increment(ref ended);
        return new Accept();
    }
}

/// <summary>Remembers how often each number was seen.</summary>
internal sealed class Seen
{
    private readonly ConcurrentDictionary<int, int> times = [];

    public void Add(int number) => times.AddOrUpdate(number, 1, (_, before) => before + 1);

    public int Count => times.Count;

    public int TimesOf(int number) => times.GetValueOrDefault(number);

    public IEnumerable<int> Numbers => times.Keys.Order();

    public IEnumerable<int> Twice => times.Where(pair => pair.Value > 1).Select(pair => pair.Key).Order();
}
