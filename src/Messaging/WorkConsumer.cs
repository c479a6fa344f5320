using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>
/// Takes deliveries from a group's topics, gives each to the handler, and settles them as the handler says. A delivery may
/// come again after a crash or a rebalance, never be lost. Deliveries of one partition run side by side; there is no order.
/// </summary>
/// <remarks>
/// One thread owns the Kafka client and the books (<see cref="WorkLedger"/>); it never runs a handler and never waits for one,
/// so a handler may take hours. Handlers run on the thread pool and report back through a queue. The surface is that of
/// Kafka's share groups (deliver, settle), which can take the place of the books when the client has them.
/// </remarks>
public sealed partial class WorkConsumer
{
    private static readonly TimeSpan PollPatience = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FullPatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CancellationPatience = TimeSpan.FromSeconds(10);

    private readonly BrokerOptions broker;
    private readonly WorkConsumerOptions options;
    private readonly MessageProducer producer;
    private readonly WorkHandler handler;
    private readonly ILogger logger;
    private readonly TimeProvider clock;
    private readonly WorkLedger ledger;
    private readonly Mailbox<(WorkTicket Ticket, Settlement Settlement)> ended = new();
    private readonly Dictionary<WorkTicket, CancellationTokenSource> running = [];
    private GroupMember member = null!;
    private IReadOnlyList<string> assigned = [];
    private long accepted;
    private long released;
    private long rejected;
    private bool stopped;
    private volatile WorkConsumerStatus status = new(0, 0, [], 0, 0, 0, 0, "It has not been started.");

    /// <param name="producer">For dead letters, and to send released work to its topic again.</param>
    /// <param name="handle">Does the work. Its token is cancelled when the work is no longer wanted here; what it returns then
    /// does not matter, unless it is done. An exception is tried again a few times and then rejected.</param>
    public WorkConsumer(
        BrokerOptions broker,
        WorkConsumerOptions options,
        MessageProducer producer,
        Func<Delivery, CancellationToken, Task<Settlement>> handle,
        ILogger logger,
        TimeProvider? clock = null
    )
    {
        if (options.MaximumInFlight < 1)
            throw new ArgumentException("A node works on at least one delivery at once.", nameof(options));
        KafkaLibrary.Load();
        this.broker = broker;
        this.options = options;
        this.producer = producer;
        this.logger = logger;
        this.clock = clock ?? TimeProvider.System;
        handler = new WorkHandler(options, producer, handle, this.clock, logger);
        ledger = new WorkLedger(options.MaximumInFlight);
    }

    /// <summary>What it is doing now; may be read at any time.</summary>
    public WorkConsumerStatus Status => status;

    /// <summary>Works until cancelled, then stops in good order: takes nothing new, lets running work end within the grace
    /// period, commits, and leaves the group. Call it once.</summary>
    /// <remarks>A broker that is down or lost its group is waited for and joined again; see the status.</remarks>
    public async Task RunAsync(CancellationToken stopping)
    {
        status = status with { Trouble = $"No broker of {broker.BootstrapServers} has answered yet." };
        await MemberThread.RunAsync(broker, Run, stopping);
    }

    private void Run(BrokerProfile profile, CancellationToken stopping)
    {
        using var joined = new GroupMember(
            broker,
            profile,
            options.GroupId,
            options.Topics,
            Assign,
            Revoke,
            Lose,
            logger
        );
        member = joined;
        try
        {
            while (!stopping.IsCancellationRequested)
                Turn();
            Drain();
        }
        finally
        {
            foreach (var cancellation in running.Values)
                cancellation.Cancel();
            ShowStatus();
        }
    }

    private void Turn()
    {
        SettleEnded();
        Start();
        ShowStatus();
        if (!ledger.IsFull)
        {
            member.Take(true);
            Take(member.Poll(PollPatience));
        }
        else if (!ended.Wait(FullPatience))
        {
            // Full for longer than a moment: stop the flow, and keep serving the group.
            member.Take(false);
            Take(member.Poll(TimeSpan.Zero));
        }
    }

    private void Take(Delivery? delivery)
    {
        if (delivery is not null)
            ledger.Take(new PartitionId(delivery.Topic, delivery.Partition), delivery);
    }

    private void Start()
    {
        while (ledger.StartNext() is { } ticket)
        {
            var cancellation = new CancellationTokenSource();
            running.Add(ticket, cancellation);
            _ = Task.Run(
                async () => Report(ticket, await handler.HandleAsync(ticket.Delivery, cancellation.Token)),
                CancellationToken.None
            );
        }
    }

    private void Report(WorkTicket ticket, Settlement settlement) => ended.Post((ticket, settlement));

