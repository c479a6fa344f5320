using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>How a batch consumer takes part in a group.</summary>
public sealed record BatchConsumerOptions
{
    /// <summary>The group that shares the partitions.</summary>
    public required string GroupId { get; init; }

    /// <summary>What is read.</summary>
    public required IReadOnlyCollection<string> Topics { get; init; }

    /// <summary>Most deliveries in one batch.</summary>
    public int MaximumBatch { get; init; } = 100;

    /// <summary>Longest pause before a batch that failed is tried again; the first is a hundredth of it, and each doubles.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What a batch consumer is doing.</summary>
/// <param name="Handled">Deliveries whose batch succeeded, since the start.</param>
/// <param name="Failure">Why the present batch fails again and again; null while all is well.</param>
/// <param name="Trouble">What keeps it from its topics, such as a broker that is down; null while all is well.</param>
public sealed record BatchConsumerStatus(
    IReadOnlyList<string> Assigned,
    long Handled,
    string? Failure,
    string? Trouble
);

/// <summary>
/// Reads in order, in batches of what happens to wait: one delivery when idle, up to the maximum under load, without a timer.
/// A batch is handled again until it succeeds, and only then are its offsets let go. Deliveries may come again after a crash
/// or a rebalance.
/// </summary>
/// <remarks>The handler starts on the thread that polls, so a handler that does its work there adds no thread switch. While it
/// takes long or fails, the flow is stopped and the membership in the group goes on.</remarks>
public sealed partial class BatchConsumer
{
    private static readonly TimeSpan PollPatience = TimeSpan.FromMilliseconds(100);

    private readonly BrokerOptions broker;
    private readonly BatchConsumerOptions options;
    private readonly Func<IReadOnlyList<Delivery>, CancellationToken, Task> handle;
    private readonly ILogger logger;
    private readonly TimeProvider clock;

    // Each ownership of a partition has a number of its own; a batch remembers in which its deliveries were taken.
    private readonly Dictionary<PartitionId, long> ownerships = [];
    private readonly List<Taken> stragglers = [];
    private readonly Mailbox<string?> outcomes = new();
    private long lastOwnership;
    private GroupMember member = null!;
    private long handled;
    private string? failure;
    private IReadOnlyList<string> assigned = [];
    private volatile BatchConsumerStatus status = new([], 0, null, "It has not been started.");

    /// <param name="handle">Handles a batch whole or throws: then the same batch comes again, without the deliveries of
    /// partitions that were revoked meanwhile.</param>
    public BatchConsumer(
        BrokerOptions broker,
        BatchConsumerOptions options,
        Func<IReadOnlyList<Delivery>, CancellationToken, Task> handle,
        ILogger logger,
        TimeProvider? clock = null
    )
    {
        if (options.MaximumBatch < 1)
            throw new ArgumentException("A batch has at least one delivery.", nameof(options));
        KafkaLibrary.Load();
        this.broker = broker;
        this.options = options;
        this.handle = handle;
        this.logger = logger;
        this.clock = clock ?? TimeProvider.System;
    }

    /// <summary>What it is doing now; may be read at any time.</summary>
    public BatchConsumerStatus Status => status;

    /// <summary>Reads until cancelled; then it waits for the batch it is at, commits and leaves the group. Call it once.</summary>
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
            Revoke,
            logger
        );
        member = joined;
        while (!stopping.IsCancellationRequested)
        {
            ShowStatus();
            member.Take(true);
            if (NextBatch() is { Count: > 0 } batch)
                Handle(batch, stopping);
        }
        member.Close();
        ShowStatus();
    }

    private List<Taken> NextBatch()
    {
        var batch = new List<Taken>(stragglers);
        stragglers.Clear();
        while (batch.Count < options.MaximumBatch)
            if (Poll(batch.Count == 0 ? PollPatience : TimeSpan.Zero) is { } taken)
                batch.Add(taken);
            else
                break;
        batch.RemoveAll(taken => !IsOwned(taken));
        return batch;
    }

    private void Handle(List<Taken> batch, CancellationToken stopping)
    {
        for (var pause = options.LongestPause / 100; ; pause = Shorter(pause * 2, options.LongestPause))
        {
            _ = TryAsync([.. batch.Select(taken => taken.Delivery)], stopping);
            while (!outcomes.Wait(PollPatience))
                StayMember(TimeSpan.Zero);
            outcomes.TryTake(out failure);
            for (var since = clock.GetTimestamp(); failure is not null && clock.GetElapsedTime(since) < pause; )
            {
                if (stopping.IsCancellationRequested)
                    return; // the batch is not settled, so whoever owns its partitions next gets it
                StayMember(Shorter(pause, PollPatience));
            }
            batch.RemoveAll(taken => !IsOwned(taken));
            if (failure is null || batch.Count == 0)
                break;
        }
        failure = null;
        handled += batch.Count;
        foreach (var partition in batch.GroupBy(taken => taken.Partition))
            member.Store(partition.Key, partition.Max(taken => taken.Delivery.Offset) + 1);
    }

    /// <summary>Posts null, or why the batch failed.</summary>
    private async Task TryAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stopping)
    {
        try
        {
            await handle(deliveries, stopping);
            outcomes.Post(null);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            outcomes.Post("It was stopped.");
        }
        catch (Exception cause)
        {
            LogFailed(logger, cause, options.GroupId, deliveries.Count);
            outcomes.Post($"{cause.GetType().Name}: {cause.Message}");
        }
    }

    private void StayMember(TimeSpan patience)
    {
        member.Take(false);
        if (Poll(patience) is { } straggler)
            stragglers.Add(straggler);
        ShowStatus();
    }

    private Taken? Poll(TimeSpan patience) =>
        member.Poll(patience) is { } delivery
        && new PartitionId(delivery.Topic, delivery.Partition) is var partition
        && ownerships.TryGetValue(partition, out var ownership)
            ? new Taken(partition, ownership, delivery)
            : null;

    private bool IsOwned(Taken taken) => ownerships.GetValueOrDefault(taken.Partition) == taken.Ownership;

    private void Assign(IReadOnlyList<PartitionId> partitions)
    {
        foreach (var partition in partitions)
            ownerships[partition] = ++lastOwnership;
        ShowOwned();
    }

    private void Revoke(IReadOnlyList<PartitionId> partitions)
    {
        foreach (var partition in partitions)
            ownerships.Remove(partition);
        ShowOwned();
    }

    private void ShowOwned()
    {
        assigned = [.. ownerships.Keys.Select(partition => partition.ToString())];
        ShowStatus();
    }

    private void ShowStatus() => status = new BatchConsumerStatus(assigned, handled, failure, member.Trouble);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed record Taken(PartitionId Partition, long Ownership, Delivery Delivery);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Group} failed on a batch of {Count}, which is tried again")]
    private static partial void LogFailed(ILogger logger, Exception cause, string group, int count);
}
