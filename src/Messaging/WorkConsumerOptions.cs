namespace EventPipeline.Messaging;

/// <summary>How one node takes part in the work of a group.</summary>
public sealed record WorkConsumerOptions
{
    /// <summary>The group that shares the work.</summary>
    public required string GroupId { get; init; }

    /// <summary>The topics of the work.</summary>
    public required IReadOnlyCollection<string> Topics { get; init; }

    /// <summary>How many deliveries this node works on at once, at least 1. No more are taken from the broker than can be
    /// worked on, so that a node that joins finds work.</summary>
    public required int MaximumInFlight { get; init; }

    /// <summary>How long work may go on after the consumer was told to stop; then it is cancelled.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What becomes of work that runs when its partition goes to another node.</summary>
    public RevocationPolicy OnRevocation { get; init; } = RevocationPolicy.FinishRunning;

    /// <summary>How long a partition that goes is held while its running work ends, unless it is handed over. It holds up the
    /// rebalance, so it is short: it spares short work from being done twice.</summary>
    public TimeSpan RevocationGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause before released work is delivered again; it keeps its place in flight meanwhile.</summary>
    public TimeSpan ReleasePause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a handler may throw on one delivery, before it is rejected.</summary>
    public int MaximumFaults { get; init; } = 3;
}

/// <summary>What becomes of work that runs when its partition goes to another node. A rebalance never waits for it.</summary>
public enum RevocationPolicy
{
    /// <summary>It goes on here. The new owner gets it too, so the outcome may come twice. Safe without further ado.</summary>
    FinishRunning,

    /// <summary>It goes on here and its offset is let go, so nobody else gets it: nothing is done twice. If this node dies
    /// before the end, Kafka does not deliver it again: only for work that somebody watches, as the coordinator does by leases.
    /// If the node is stopped in good order, unfinished work is sent to its topic again.</summary>
    HandOver,

    /// <summary>It is cancelled, and the new owner gets it.</summary>
    CancelRunning,
}

/// <summary>What a work consumer is doing.</summary>
/// <param name="InFlight">Deliveries that are worked on.</param>
/// <param name="Buffered">Deliveries that were taken and not started; 0 but for moments.</param>
/// <param name="Assigned">Partitions that this node owns, as <c>topic[number]</c>.</param>
/// <param name="Accepted">Settled so since the start.</param>
/// <param name="Released">Settled so since the start.</param>
/// <param name="Rejected">Settled so since the start.</param>
/// <param name="Faults">Times that the handler threw.</param>
/// <param name="Trouble">What keeps the consumer from its work, such as a broker that is down; null while all is well.</param>
public sealed record WorkConsumerStatus(
    int InFlight,
    int Buffered,
    IReadOnlyList<string> Assigned,
    long Accepted,
    long Released,
    long Rejected,
    long Faults,
    string? Trouble
);
