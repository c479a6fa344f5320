using System.Collections.Concurrent;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.TestSupport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace EventPipeline.Coordinator.Tests;

/// <summary>An installation of a test's own: a database and a topic prefix that nobody else has, on the servers of the run. Coordinators
/// and processors come and go as the test wants; whatever is left is stopped at the end.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly List<IAsyncDisposable> parts = [];
    private readonly TestSupport.TemporaryFolder folder = new();

    private Installation(string postgres, KafkaBroker broker)
    {
        Postgres = postgres;
        Broker = new BrokerOptions(broker.BootstrapServers);
        DataSource = EventLogDataSource.Create(postgres);
        Log = new EventLog(DataSource, new EventLogOptions());
        Objects = new FolderObjectStore(folder.Path);
        Producer = new MessageProducer(Broker, Logger);
        Administration = new TopicAdministration(Broker, Logger);
    }

    public static ILoggerFactory Loggers { get; } =
        Environment.GetEnvironmentVariable("COORDINATOR_TESTS_LOG") is null
            ? NullLoggerFactory.Instance
            : LoggerFactory.Create(logging => logging.AddProvider(new StandardError()));

    public static ILogger Logger { get; } = Loggers.CreateLogger("test");

    public string Postgres { get; }
    public BrokerOptions Broker { get; }
    public Topics Topics { get; } = new($"t{Guid.CreateVersion7():N}.");
    public NpgsqlDataSource DataSource { get; }
    public EventLog Log { get; }
    public IObjectStore Objects { get; }
    public string ObjectsFolder => folder.Path;
    public MessageProducer Producer { get; }
    public TopicAdministration Administration { get; }
    public Commands Commands => new(Log, TimeProvider.System);

    public static async Task<Installation> CreateAsync()
    {
        Assert.SkipUnless(KafkaBroker.ModernIsAvailable, KafkaBroker.HowToGetModern);
        var postgres = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var installation = new Installation(postgres, await KafkaBroker.SharedAsync(KafkaVersion.Modern));
        await installation.Log.EnsureSchemaAsync(CancellationToken.None);
        return installation;
    }

    /// <summary>A coordinator with connections of its own, as another process would have.</summary>
    public async Task<RunningCoordinator> StartCoordinatorAsync(Pipeline pipeline)
    {
        var coordinator = await RunningCoordinator.StartAsync(this, pipeline);
        parts.Add(coordinator);
        return coordinator;
    }

    /// <summary>Processors for every stage of a pipeline.</summary>
    public TestProcessors StartProcessors(Pipeline pipeline, Func<WorkItem, Answer?> answer)
    {
        var processors = new TestProcessors(this, pipeline, answer);
        parts.Add(processors);
        return processors;
    }

    /// <summary>Registers a video and starts a job over it.</summary>
    public async Task<Guid> StartJobAsync(
        Pipeline pipeline,
        Guid? videoId = null,
        string owner = "owner",
        JobPriority priority = JobPriority.Normal
    )
    {
        var jobId = Guid.CreateVersion7();
        var video = videoId ?? await RegisterVideoAsync(owner);
        var started = await Commands.StartJobAsync(
            jobId,
            video,
            pipeline,
            new JobOptions(),
            priority,
            $"user:{owner}",
            CancellationToken.None
        );
        started.Refusal.ShouldBeNull();
        return jobId;
    }

    /// <param name="clock">Of whoever registers it.</param>
    public async Task<Guid> RegisterVideoAsync(string owner = "owner", TimeProvider? clock = null)
    {
        var videoId = Guid.CreateVersion7();
        var stored = await Objects.PutAsync(
            ObjectKeys.Source(videoId, ".mp4"),
            videoId.ToByteArray(),
            "video/mp4",
            CancellationToken.None
        );
        var source = new ArtifactReference(stored.Key, stored.Sha256!, stored.ByteCount, stored.ContentType);
        await new Commands(Log, clock ?? TimeProvider.System).RegisterVideoAsync(
            new RegisterVideo(videoId, owner, "talk.mp4", source, $"user:{owner}"),
            CancellationToken.None
        );
        return videoId;
    }

    public async Task<Job> JobAsync(Guid jobId) =>
        EventCodec.Fold(JobAt.Unknown, await Log.LoadAsync(jobId, CancellationToken.None)).Job;

    public async Task<IReadOnlyList<Event>> EventsAsync(Guid streamId) =>
        [
            .. (await Log.LoadAsync(streamId, CancellationToken.None)).Select(stored =>
                EventTypes.Read(stored.Type, stored.Data.Span)!
            ),
        ];

    public Task UntilEndedAsync(params IEnumerable<Guid> jobIds) =>
        Eventually.BecomesTrueAsync(
            async () =>
            {
                foreach (var id in jobIds)
                {
                    if ((await JobAsync(id)).Status == JobStatus.Running)
                        return false;
                }
                return true;
            },
            Deadline,
            "the jobs ended"
        );

    /// <summary>Waits until the jobs completed, and checks that every item succeeded exactly once.</summary>
    public async Task UntilCompletedOnceEachAsync(params IReadOnlyList<Guid> jobIds)
    {
        await UntilEndedAsync(jobIds);
        foreach (var id in jobIds)
        {
            (await JobAsync(id)).Status.ShouldBe(JobStatus.Completed);
            (await EventsAsync(id))
                .OfType<StageSucceeded>()
                .GroupBy(done => (done.Stage, done.Item))
                .ShouldAllBe(accepted => accepted.Count() == 1);
        }
    }

    public Task UntilAsync(Func<Task<bool>> condition, string what) =>
        Eventually.BecomesTrueAsync(condition, Deadline, what);

    public Task SendOutcomeAsync(Outcome outcome) =>
        Producer.SendAsync(
            Topics.Results,
            outcome.JobId.ToString(),
            Message(CloudEvent.Outcome, outcome.JobId, outcome)
        );

    public static byte[] Message<T>(string type, Guid jobId, T data) =>
        new CloudEvent(
            Guid.CreateVersion7().ToString(),
            "test",
            type,
            jobId.ToString(),
            TimeProvider.System.GetUtcNow(),
            JsonSerializer.SerializeToUtf8Bytes(data, ContractJson.Options)
        ).Write();

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(parts))
            await part.DisposeAsync();
        await Producer.DisposeAsync();
        Administration.Dispose();
        await DataSource.DisposeAsync();
        (Objects as IDisposable)?.Dispose();
        folder.Dispose();
    }

    private sealed class StandardError : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Writer(categoryName);

        public void Dispose() { }

        private sealed class Writer(string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter
            )
            {
                if (IsEnabled(logLevel))
                    Console.Error.WriteLine(
                        $"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel} {category}: {formatter(state, exception)} {exception}"
                    );
            }
        }
    }
}

