using Npgsql;

namespace EventPipeline.Benchmarks.Peers;

/// <summary>The same job of ten stages that do nothing on this system, on others, and on the bare parts: side by side, each on a database
/// of its own of the same server, which waits for its disk at every commit.</summary>
internal sealed class PeerBenchmarks(
    string bootstrapServers,
    int brokerProcess,
    PeerSizes sizes,
    Func<string, Task<string>> createDatabase
)
{
    // Often enough to be exact, and seldom enough that looking costs next to nothing.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LookAtStages = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BurstPatience = TimeSpan.FromMinutes(2);

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var river = Environment.GetEnvironmentVariable("RIVER_BENCH") is { Length: > 0 } named ? named : null;
        var speeds = new Dictionary<IPeer, Speed>();
        foreach (
            var peer in (IPeer[])
                [new ProductPeer(bootstrapServers, brokerProcess), new CeleryPeer(), new RiverPeer(river)]
        )
        {
            if (await peer.MissingAsync(cancellation) is { } missing)
            {
                Console.WriteLine($"{peer.Name} is not measured: {missing}");
                continue;
            }
            Console.WriteLine($"{peer.Name}: {peer.Description}.");
            try
            {
                speeds[peer] = await MeasureAsync(peer, cancellation);
            }
            catch (Exception e) when (peer is not ProductPeer && e is TimeoutException or InvalidOperationException)
            {
                Console.WriteLine($"{peer.Name} is not measured: {e.Message}");
            }
        }
        var report = new PeerReport(sizes.BurstJobs, speeds);
        var results = report.Speeds().ToList();
        results.AddRange(report.AgainstFloors(await FloorsAsync(cancellation)));
        // The others do not keep two processors busy, so they share them here: it takes a minute less.
        foreach (var group in speeds.Keys.GroupBy(peer => peer is ProductPeer))
        {
            Say($"killing processes of {string.Join(" and ", group.Select(peer => peer.Name))}");
            var runs = group.SelectMany(peer => peer.Victims.Select(it => RecoverAsync(peer, it, cancellation)));
            results.AddRange(
                (await Task.WhenAll(runs)).SelectMany(run => PeerReport.Recovery(run, sizes.RecoveryPatience))
            );
        }
        return results;
    }

    private async Task<Speed> MeasureAsync(IPeer peer, CancellationToken cancellation)
    {
        Say($"measuring {peer.Name}");
        var database = await createDatabase(peer.Name);
        await using var installation = await peer.InstallAsync(
            database,
            new PeerSettings(Recovery: false),
            cancellation
        );
        var submitted = 0L;
        var warmUp = peer is ProductPeer ? sizes.WarmUp : sizes.OthersWarmUp;
        var warm = TimeProvider.System.GetTimestamp();
        do (submitted, _) = await BurstAsync(installation, submitted, sizes.BurstJobs / 5, cancellation);
        while (TimeProvider.System.GetElapsedTime(warm) < warmUp);

        var databaseProcess = await ServerOfAsync(database, cancellation);
        var programs = installation.Programs.Append(("database", databaseProcess)).ToList();
        var before = programs.Select(program => ProcessUse.CpuSeconds(program.Item2)).ToList();
        var rates = new List<double>();
        for (var round = 0; round < sizes.Rounds; round++)
        {
            (submitted, var seconds) = await BurstAsync(installation, submitted, sizes.BurstJobs, cancellation);
            rates.Add(sizes.BurstJobs * IPeer.Stages / seconds);
        }
        var stages = sizes.BurstJobs * IPeer.Stages * sizes.Rounds;
        var use = programs
            .Select(
                (program, at) =>
                    new Use(
                        program.Item1,
                        (ProcessUse.CpuSeconds(program.Item2) - before[at]) * 1_000 / stages,
                        ProcessUse.Megabytes(program.Item2)
                    )
            )
            .ToList();
        var idle = await installation.RunOneByOneAsync(sizes.IdleJobs, cancellation);
        return new Speed(EventLogBenchmarks.Median(rates), use, idle);
    }

    /// <returns>Jobs submitted so far, and the seconds from the first submission to the last end.</returns>
    private static async Task<(long Submitted, double Seconds)> BurstAsync(
        IPeerInstallation installation,
        long submitted,
        int jobs,
        CancellationToken cancellation
    )
    {
        var start = await installation.SubmitAsync(jobs, cancellation);
        long finished;
        while ((finished = await installation.FinishedAsync(cancellation)) < submitted + jobs)
        {
            if (TimeProvider.System.GetUtcNow() - start > BurstPatience)
                throw new TimeoutException(
                    $"After {BurstPatience.TotalMinutes:0} minutes {submitted + jobs - finished} of {jobs} jobs were not finished."
                );
            await Task.Delay(Look, cancellation);
        }
        return (submitted + jobs, (TimeProvider.System.GetUtcNow() - start).TotalSeconds);
    }

    private async Task<Recovery> RecoverAsync(IPeer peer, Victim victim, CancellationToken cancellation)
    {
        var database = await createDatabase($"{peer.Name}_{victim.Name}");
        await using var installation = await peer.InstallAsync(
            database,
            new PeerSettings(Recovery: true),
            cancellation
        );
        var (submitted, _) = await BurstAsync(installation, 0, sizes.RecoveryJobs / 5, cancellation);
        var before = await installation.CountAsync(cancellation);

        var start = await installation.SubmitAsync(sizes.RecoveryJobs, cancellation);
        submitted += sizes.RecoveryJobs;
        var stages = sizes.RecoveryJobs * IPeer.Stages;
        long done;
        while (
            (done = (await installation.CountAsync(cancellation)).DistinctEffects - before.DistinctEffects) < stages / 4
        )
            await Task.Delay(LookAtStages, cancellation);
        installation.Kill(victim);
        var killed = TimeProvider.System.GetTimestamp();
        var rate = done / (TimeProvider.System.GetUtcNow() - start).TotalSeconds;

        var finished = await installation.FinishedAsync(cancellation);
        while (finished < submitted && TimeProvider.System.GetElapsedTime(killed) < sizes.RecoveryPatience)
        {
            await Task.Delay(Look, cancellation);
            finished = await installation.FinishedAsync(cancellation);
        }
        var after = TimeProvider.System.GetElapsedTime(killed).TotalSeconds;
        return new Recovery(
            peer,
            victim,
            submitted - finished,
            after,
            (stages - done) / (rate * victim.KeptSlots),
            await installation.CountAsync(cancellation)
        );
    }

    private async Task<FloorSpeeds> FloorsAsync(CancellationToken cancellation)
    {
        Say("measuring the bare parts");
        var messages = sizes.BurstJobs * IPeer.Stages;
        var (kafkaRate, hop) = await Floors.KafkaAsync(bootstrapServers, messages, cancellation);
        var (insertRate, commit) = await Floors.InsertAsync(await createDatabase("floor"), messages / 2, cancellation);
        return new FloorSpeeds(kafkaRate, hop, insertRate, commit);
    }

    /// <summary>The process of the database server, which started the one of our connection.</summary>
    private static async Task<int> ServerOfAsync(string connectionString, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellation);
        return ProcessUse.ParentOf(connection.ProcessID);
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}

