using EventPipeline.Faults.Installation;

namespace EventPipeline.Faults.Schedule;

/// <summary>What a seed means: a pure function, so that a number is all it takes to do it again.</summary>
internal static class FaultSchedule
{
    /// <summary>Seconds in which faults begin. All of them are mended a little later.</summary>
    public const double Window = 4;

    private const double LongestFault = 3;

    /// <summary>Seconds by which a broker stands still for longer than other faults last, so that its clients' requests run out of time.</summary>
    private const double LongPause = 5;

    /// <summary>How often each kind comes, relative to the others. Those that take a server down cost seconds each.</summary>
    private static readonly IReadOnlyList<(FaultKind Kind, int Weight)> Weights =
    [
        (FaultKind.Killed, 16),
        (FaultKind.Paused, 12),
        (FaultKind.Partitioned, 8),
        (FaultKind.LinkCut, 8),
        (FaultKind.LinkSlow, 6),
        (FaultKind.BrokerKilled, 3),
        (FaultKind.BrokerPaused, 3),
        (FaultKind.BrokerWiped, 3),
        (FaultKind.DatabaseKilled, 5),
        (FaultKind.ConnectionsTaken, 5),
        (FaultKind.ObjectsDown, 5),
        (FaultKind.ObjectsSlow, 4),
        (FaultKind.ObjectAnswersLost, 6),
        (FaultKind.MessagesDuplicated, 6),
        (FaultKind.MessagesDelayed, 6),
        (FaultKind.MessagesReordered, 6),
        (FaultKind.MessagesCorrupted, 6),
        (FaultKind.DiskFull, 5),
        (FaultKind.ClockJumped, 8),
    ];

    /// <summary>The faults of a seed, in the order in which they begin.</summary>
    public static IReadOnlyList<Fault> Of(int seed)
    {
        var random = new Random(seed);
        var faults = new List<Fault>();
        for (var left = random.Next(3, 8); left > 0; left--)
        {
            var fault = Next(random);
            if (!faults.Exists(other => Clash(fault, other)))
                faults.Add(fault);
        }
        return [.. faults.OrderBy(fault => fault.At)];
    }

    private static Fault Next(Random random)
    {
        var kind = Choose(random);
        var at = Math.Round(0.2 + random.NextDouble() * Window, 1);
        var duration = Math.Round(0.4 + random.NextDouble() * (LongestFault - 0.4), 1);
        var part = Parts.All[random.Next(Parts.All.Count)];
        var server = (Server)random.Next(3);
        var jump = (random.Next(2) == 0 ? -1 : 1) * random.Next(2, 3_600);
        return kind switch
        {
            FaultKind.Killed or FaultKind.Paused or FaultKind.Partitioned => new Fault(at, kind, duration, part),
            FaultKind.LinkCut or FaultKind.LinkSlow => new Fault(at, kind, duration, part, Existing(part, server)),
            FaultKind.DiskFull => new Fault(at, kind, duration, Parts.Processors[random.Next(Parts.Processors.Count)]),
            FaultKind.ClockJumped => new Fault(at, kind, duration, part, Jump: jump),
            FaultKind.BrokerPaused => new Fault(at, kind, duration + LongPause),
            _ => new Fault(at, kind, duration),
        };
    }

    private static FaultKind Choose(Random random)
    {
        var at = random.Next(Weights.Sum(weight => weight.Weight));
        foreach (var (kind, weight) in Weights)
            if ((at -= weight) < 0)
                return kind;
        throw new InvalidOperationException("The weights do not add up.");
    }

    private static Server Existing(string part, Server server) =>
        server switch
        {
            Server.Broker when !Parts.UsesBroker(part) => Server.Database,
            Server.Database when !Parts.UsesDatabase(part) => Server.Broker,
            _ => server,
        };

    /// <summary>Two faults that would mend each other: of the same kind, of the broker or the database twice, of the same link or process.</summary>
    private static bool Clash(Fault one, Fault other) =>
        (one.Kind == other.Kind && one.Part == other.Part)
        || (IsOfBroker(one) && IsOfBroker(other))
        || (IsOfDatabase(one) && IsOfDatabase(other))
        || (IsOfLinks(one) && IsOfLinks(other) && (one.Part is null || other.Part is null || one.Part == other.Part))
        || (IsOfProcess(one) && IsOfProcess(other) && one.Part == other.Part);

    private static bool IsOfBroker(Fault fault) =>
        fault.Kind is FaultKind.BrokerKilled or FaultKind.BrokerPaused or FaultKind.BrokerWiped;

    private static bool IsOfDatabase(Fault fault) =>
        fault.Kind is FaultKind.DatabaseKilled or FaultKind.ConnectionsTaken;

    private static bool IsOfProcess(Fault fault) => fault.Kind is FaultKind.Killed or FaultKind.Paused;

    private static bool IsOfLinks(Fault fault) =>
        fault.Kind
            is FaultKind.Partitioned
                or FaultKind.LinkCut
                or FaultKind.LinkSlow
                or FaultKind.ObjectsDown
                or FaultKind.ObjectsSlow
                or FaultKind.ObjectAnswersLost;
}
