using System.Collections.Concurrent;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.TestSupport;
using EventPipeline.TestSupport.Lectures;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventPipeline.Host.Tests.Nodes;

/// <summary>An attempt that a worker began.</summary>
internal sealed record Begun(string WorkerId, string Stage, string Item, int Attempt, DateTimeOffset At);

/// <summary>One job over a long recording of speech, in an installation of separate programs as operators run them: a coordinator and
/// nodes of processors. Transcription is done by a <see cref="SlowSpeechService"/>; all else is the product's own.</summary>
internal sealed class SpokenJob : IAsyncDisposable
{
    public const string Transcribe = "transcribe";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Nodes share partitions, and a chunk's partition follows from the job's id: of this one every partition has chunks,
    /// be there six or eight.</summary>
    private static readonly Guid JobId = Guid.Parse("00000000-0000-8000-8000-0000000000d4");
    private static readonly Guid VideoId = Guid.Parse("00000000-0000-8000-8000-0000000000d5");

    private const int Minutes = 20;

    private static readonly Pipeline Speech = new(
        "speech",
        1,
        [new("probe", []), new("features", ["probe"]), new(Transcribe, ["probe", "features"], ForEach: "features")]
    );

    private readonly Installation installation;
    private readonly SlowSpeechService service;
    private readonly List<IDisposable> programs = [];
    private readonly ConcurrentDictionary<(string, string, string, int), Begun> begun = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Topics topics;
    private readonly TopicAdministration administration;
    private readonly NpgsqlDataSource dataSource;
    private readonly EventLog log;
    private Task listening = Task.CompletedTask;

    private SpokenJob(Installation installation, SlowSpeechService service)
    {
        (this.installation, this.service) = (installation, service);
        topics = new Topics(installation.Environment["EVENTPIPELINE_TOPIC_PREFIX"]);
        administration = new TopicAdministration(Broker, NullLogger.Instance);
        dataSource = EventLogDataSource.Create(installation.Environment["EVENTPIPELINE_POSTGRES"]);
        log = new EventLog(dataSource, new EventLogOptions());
    }

    /// <summary>Attempts in the order in which they were heard to begin.</summary>
    public IReadOnlyList<Begun> Begun => [.. begun.Values.OrderBy(attempt => attempt.At)];

    public IReadOnlyList<Begun> BegunBy(Node node) =>
        [.. Begun.Where(attempt => attempt.WorkerId.EndsWith($"-{node.Program.ProcessId}", StringComparison.Ordinal))];

    private BrokerOptions Broker => new(installation.Environment["KAFKA_BOOTSTRAP_SERVERS"]);

    /// <summary>Starts the coordinator and the job; no node works on it yet.</summary>
    /// <param name="pace">How long a chunk takes.</param>
    public static async Task<SpokenJob> StartAsync(KafkaVersion version, TimeSpan pace)
    {
        var kafka = await KafkaBroker.SharedAsync(version);
        var job = new SpokenJob(await Installation.CreateAsync(kafka: kafka), new SlowSpeechService(pace));
        try
        {
            await job.StartAsync();
            return job;
        }
        catch
        {
            await job.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node as an operator adds one: the processors' program with its environment. Returns when it says that it runs.</summary>
    public async Task<Node> AddNodeAsync(string stages = "")
    {
        var program = installation.StartProgram(
            "EventPipeline.Processors",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["EVENTPIPELINE_STAGES"] = stages,
                ["EVENTPIPELINE_PARALLELISM"] = "1",
                ["EVENTPIPELINE_TRANSCRIBER"] = "openai",
                ["OPENAI_BASE_URL"] = service.Address,
            }
        );
        programs.Add(program);
        await Eventually.BecomesTrueAsync(
            () =>
                program.Output.Contains("attempts at once", StringComparison.Ordinal)
                || (program.HasExited ? throw new InvalidOperationException(program.Output + program.Errors) : false),
            Patience,
            "the node says that it runs"
        );
        return new Node(program, TimeProvider.System.GetUtcNow());
    }

    public Task UntilAsync(Func<bool> condition, string what) => Eventually.BecomesTrueAsync(condition, Patience, what);

    /// <summary>Waits until everything that is settled is committed: what was settled a fifth of a second ago comes again after a crash,
    /// which costs a repetition and changes nothing else.</summary>
    public Task UntilCommittedAsync() =>
        Eventually.BecomesTrueAsync(
            async () =>
            {
                var events = await EventsAsync();
                var open =
                    events.OfType<StageRequested>().Count(it => it.Work.Stage == Transcribe)
                    - events.OfType<StageSucceeded>().Count(it => it.Stage == Transcribe);
                return await administration.BacklogAsync(topics.StageGroup(Transcribe), topics.Stage(Transcribe))
                    == open;
            },
            Patience,
            "what is settled is committed"
        );

    /// <summary>Lets the rest be done quickly and returns the job's events when it completed.</summary>
    public async Task<IReadOnlyList<Event>> FinishAsync()
    {
        await service.Hurry();
        await Eventually.BecomesTrueAsync(
            async () => (await EventsAsync()).Any(it => it is JobCompleted or JobFailed),
            Patience,
            "the job ends"
        );
        var events = await EventsAsync();
        events[^1].ShouldBeOfType<JobCompleted>();
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in programs)
            program.Dispose();
        await stopping.CancelAsync();
        await listening;
        administration.Dispose();
        await dataSource.DisposeAsync();
        await service.DisposeAsync();
        installation.Dispose();
        stopping.Dispose();
    }

