using EventPipeline.Coordinator.Discarding;
using EventPipeline.Coordinator.Dispatching;
using EventPipeline.Coordinator.Relaying;
using EventPipeline.Coordinator.Settling;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Coordinator;

/// <summary>The bridge between the log and Kafka: publishes what happened, takes outcomes in, and watches over retries and leases. Any
/// number may run; they share the outcomes, and one of them publishes and watches.</summary>
public sealed partial class CoordinatorService : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly EventLog log;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly JobTable jobTable;
    private readonly WaitingTable waitingTable;
    private readonly Turns turns;
    private readonly Dispatcher dispatcher;
    private readonly OpenWork openWork;
    private readonly Relay relay;
    private readonly Timers timers;
    private readonly BatchConsumer outcomes;
    private readonly BroadcastReader signsOfLife;
    private readonly TopicAdministration administration;
    private readonly Tally tally;

    /// <param name="dataSource">Of the database that the log lies in.</param>
    /// <param name="log">The one of the process, so that appends wake the relay at once.</param>
    public CoordinatorService(
        CoordinatorOptions options,
        NpgsqlDataSource dataSource,
        EventLog log,
        BrokerOptions broker,
        MessageProducer producer,
        IObjectStore objects,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        this.log = log;
        this.time = time;
        logger = loggers.CreateLogger<CoordinatorService>();
        administration = new TopicAdministration(broker, loggers.CreateLogger<TopicAdministration>(), time);
        var topics = new RequiredTopics(administration, options);
        jobTable = new JobTable(dataSource, options);
        waitingTable = new WaitingTable(dataSource, options);
        turns = new Turns(options.LeastHandedOut, time);
        tally = new Tally(turns);
        openWork = new OpenWork(time, turns);
        var commands = new Commands(log, time);
        var abandonedObjects = new AbandonedObjects(log, jobTable, objects, loggers.CreateLogger<AbandonedObjects>());
        relay = new Relay(
            log,
            options,
            topics,
            producer,
            openWork,
            jobTable,
            waitingTable,
            new EndedJobs(
                new RejectedVideos(log, commands, jobTable, objects, loggers.CreateLogger<RejectedVideos>()),
                new DeletedVideos(commands, jobTable, abandonedObjects),
                abandonedObjects,
                openWork,
                time,
                loggers.CreateLogger<EndedJobs>()
            ),
            tally,
            time,
            loggers
        );
        dispatcher = new Dispatcher(
            log,
            turns,
            waitingTable,
            openWork,
            topics,
            producer,
            options,
            tally,
            time,
            loggers.CreateLogger<Dispatcher>()
        );
        timers = new Timers(
            openWork,
            log,
            administration,
            topics,
            options,
            tally,
            time,
            loggers.CreateLogger<Timers>()
        );
        outcomes = new BatchConsumer(
            broker,
            new BatchConsumerOptions
            {
                GroupId = options.Topics.ResultsGroup,
                Topics = [options.Topics.Results],
                MaximumBatch = options.MaximumBatch,
            },
            new OutcomeHandler(
                new JobDecisions(log, time, options.CachedJobs),
                producer,
                tally,
                time,
                loggers.CreateLogger<OutcomeHandler>()
            ).HandleAsync,
            loggers.CreateLogger<BatchConsumer>(),
            time
        );
        signsOfLife = new BroadcastReader(
            broker,
            options.Topics.Progress,
            BroadcastStart.End,
            delivery =>
            {
                if (relay.IsActive)
                    SignsOfLife.Take(delivery, openWork);
            },
            loggers.CreateLogger<BroadcastReader>(),
            time
        );
    }

    /// <summary>What it is doing now; may be read at any time.</summary>
    public CoordinatorStatus Status =>
        new(
            relay.Status,
            relay.Failure,
            outcomes.Status,
            openWork.Jobs,
            openWork.Attempts,
            turns.Waiting,
            tally.Accepted.Value,
            tally.Late.Value,
            tally.Duplicates.Value,
            tally.Unknown.Value,
            tally.EventsPublished.Value,
            tally.RequestsPublished.Value,
            tally.Retries.Value,
            tally.LeasesExpired.Value
        );

    /// <inheritdoc />
    public override void Dispose()
    {
        administration.Dispose();
        tally.Dispose();
        base.Dispose();
    }

    /// <summary>Runs until stopped, or until a part of it fails: then all of it ends, and the host with it.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await PrepareAsync(stopping.Token);
        Task[] parts =
        [
            relay.RunAsync(stopping.Token),
            outcomes.RunAsync(stopping.Token),
            signsOfLife.RunAsync(stopping.Token),
            dispatcher.RunAsync(() => relay.IsActive, stopping.Token),
            timers.RunAsync(() => relay.IsActive, stopping.Token),
        ];
        await Task.WhenAny(parts);
        await stopping.CancelAsync();
        await Task.WhenAll(parts);
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await log.EnsureSchemaAsync(cancellation);
                await jobTable.EnsureAsync(cancellation);
                await waitingTable.EnsureAsync(cancellation);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                LogWaiting(e);
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database is not there yet; it is tried again in a second.")]
    private partial void LogWaiting(Exception e);
}