/// <summary>How much is measured.</summary>
/// <param name="WarmUp">For code that is compiled while it runs.</param>
/// <param name="OthersWarmUp">For the others, and their databases.</param>
internal sealed record PeerSizes(
    TimeSpan WarmUp,
    TimeSpan OthersWarmUp,
    int Rounds,
    int BurstJobs,
    int IdleJobs,
    int RecoveryJobs,
    TimeSpan RecoveryPatience
)
{
    public static readonly PeerSizes Full = new(
        TimeSpan.FromSeconds(20),
        TimeSpan.FromSeconds(5),
        3,
        500,
        100,
        200,
        TimeSpan.FromSeconds(90)
    );

    /// <summary>To see that everything works; its figures mean little.</summary>
    public static readonly PeerSizes Small = new(
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(1),
        1,
        50,
        10,
        20,
        TimeSpan.FromSeconds(60)
    );
}

/// <summary>What a program uses: processor milliseconds a stage, and megabytes.</summary>
internal sealed record Use(string Role, double CpuMilliseconds, double Megabytes);

/// <summary>How fast a peer is.</summary>
/// <param name="Rate">Stages a second.</param>
internal sealed record Speed(double Rate, IReadOnlyList<Use> Use, IdleTimes Idle);

/// <summary>How fast the bare parts are.</summary>
internal sealed record FloorSpeeds(double MessagesPerSecond, Latency Hop, double RowsPerSecond, Latency Commit);

/// <summary>What became of a run in which a process was killed.</summary>
/// <param name="Lost">Jobs that did not end.</param>
/// <param name="Seconds">From the kill to the last end, or to the end of our patience.</param>
/// <param name="Drain">Seconds that what was left takes at the pace before, with the slots that were left.</param>
internal sealed record Recovery(IPeer Peer, Victim Victim, long Lost, double Seconds, double Drain, StageCounts Counts);
