namespace EventPipeline.Benchmarks.Peers;

/// <summary>A system that runs jobs of ten stages, each of which writes durably that it was done.</summary>
internal interface IPeer
{
    public const int Stages = 10;

    string Name { get; }

    /// <summary>What runs where, for the reader of the figures.</summary>
    string Description { get; }

    /// <summary>Why it cannot be measured here; null if it can.</summary>
    Task<string?> MissingAsync(CancellationToken cancellation);

    /// <summary>Which of its processes a recovery run can kill.</summary>
    IReadOnlyList<Victim> Victims { get; }

    /// <summary>Starts its programs.</summary>
    /// <param name="connectionString">An empty database of its own.</param>
    Task<IPeerInstallation> InstallAsync(
        string connectionString,
        PeerSettings settings,
        CancellationToken cancellation
    );
}

/// <summary>A peer that runs.</summary>
internal interface IPeerInstallation : IAsyncDisposable
{
    /// <summary>Its programs by what they are, without the database and without whoever submits and watches.</summary>
    IReadOnlyList<(string Role, int Process)> Programs { get; }

    /// <summary>Submits jobs, as many at once as it can.</summary>
    /// <returns>When the first one was submitted.</returns>
    Task<DateTimeOffset> SubmitAsync(int jobs, CancellationToken cancellation);

    /// <summary>Jobs that are finished.</summary>
    Task<long> FinishedAsync(CancellationToken cancellation);

    /// <summary>Runs jobs one after the other.</summary>
    Task<IdleTimes> RunOneByOneAsync(int jobs, CancellationToken cancellation);

    /// <summary>What stands in the database.</summary>
    Task<StageCounts> CountAsync(CancellationToken cancellation);

    /// <summary>SIGKILL.</summary>
    void Kill(Victim victim);
}

/// <summary>What is killed in a recovery run.</summary>
/// <param name="Name">In words.</param>
/// <param name="KeptSlots">Share of the slots that are left afterwards.</param>
internal sealed record Victim(string Name, double KeptSlots);

/// <summary>How a peer is set up.</summary>
/// <param name="Recovery">Two workers of two slots, stages of 50 ms, and lost work noticed after <see cref="Lease"/>; otherwise the setting in
/// which the peer is fastest, and stages that do nothing.</param>
internal sealed record PeerSettings(bool Recovery)
{
    public const int Workers = 2;
    public const int SlotsEach = 2;

    /// <summary>How long lost work may stay unnoticed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    public TimeSpan StageTime => Recovery ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero;
}

/// <summary>Milliseconds.</summary>
internal sealed record Latency(double P50, double P99)
{
    public static Latency Of(IReadOnlyCollection<double> times) => new(At(times, 0.5), At(times, 0.99));

    private static double At(IReadOnlyCollection<double> times, double share) =>
        times.Order().ElementAt((int)(times.Count * share));
}

/// <summary>Times of jobs that run alone.</summary>
/// <param name="Jobs">From the submission until whoever submitted knows of the end.</param>
/// <param name="Hops">From the start of a stage, which does nothing, to the start of the next, durable writes included.</param>
/// <param name="Progress">From the report of a stage to a reader in another process; null if the peer publishes none.</param>
internal sealed record IdleTimes(Latency Jobs, Latency Hops, Latency? Progress);

/// <summary>What was done so far.</summary>
/// <param name="Effects">Durable "stage done".</param>
/// <param name="DistinctEffects">Of these, different ones.</param>
/// <param name="Begun">Stages begun; only in recovery runs.</param>
internal sealed record StageCounts(long Effects, long DistinctEffects, long Begun)
{
    public long RepeatedEffects => Effects - DistinctEffects;

    public long BegunAgain => Begun - DistinctEffects;
}
