using System.Collections.Concurrent;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventPipeline.Benchmarks.Nodes;

/// <summary>The product in separate programs, as operators run it: the coordinator's and the projections' own, and nodes whose stages do
/// nothing. This process submits as the API does, and hears of ends and progress from the public topics.</summary>
internal sealed class NodeInstallation : IAsyncDisposable
{
    private const int Partitions = 8;

    private readonly Topics topics = new($"bench{Guid.CreateVersion7():N}.");
    private readonly BrokerOptions broker;
    private readonly NpgsqlDataSource dataSource;
    private readonly EventLog log;
    private readonly Commands commands;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("eventpipeline-bench-");
    private readonly Dictionary<string, string> environment;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> ends = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly BroadcastReader[] readers;
    private Task[] reading = [];
    private long finished;

    private NodeInstallation(string connectionString, string bootstrapServers)
    {
        broker = new BrokerOptions(bootstrapServers);
        dataSource = EventLogDataSource.Create(connectionString);
        log = new EventLog(dataSource, new EventLogOptions());
        commands = new Commands(log, TimeProvider.System);
        environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["EVENTPIPELINE_POSTGRES"] = connectionString,
            ["KAFKA_BOOTSTRAP_SERVERS"] = bootstrapServers,
            ["EVENTPIPELINE_OBJECTS"] = folder.CreateSubdirectory("objects").FullName,
            ["EVENTPIPELINE_TOPIC_PREFIX"] = topics.Prefix,
            ["Logging__LogLevel__Default"] = "Warning",
        };
        readers =
        [
            new(broker, topics.JobEvents, BroadcastStart.End, NoticeEnd, NullLogger.Instance),
            new(broker, topics.Progress, BroadcastStart.End, NoticeProgress, NullLogger.Instance),
        ];
    }

    public NpgsqlDataSource DataSource => dataSource;

    /// <summary>Programs by what they are.</summary>
    public List<(string Role, ChildProcess Program)> Programs { get; } = [];

    /// <summary>Jobs that were heard to be complete.</summary>
    public long Finished => Interlocked.Read(ref finished);

    /// <summary>Milliseconds from each report of a stage until it was heard here.</summary>
    public ConcurrentQueue<double> ProgressDelays { get; } = new();

    /// <summary>Where each node writes down what it begins; empty if it does not.</summary>
    public List<string> StepLogs { get; } = [];

    /// <summary>An installation in which no program runs yet.</summary>
    public static async Task<NodeInstallation> CreateAsync(
        string connectionString,
        string bootstrapServers,
        CancellationToken cancellation
    )
    {
        var installation = new NodeInstallation(connectionString, bootstrapServers);
        try
        {
            await installation.PrepareAsync(cancellation);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    public void StartCoordinator() => StartProgram("coordinator", "Coordinator");

    public void StartProjections() => StartProgram("projections", "Projections");

    public void StartNode(int parallelism, TimeSpan stageTime, bool writeSteps = false)
    {
        var steps = writeSteps ? Path.Combine(folder.FullName, $"steps-{StepLogs.Count}") : "";
        if (writeSteps)
            StepLogs.Add(steps);
        Start(
            "processors",
            "Benchmarks",
            [NoOpNode.Command],
            new Dictionary<string, string>(environment, StringComparer.Ordinal)
            {
                [NoOpNode.Parallelism] = $"{parallelism}",
                [NoOpNode.StageMilliseconds] = $"{stageTime.TotalMilliseconds:0}",
                [NoOpNode.StepLog] = steps,
            }
        );
    }

    /// <summary>A video that jobs can be started over.</summary>
    public async Task<Guid> RegisterVideoAsync(string owner, CancellationToken cancellation)
    {
        var video = Guid.CreateVersion7();
        var source = new ArtifactReference("videos/bench.mp4", new string('0', 64), 1234, "video/mp4");
        await commands.RegisterVideoAsync(
            new RegisterVideo(video, owner, "bench.mp4", source, "user:bench"),
            cancellation
        );
        return video;
    }

    /// <summary>Submits one job.</summary>
    /// <returns>Its id, and what completes when it was heard to be complete.</returns>
    public async Task<(Guid Id, Task End)> SubmitAsync(
        Guid video,
        CancellationToken cancellation,
        JobPriority priority = JobPriority.Normal
    )
    {
        var job = Guid.CreateVersion7();
        var end = ends[job.ToString()] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var result = await commands.StartJobAsync(
            job,
            video,
            NoOpNode.Pipeline,
            new JobOptions(),
            priority,
            "user:bench",
            cancellation
        );
        return result.Refusal is null
            ? (job, end.Task)
            : throw new InvalidOperationException($"A job was refused: {result.Refusal.Sentence}");
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(reading);
        foreach (var (_, program) in Programs)
            await program.DisposeAsync();
        await dataSource.DisposeAsync();
        stopping.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>The coordinator makes the topics of pipelines that it knows at its start; those of this one are made here.</summary>
    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await log.EnsureSchemaAsync(cancellation);
        using var administration = new TopicAdministration(broker, NullLogger.Instance);
        await administration.EnsureTopicsAsync(
            NoOpNode.Pipeline.Stages.Select(stage => topics.Stage(stage.Name)),
            Partitions,
            null,
            cancellation
        );
        reading = [.. readers.Select(reader => reader.RunAsync(stopping.Token))];
        await Task.WhenAll(readers.Select(reader => reader.Started)).WaitAsync(cancellation);
    }

    private void StartProgram(string role, string room) => Start(role, room, [], environment);

    /// <summary>Starts a room's program where it was built: a copy beside this one lacks the libraries that this one's framework has.</summary>
    private void Start(string role, string room, string[] arguments, Dictionary<string, string> settings)
    {
        var program = ChildProcess.Start(
            role,
            "dotnet",
            [Repository.PathOf($"artifacts/bin/{room}/release/EventPipeline.{room}.dll"), .. arguments],
            settings
        );
        Programs.Add((role, program));
    }

    private void NoticeEnd(Delivery delivery)
    {
        // Most are other events; they are not worth reading.
        if (delivery.Value.Span.IndexOf("\"job_completed\""u8) < 0)
            return;
        if (!ends.TryRemove(delivery.Key!, out var end))
            return; // Heard before: after a crash the same event is published again.
        Interlocked.Increment(ref finished);
        end.SetResult();
    }

    private void NoticeProgress(Delivery delivery)
    {
        var now = TimeProvider.System.GetUtcNow();
        var progress = CloudEvent.Read(delivery.Value).DataAs<Progress>();
        ProgressDelays.Enqueue((now - progress.At).TotalMilliseconds);
    }
}
