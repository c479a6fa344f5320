using System.Text.Json;

namespace EventPipeline.Messaging;

/// <summary>What the statistics of a member's client mean.</summary>
internal enum MemberCondition
{
    Good,

    /// <summary>No broker is connected.</summary>
    Unconnected,

    /// <summary>The client owns partitions that it does not fetch, and never will.</summary>
    Idle,

    /// <summary>The client may not know what the group wants of it, and never will.</summary>
    Uninformed,
}

/// <summary>Finds out what a client does not tell about itself, from the statistics that it gives every two seconds.</summary>
internal sealed class MemberWatch
{
    /// <summary>In a row.</summary>
    private const int IdleStatistics = 3;

    // How many statistics in a row said that an owned partition is not fetched.
    private readonly Dictionary<PartitionId, int> idle = [];

    private (long Answered, long Unanswered) ofCoordinator;
    private bool mayHaveMissedNews;

    public MemberCondition Look(string statistics, IReadOnlySet<PartitionId> owned)
    {
        if (!ClientStatistics.ShowConnection(statistics))
        {
            idle.Clear();
            return MemberCondition.Unconnected;
        }
        using var parsed = JsonDocument.Parse(statistics);
        // Both are to be kept up to date.
        var (isIdle, isUninformed) = (IsIdle(parsed.RootElement, owned), IsUninformed(parsed.RootElement));
        return isIdle ? MemberCondition.Idle
            : isUninformed ? MemberCondition.Uninformed
            : MemberCondition.Good;
    }

    /// <summary>If the broker cannot say yet where the group stood in a partition (it just came back, and loads its groups), librdkafka reports
    /// that as an error and never fetches the partition, which it goes on to own.</summary>
    private bool IsIdle(JsonElement statistics, IReadOnlySet<PartitionId> owned)
    {
        var counts = ClientStatistics
            .NotFetched(statistics)
            .Where(owned.Contains)
            .ToDictionary(partition => partition, partition => idle.GetValueOrDefault(partition) + 1);
        idle.Clear();
        foreach (var (partition, count) in counts)
            idle.Add(partition, count);
        return idle.Values.Any(count => count >= IdleStatistics);
    }

    /// <summary>In the protocol of KIP-848 the answer to a heartbeat says once what a member shall take or leave, unless the member says that
    /// it missed an answer. librdkafka (2.15) says so after a connection broke, but not after an answer was late: then the member never learns
    /// it, and the broker waits for it until the rebalance time-out (`max.poll.interval.ms`, five minutes). It is not called uninformed before
    /// answers come in time again: nothing that it does could be answered.</summary>
    private bool IsUninformed(JsonElement statistics)
    {
        var before = ofCoordinator;
        ofCoordinator = ClientStatistics.OfCoordinator(statistics);
        mayHaveMissedNews |= ofCoordinator.Unanswered > before.Unanswered;
        return mayHaveMissedNews
            && ofCoordinator.Unanswered == before.Unanswered
            && ofCoordinator.Answered > before.Answered;
    }
}
