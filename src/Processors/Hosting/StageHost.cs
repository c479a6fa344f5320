using EventPipeline.Contracts;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors.Media;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Processors.Hosting;

/// <summary>Runs the chosen stages of this node: a work consumer for each, one limit for all.</summary>
internal sealed partial class StageHost(
    IEnumerable<IStage> stages,
    ProcessorOptions options,
    BrokerOptions broker,
    Topics topics,
    MessageProducer producer,
    IObjectStore objects,
    Ffmpeg ffmpeg,
    TimeProvider clock,
    ILoggerFactory loggers
) : BackgroundService
{
    private readonly ILogger logger = loggers.CreateLogger<StageHost>();
    private readonly IReadOnlyList<IStage> chosen = Choose([.. stages], options.Stages);
    private IReadOnlyDictionary<string, WorkConsumer> consumers = new Dictionary<string, WorkConsumer>();

    /// <summary>What each stage's consumer is doing, by stage; empty before the start.</summary>
    public IReadOnlyDictionary<string, WorkConsumerStatus> Status =>
        consumers.ToDictionary(pair => pair.Key, pair => pair.Value.Status, StringComparer.Ordinal);

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (chosen.Any(stage => stage is not Stages.DebugEcho))
        {
            var version = await ffmpeg.CheckVersionAsync(cancellationToken);
            if (version.Warning is { } warning)
                LogOldFfmpeg(logger, warning);
        }
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var workspaces = TemporaryFolder.Create(options.WorkspaceRoot);
        var node = new Node(
            options,
            topics,
            objects,
            new WorkSlots(options.Parallelism),
            new CpuShares(() => Environment.CpuUsage.TotalTime),
            clock,
            (topic, key, value) => producer.SendNews(topic, key, value, WarnIfLost),
            (topic, key, value, cancellation) => producer.SendAsync(topic, key, value, cancellation)
        );
        consumers = chosen.ToDictionary(
            stage => stage.Name,
            stage => Consumer(stage, node, workspaces.Path),
            StringComparer.Ordinal
        );
        LogRunning(logger, options.WorkerId, string.Join(", ", consumers.Keys), options.Parallelism);
        await Task.WhenAll(consumers.Values.Select(consumer => consumer.RunAsync(stoppingToken)));
    }

    private WorkConsumer Consumer(IStage stage, Node node, string workspaces)
    {
        var log = loggers.CreateLogger($"EventPipeline.Stages.{stage.Name}");
        var runner = new AttemptRunner(stage, node, log);
        return new WorkConsumer(
            broker,
            new WorkConsumerOptions
            {
                GroupId = topics.StageGroup(stage.Name),
                Topics = [topics.Stage(stage.Name)],
                MaximumInFlight = options.ParallelismOf(stage.Name),
                OnRevocation = RevocationPolicy.HandOver, // the coordinator's leases watch what runs
                GracePeriod = options.ShutdownGrace,
            },
            producer,
            (delivery, cancellation) => runner.HandleAsync(delivery, workspaces, cancellation),
            log,
            clock
        );
    }

    private void WarnIfLost(Exception? failure)
    {
        if (failure is not null)
            LogProgressLost(logger, failure);
    }

    /// <summary>The stages that are asked for; all if none is.</summary>
    internal static IReadOnlyList<IStage> Choose(IReadOnlyList<IStage> stages, IReadOnlyCollection<string> names)
    {
        var known = stages.Select(stage => stage.Name).ToHashSet(StringComparer.Ordinal);
        return names.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw new ArgumentException(
                $"There is no stage '{unknown}'. Known are {string.Join(", ", known.Order())}.",
                nameof(names)
            )
            : [.. stages.Where(stage => names.Count == 0 || names.Contains(stage.Name))];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogOldFfmpeg(ILogger logger, string warning);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Worker {Worker} runs {Stages}, {Parallelism} attempts at once"
    )]
    private static partial void LogRunning(ILogger logger, string worker, string stages, int parallelism);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A progress message was lost; the next one makes up for it")]
    private static partial void LogProgressLost(ILogger logger, Exception failure);
}
