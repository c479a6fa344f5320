using EventPipeline.Contracts;
using EventPipeline.Coordinator.Discarding;
using EventPipeline.Coordinator.Dispatching;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Coordinator.Relaying;

/// <summary>Follows the log and tells the broker: every event on its public topic, every requested attempt on its stage's topic as long as
/// there is room; beyond that it waits for the <see cref="Dispatcher"/>. Of all
/// coordinators one is active at a time. Each message is sent at least once, and the checkpoint stays behind the acknowledged ones.
/// What retries and leases need to know of the jobs is gathered on the way.</summary>
internal sealed partial class Relay(
    EventLog log,
    CoordinatorOptions options,
    RequiredTopics topics,
    MessageProducer producer,
    OpenWork openWork,
    JobTable jobTable,
    WaitingTable waitingTable,
    EndedJobs endedJobs,
    Tally tally,
    TimeProvider time,
    ILoggerFactory loggers
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ILogger logger = loggers.CreateLogger<Relay>();
    private DeliveryLedger ledger = new();
    private Follower? follower;

    /// <summary>The follower's health.</summary>
    public FollowerStatus Status =>
        follower?.Status ?? new(Name, FollowerState.Stopped, default, default, 0, false, 0, null, null);

    /// <summary>Whether this is the active coordinator.</summary>
    public bool IsActive => Status.State == FollowerState.Following;

    /// <summary>Why publishing does not work at present; null while it does.</summary>
    public string? Failure { get; private set; }

    /// <summary>Name of the follower, of its checkpoint and of the lock of the active one. It belongs to the log and not to the
    /// topics: with the topics' prefix in it, two coordinators of one log would both be active and all work be done twice, and a
    /// new prefix would begin at the start of the log and request again what was done long ago. What is still open is requested
    /// again on the new topics, as after a wiped broker.</summary>
    public const string Name = "coordinator.relay";

    /// <summary>Publishes until cancelled. A broker that is down or refuses is tried again for ever.</summary>
    /// <exception cref="FollowerFailedException">A bug.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await topics.EnsureAllAsync(cancellation);
                Failure = null;
                follower = new Follower(
                    log,
                    new FollowerOptions(Name) { Settled = () => ledger.Settled(), Starting = StartAsync },
                    HandleAsync,
                    time,
                    loggers.CreateLogger<Follower>()
                );
                await follower.RunAsync(cancellation);
            }
            catch (Exception e) when (cancellation.IsCancellationRequested && e is OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (IsOfTheBroker(e))
            {
                Failure = e.Message;
                LogFailed(e);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task StartAsync(Position checkpoint, CancellationToken cancellation)
    {
        ledger = new DeliveryLedger();
        openWork.Reset();
        endedJobs.Reset();
        var waiting = (await waitingTable.ReadAsync(cancellation)).ToDictionary(work => work.Id);
        await jobTable.ReadOpenAsync(log, Restore, cancellation);
        var over = waiting.Values.Where(work => !openWork.Waits(work)).Select(work => work.Sequence).ToList();
        if (over.Count > 0)
            await waitingTable.RemoveAsync(over, cancellation);

        void Restore(Guid id, JobAt at)
        {
            openWork.Restore(id, at, waiting);
            endedJobs.Restore(id);
        }
    }

    private async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events,
        CancellationToken cancellation
    )
    {
        ledger.Settled(); // Goes no further once a delivery has failed.
        var page = ledger.Open(events[^1].Position);
        var changes = new JobTable.Changes();
        var waiting = new List<WaitingWork>();
        foreach (var stored in events)
        {
            if (EventCodec.ReadJobEvent(stored) is { } @event)
            {
                openWork.Apply(stored.StreamId, stored.Version, @event);
                changes.Add(stored.StreamId, @event);
                await SendWorkAsync(stored, @event, page, waiting, cancellation);
                endedJobs.Apply(stored.StreamId, @event, page, cancellation);
            }
        }
        foreach (var videoId in events.Where(it => it.Type == DeletedVideos.Event).Select(it => it.StreamId))
        {
            var started = changes.Started.Where(it => it.Value == videoId).Select(it => it.Key).ToArray();
            endedJobs.Delete(videoId, started, page, cancellation);
        }
        foreach (var stored in events)
        {
            var news = OutgoingMessages.OfEvent(stored, options.Topics);
            page.Expect();
            producer.SendNews(news.Topic, news.Key, news.Value, page.Settle);
        }
        page.Settle();
        tally.EventsPublished.Add(events.Count);
        return waitingTable.Add(waiting) is { } adding ? [.. jobTable.Write(changes), adding] : jobTable.Write(changes);
    }

    private async Task SendWorkAsync(
        StoredEvent stored,
        JobEvent @event,
        DeliveryLedger.Page page,
        List<WaitingWork> waiting,
        CancellationToken cancellation
    )
    {
        switch (@event)
        {
            case StageRequested { Work: var work }:
                await topics.EnsureAsync(work.Stage, cancellation);
                var turn = WaitingWork.Of(work, stored.Position.Sequence);
                switch (openWork.HandOutOrWait(turn))
                {
                    case Turn.Never:
                        return;
                    case Turn.Later:
                        waiting.Add(turn);
                        return;
                }
                Send(OutgoingMessages.OfWork(stored, work, options.Topics), page, mark => openWork.Queued(work, mark));
                tally.RequestsPublished.Add();
                break;
            case StageDeadLettered dead:
                await topics.EnsureAsync(dead.Work.Stage, cancellation);
                Send(OutgoingMessages.OfDeadLetter(stored, dead, options.Topics), page);
                break;
        }
    }

    private void Send(OutgoingMessage message, DeliveryLedger.Page page, Action<QueueMark>? queued = null)
    {
        page.Expect();
        producer.Send(
            message.Topic,
            message.Key,
            message.Value,
            (failure, mark) =>
            {
                if (mark is not null)
                    queued?.Invoke(mark);
                page.Settle(failure);
            }
        );
    }

    private static bool IsOfTheBroker(Exception e) =>
        e is FollowerFailedException { InnerException: { } inner }
            ? IsOfTheBroker(inner)
            : e is DeliveryFailedException or Confluent.Kafka.KafkaException or TimeoutException;

    [LoggerMessage(LogLevel.Error, "Publishing failed; it goes on from the checkpoint in a moment.")]
    private partial void LogFailed(Exception e);
}
