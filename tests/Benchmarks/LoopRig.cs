using System.Collections.Concurrent;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Coordinator;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace EventPipeline.Benchmarks;

/// <summary>The real coordinator, and a processor that answers every work item at once and keeps the time: how long it takes from its answer
/// until the job's next work item is there.</summary>
internal sealed class LoopRig : IAsyncDisposable
{
    public const int Stages = 10;

    private static readonly Pipeline NoOps = new(
        "no-ops",
        1,
        [
            .. Enumerable
                .Range(0, Stages)
                .Select(at => new PipelineStage($"noop{at}", at == 0 ? [] : [$"noop{at - 1}"], LeaseSeconds: 600)),
        ]
    );

    private static readonly ArtifactReference Artifact = new(
        "facts/key.json",
        new string('0', 64),
        1234,
        "application/json"
    );

    private readonly Topics topics = new($"bench{Guid.CreateVersion7():N}.");
    private readonly NpgsqlDataSource dataSource;
    private readonly MessageProducer producer;
    private readonly MessageProducer answers;
    private readonly string folder = Directory.CreateTempSubdirectory("eventpipeline-bench-").FullName;
    private readonly CancellationTokenSource stopping = new();
    private readonly JobDecisions submissions;
    private readonly BatchConsumer processor;
    private readonly Task processing;
    private readonly ConcurrentDictionary<Guid, long> answered = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> ends = new();
    private readonly CoordinatorService coordinator;

    private LoopRig(string connectionString, string bootstrapServers)
    {
        var broker = new BrokerOptions(bootstrapServers);
        dataSource = EventLogDataSource.Create(connectionString);
        Log = new EventLog(dataSource, new EventLogOptions());
        producer = new MessageProducer(broker, NullLogger.Instance);
        answers = new MessageProducer(broker, NullLogger.Instance);
        submissions = new JobDecisions(Log, TimeProvider.System);
        coordinator = new CoordinatorService(
            new CoordinatorOptions
            {
                Topics = topics,
                Pipelines = [NoOps],
                Partitions = 4,
            },
            dataSource,
            Log,
            broker,
            producer,
            new FolderObjectStore(folder),
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        processor = new BatchConsumer(
            broker,
            new BatchConsumerOptions
            {
                GroupId = topics.Prefix + "noop",
                Topics = [.. NoOps.Stages.Select(stage => topics.Stage(stage.Name))],
            },
            (batch, _) =>
            {
                foreach (var delivery in batch)
                    Answer(delivery);
                return Task.CompletedTask;
            },
            NullLogger.Instance
        );
        processing = processor.RunAsync(stopping.Token);
    }

    public EventLog Log { get; }

    /// <summary>Times from an answer to the next work item, in milliseconds, since they were cleared.</summary>
    public ConcurrentQueue<double> Hops { get; } = new();

    public static async Task<LoopRig> StartAsync(
        string connectionString,
        string bootstrapServers,
        CancellationToken cancellation
    )
    {
        var rig = new LoopRig(connectionString, bootstrapServers);
        await rig.coordinator.StartAsync(cancellation);
        while (rig.processor.Status.Assigned.Count < 4 * Stages)
            await Task.Delay(10, cancellation);
        return rig;
    }

    /// <summary>Starts jobs with one append.</summary>
    /// <returns>Completes when all of them are complete in the log.</returns>
    public async Task<Task> SubmitAsync(int count, CancellationToken cancellation)
    {
        var requests = new List<JobRequest>(count);
        var ended = new List<Task>(count);
        for (var job = 0; job < count; job++)
        {
            var id = Guid.CreateVersion7();
            var start = new StartJob(
                id,
                id,
                "owner",
                NoOps,
                new JobOptions(),
                JobPriority.Normal,
                Artifact,
                "user:bench"
            );
            requests.Add(new JobRequest(id, start, new Origin("user:bench")));
            ended.Add((ends[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
        }
        await submissions.DecideAsync(requests, cancellation);
        return Task.WhenAll(ended);
    }

    /// <summary>Waits until the log has as many completed jobs as were submitted; tells <see cref="SubmitAsync"/>'s tasks.</summary>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        var follower = new Follower(
            Log,
            new FollowerOptions("bench"),
            (page, _) =>
            {
                foreach (var stored in page.Where(stored => stored.Type == "job_completed"))
                {
                    if (ends.TryRemove(stored.StreamId, out var end))
                        end.SetResult();
                }
                return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]);
            }
        );
        await follower.RunAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await processing;
        await coordinator.StopAsync(CancellationToken.None);
        coordinator.Dispose();
        await producer.DisposeAsync();
        await answers.DisposeAsync();
        await dataSource.DisposeAsync();
        stopping.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Answer(Delivery delivery)
    {
        var work = CloudEvent.Read(delivery.Value).DataAs<WorkItem>();
        if (answered.TryRemove(work.JobId, out var since))
            Hops.Enqueue(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        var metering = new StageMetering(
            work.Stage,
            work.Item.Name,
            work.Attempt,
            "1",
            "9f86d081884c7d65",
            "60303ae22b998861",
            null,
            null,
            null,
            null,
            null,
            0,
            0,
            TimeProvider.System.GetUtcNow(),
            TimeProvider.System.GetUtcNow(),
            0.001,
            "noop-1"
        );
        var outcome = new OutcomeSucceeded(
            work.JobId,
            work.Stage,
            work.Item.Name,
            work.Attempt,
            Artifact,
            [],
            [],
            metering
        );
        var message = new CloudEvent(
            Guid.CreateVersion7().ToString(),
            "bench",
            CloudEvent.Outcome,
            work.JobId.ToString(),
            TimeProvider.System.GetUtcNow(),
            JsonSerializer.SerializeToUtf8Bytes<Outcome>(outcome, ContractJson.Options)
        ).Write();
        answered[work.JobId] = Stopwatch.GetTimestamp();
        answers.Send(topics.Results, work.JobId.ToString(), message, _ => { });
    }
}