    private async Task StartAsync()
    {
        await log.EnsureSchemaAsync(stopping.Token);
        programs.Add(installation.StartProgram("EventPipeline.Coordinator"));
        await administration.EnsureTopicsAsync([topics.Progress], 1, cancellation: stopping.Token);
        var reader = new BroadcastReader(Broker, topics.Progress, BroadcastStart.Beginning, Hear, NullLogger.Instance);
        listening = reader.RunAsync(stopping.Token);
        await reader.Started;
        await SubmitAsync(stopping.Token);
    }

    private async Task SubmitAsync(CancellationToken cancellation)
    {
        const string Owner = "user:test";
        var path = await SpeakAsync(cancellation);
        using var objects = (FolderObjectStore)ObjectStores.Open(installation.Objects);
        var stored = await objects.PutAsync(
            ObjectKeys.Source(VideoId, ".m4a"),
            await File.ReadAllBytesAsync(path, cancellation),
            "audio/mp4",
            cancellation
        );
        var source = new ArtifactReference(stored.Key, stored.Sha256!, stored.ByteCount, stored.ContentType);
        var commands = new Commands(log, TimeProvider.System);
        await commands.RegisterVideoAsync(new RegisterVideo(VideoId, "test", "talk.m4a", source, Owner), cancellation);
        var started = await commands.StartJobAsync(
            JobId,
            VideoId,
            Speech,
            new JobOptions(),
            JobPriority.Normal,
            Owner,
            cancellation
        );
        started.Refusal.ShouldBeNull();
    }

    /// <summary>A minute of speech, over and over.</summary>
    private async Task<string> SpeakAsync(CancellationToken cancellation)
    {
        const string Sentence =
            "Concrete is a mixture of cement and sand and gravel and of water that reacts with the cement. ";
        var folder = Directory.CreateDirectory(installation["made"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "text.txt"),
            string.Concat(Enumerable.Repeat(Sentence, 12)),
            cancellation
        );
        await FfmpegTool.RunAsync(
            folder,
            ["-f", "lavfi", "-i", "flite=textfile=text.txt", "-t", "60", "-c:a", "aac", "-b:a", "32k", "minute.m4a"],
            cancellation
        );
        await FfmpegTool.RunAsync(
            folder,
            ["-stream_loop", $"{Minutes - 1}", "-i", "minute.m4a", "-c", "copy", "talk.m4a"],
            cancellation
        );
        return Path.Combine(folder, "talk.m4a");
    }

    private void Hear(Delivery delivery)
    {
        var progress = CloudEvent.Read(delivery.Value).DataAs<Progress>();
        if (!progress.IsWaiting)
            begun.TryAdd(
                (progress.WorkerId, progress.Stage, progress.Item, progress.Attempt),
                new Begun(progress.WorkerId, progress.Stage, progress.Item, progress.Attempt, progress.At)
            );
    }

    private async Task<IReadOnlyList<Event>> EventsAsync() =>
        [
            .. (await log.LoadAsync(JobId, stopping.Token)).Select(stored =>
                EventTypes.Read(stored.Type, stored.Data.Span)!
            ),
        ];
}

/// <summary>A node and when it said that it runs.</summary>
internal sealed record Node(Running Program, DateTimeOffset ReadyAt);
