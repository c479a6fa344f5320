namespace EventPipeline.Benchmarks.Peers;

/// <summary>The figures as lines: this system's against each peer's.</summary>
internal sealed class PeerReport(int jobs, IReadOnlyDictionary<IPeer, Speed> speeds)
{
    private static readonly Dictionary<string, double> ThroughputBudgets = new(StringComparer.Ordinal)
    {
        ["Celery"] = 6,
        ["River"] = 2.5,
    };

    private readonly Speed own = speeds.Single(peer => peer.Key is ProductPeer).Value;

    private string Throughput => $"{jobs} jobs x {IPeer.Stages} no-op stages at once";

    private IEnumerable<(string Name, Speed Speed)> Others =>
        speeds.Where(peer => peer.Key is not ProductPeer).Select(peer => (peer.Key.Name, peer.Value));

    public IEnumerable<BenchmarkResult> Speeds() =>
        [
            .. Others.Select(peer =>
                BenchmarkResult.AtLeast(
                    Throughput,
                    own.Rate,
                    "stages/s",
                    peer.Name,
                    peer.Speed.Rate,
                    ThroughputBudgets[peer.Name]
                )
            ),
            .. Latencies("ten-stage job, submit to done, idle", speed => speed.Idle.Jobs, budget: ("Celery", 1.0)),
            .. Latencies("stage hop, start to start, idle", speed => speed.Idle.Hops),
            .. Latencies("progress, reported to heard, idle", speed => speed.Idle.Progress),
            .. Others.Select(peer =>
                Compare("processor time, all programs", Cpu(own), "ms/stage", peer.Name, Cpu(peer.Speed))
            ),
            .. Others.Select(peer => Compare("memory, all programs", Memory(own), "MB", peer.Name, Memory(peer.Speed))),
            .. speeds.SelectMany(peer =>
                peer.Value.Use.SelectMany(use =>
                    (BenchmarkResult[])
                        [
                            Plain($"{peer.Key.Name}, {use.Role}: processor time", use.CpuMilliseconds, "ms/stage"),
                            Plain($"{peer.Key.Name}, {use.Role}: memory", use.Megabytes, "MB"),
                        ]
                )
            ),
        ];

    public IEnumerable<BenchmarkResult> AgainstFloors(FloorSpeeds floors) =>
        [
            Compare(Throughput, own.Rate, "stages/s", "a bare consume-produce loop", floors.MessagesPerSecond),
            Compare(Throughput, own.Rate, "stages/s", "a bare INSERT and commit", floors.RowsPerSecond),
            Compare(
                "stage hop, start to start, idle, p50",
                own.Idle.Hops.P50,
                "ms",
                "a bare consume-produce hop and a bare INSERT and commit",
                floors.Hop.P50 + floors.Commit.P50
            ),
        ];

    public static IEnumerable<BenchmarkResult> Recovery(Recovery run, TimeSpan patience)
    {
        var isOwn = run.Peer is ProductPeer;
        var name = $"{run.Peer.Name}, {run.Victim.Name} killed";
        return
        [
            Held(
                $"{name}: jobs lost, or not finished within {patience.TotalSeconds:0} s",
                run.Lost,
                "jobs",
                isOwn ? 0 : null
            ),
            Held($"{name}: effects repeated", run.Counts.RepeatedEffects, "stages", isOwn ? 0 : null),
            Plain($"{name}: begun again", run.Counts.BegunAgain, "stages"),
            new BenchmarkResult(
                $"{name}: all finished after",
                run.Seconds,
                "s",
                "the drain alone",
                run.Drain,
                run.Seconds / run.Drain,
                isOwn ? $"<= the drain and a lease of {PeerSettings.Lease.TotalSeconds:0} s" : "",
                run.Seconds <= run.Drain + PeerSettings.Lease.TotalSeconds
            ),
        ];
    }

    private IEnumerable<BenchmarkResult> Latencies(
        string name,
        Func<Speed, Latency?> of,
        (string Peer, double Ratio)? budget = null
    )
    {
        foreach (var (peer, speed) in Others)
        {
            if (of(own) is not { } ours || of(speed) is not { } theirs)
                continue;
            var isHeld = budget?.Peer == peer;
            yield return new BenchmarkResult(
                $"{name}, p50",
                ours.P50,
                "ms",
                peer,
                theirs.P50,
                ours.P50 / theirs.P50,
                isHeld ? $"<= {budget!.Value.Ratio:0.0}x" : "",
                !isHeld || ours.P50 / theirs.P50 <= budget!.Value.Ratio
            );
            yield return Compare($"{name}, p99", ours.P99, "ms", peer, theirs.P99);
        }
    }

    private static double Cpu(Speed speed) => speed.Use.Sum(use => use.CpuMilliseconds);

    private static double Memory(Speed speed) => speed.Use.Sum(use => use.Megabytes);

    private static BenchmarkResult Plain(string name, double value, string unit) =>
        new(name, value, unit, "", 0, 0, "", true);

    private static BenchmarkResult Compare(string name, double value, string unit, string baseline, double against) =>
        new(name, value, unit, baseline, against, value / against, "", true);

    private static BenchmarkResult Held(string name, double value, string unit, double? budget) =>
        new(name, value, unit, "", 0, 0, budget is null ? "" : $"{budget}", budget is null || value <= budget);
}