/// <summary>A coordinator within the test's process.</summary>
internal sealed class RunningCoordinator : IAsyncDisposable
{
    private readonly NpgsqlDataSource dataSource;
    private readonly MessageProducer producer;

    private RunningCoordinator(Installation installation, Pipeline pipeline)
    {
        dataSource = EventLogDataSource.Create(installation.Postgres);
        producer = new MessageProducer(installation.Broker, Installation.Logger);
        Service = new CoordinatorService(
            new CoordinatorOptions
            {
                Topics = installation.Topics,
                Pipelines = [pipeline],
                Partitions = 3,
            },
            dataSource,
            new EventLog(dataSource, new EventLogOptions()),
            installation.Broker,
            producer,
            installation.Objects,
            TimeProvider.System,
            Installation.Loggers
        );
    }

    public CoordinatorService Service { get; }

    public static async Task<RunningCoordinator> StartAsync(Installation installation, Pipeline pipeline)
    {
        var running = new RunningCoordinator(installation, pipeline);
        await running.Service.StartAsync(CancellationToken.None);
        return running;
    }

    public Task StopAsync() => Service.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Service.Dispose();
        await producer.DisposeAsync();
        await dataSource.DisposeAsync();
    }
}

/// <summary>What a test's processor says of a work item.</summary>
/// <param name="Kind">Null if it succeeded.</param>
/// <param name="Times">How often it says so.</param>
internal sealed record Answer(FailureKind? Kind = null, string[]? Items = null, int Times = 1)
{
    public static readonly Answer Done = new();

    public Outcome To(WorkItem work) =>
        Kind is { } kind
            ? new OutcomeFailed(
                work.JobId,
                work.Stage,
                work.Item.Name,
                work.Attempt,
                kind,
                "It did not work.",
                TestMetering.Of(work)
            )
            : new OutcomeSucceeded(
                work.JobId,
                work.Stage,
                work.Item.Name,
                work.Attempt,
                null,
                [new Echoed(work.Key)],
                [.. (Items ?? []).Select(name => new Item(name))],
                TestMetering.Of(work)
            );
}

/// <summary>Processors that answer at once, in the groups and on the topics of real ones.</summary>
internal sealed class TestProcessors : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> running = [];

    /// <param name="answer">Null: take the work and say nothing of it ever.</param>
    public TestProcessors(Installation installation, Pipeline pipeline, Func<WorkItem, Answer?> answer)
    {
        foreach (var stage in pipeline.Stages)
        {
            var consumer = new BatchConsumer(
                installation.Broker,
                new BatchConsumerOptions
                {
                    GroupId = installation.Topics.StageGroup(stage.Name),
                    Topics = [installation.Topics.Stage(stage.Name)],
                },
                async (batch, _) =>
                {
                    foreach (var delivery in batch)
                    {
                        var work = CloudEvent.Read(delivery.Value).DataAs<WorkItem>();
                        Seen.Enqueue(work);
                        if (answer(work) is not { } said)
                            continue;
                        for (var time = 0; time < said.Times; time++)
                            await installation.SendOutcomeAsync(said.To(work));
                    }
                },
                Installation.Logger
            );
            running.Add(consumer.RunAsync(stopping.Token));
        }
    }

    /// <summary>Every work item that was delivered.</summary>
    public ConcurrentQueue<WorkItem> Seen { get; } = new();

    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        await Task.WhenAll(running);
    }
}