    private void SettleEnded()
    {
        while (ended.TryTake(out var end))
        {
            var (ticket, settlement) = end;
            if (!running.TryGetValue(ticket, out var cancellation))
                continue;
            if (settlement is Release release)
            {
                released++;
                LogReleased(logger, ticket.Delivery.Topic, ticket.Delivery.Partition, ticket.Offset, release.Reason);
                if (ticket.HandedOver || (!stopped && !cancellation.IsCancellationRequested && ledger.Owns(ticket)))
                {
                    SendAgain(ticket);
                    continue; // its offset goes when the copy has arrived
                }
            }
            accepted += settlement is Accept ? 1 : 0;
            rejected += settlement is Reject ? 1 : 0;
            ledger.End(ticket, settled: settlement is Accept or Reject or SentAgain);
            running.Remove(ticket);
            cancellation.Dispose();
        }
        foreach (var (partition, position) in ledger.TakeMovedPositions())
            member.Store(partition, position);
    }

    private void SendAgain(WorkTicket ticket)
    {
        var delivery = ticket.Delivery;
        producer.Send(
            delivery.Topic,
            delivery.Key ?? "",
            delivery.Value.ToArray(),
            failure =>
            {
                if (failure is not null)
                    LogNotSentAgain(logger, failure, delivery.Topic, delivery.Partition, delivery.Offset);
                Report(ticket, failure is null ? new SentAgain() : new Kept());
            }
        );
    }

    private void Assign(IReadOnlyList<PartitionId> partitions)
    {
        Each(partitions, ledger.Assign);
        ShowOwned();
    }

    private void Revoke(IReadOnlyList<PartitionId> partitions)
    {
        if (options.OnRevocation == RevocationPolicy.HandOver)
            Each(partitions, ledger.HandOver);
        else
        {
            if (options.OnRevocation == RevocationPolicy.CancelRunning)
                Each(partitions, Cancel);
            AwaitEnd(
                options.RevocationGrace,
                () => partitions.All(partition => ledger.RunningOf(partition).Count == 0)
            );
        }
        SettleEnded();
        Each(partitions, ledger.Revoke);
        ShowOwned();
    }

    private void Lose(IReadOnlyList<PartitionId> partitions)
    {
        if (options.OnRevocation == RevocationPolicy.CancelRunning)
            Each(partitions, Cancel);
        Each(partitions, ledger.Revoke);
        ShowOwned();
    }

    private void Cancel(PartitionId partition)
    {
        foreach (var ticket in ledger.RunningOf(partition))
            running[ticket].Cancel();
    }

    /// <summary>Ends in good order. Work that was handed over needs no membership, so the others get the rest at once.</summary>
    private void Drain()
    {
        stopped = true;
        LogDraining(logger, options.GroupId, ledger.InFlight);
        ledger.DropWaiting();
        if (options.OnRevocation == RevocationPolicy.HandOver)
            member.Close();
        AwaitEnd(options.GracePeriod, NothingRuns, StayMember);
        foreach (var cancellation in running.Values)
            cancellation.Cancel();
        AwaitEnd(CancellationPatience, NothingRuns, StayMember);
        foreach (var ticket in running.Keys.Where(ticket => ticket.HandedOver).ToList())
            SendAgain(ticket);
        AwaitEnd(CancellationPatience, () => !running.Keys.Any(ticket => ticket.HandedOver));
        if (ledger.InFlight > 0)
            LogLeftBehind(logger, options.GroupId, ledger.InFlight);
        member.Close();

        bool NothingRuns() => ledger.InFlight == 0;
        void StayMember()
        {
            member.Take(false);
            member.Poll(TimeSpan.Zero); // a straggler is not taken, so the next owner gets it
        }
    }

    private void AwaitEnd(TimeSpan patience, Func<bool> over, Action? meanwhile = null)
    {
        var since = clock.GetTimestamp();
        while (!over() && clock.GetElapsedTime(since) < patience)
        {
            ended.Wait(FullPatience);
            SettleEnded();
            meanwhile?.Invoke();
            ShowStatus();
        }
    }

    private static void Each(IReadOnlyList<PartitionId> partitions, Action<PartitionId> action)
    {
        foreach (var partition in partitions)
            action(partition);
    }

    private void ShowOwned()
    {
        assigned = [.. ledger.Owned.Select(partition => partition.ToString())];
        ShowStatus();
    }

    private void ShowStatus() =>
        status = new WorkConsumerStatus(
            ledger.InFlight,
            ledger.Waiting,
            assigned,
            accepted,
            released,
            rejected,
            handler.Faults,
            member.Trouble
        );

    /// <summary>Released, and its copy is in the topic.</summary>
    private sealed record SentAgain : Settlement;

    /// <summary>Not settled: whoever owns the partition next gets it.</summary>
    private sealed record Kept : Settlement;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Topic}[{Partition}] {Offset} was released: {Reason}")]
    private static partial void LogReleased(ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Topic}[{Partition}] {Offset} could not be sent again; it stays where it is until the next rebalance"
    )]
    private static partial void LogNotSentAgain(
        ILogger logger,
        Exception failure,
        string topic,
        int partition,
        long offset
    );

    [LoggerMessage(Level = LogLevel.Information, Message = "{Group} stops; {Count} deliveries are worked on")]
    private static partial void LogDraining(ILogger logger, string group, int count);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Group} stopped although {Count} handlers ignore that they were cancelled; others will get their work"
    )]
    private static partial void LogLeftBehind(ILogger logger, string group, int count);
}
