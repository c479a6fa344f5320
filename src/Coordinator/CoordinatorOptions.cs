using EventPipeline.Contracts;

namespace EventPipeline.Coordinator;

/// <summary>How the coordinator works.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>The topics of this installation.</summary>
    public Topics Topics { get; init; } = new();

    /// <summary>The pipelines whose topics are made at the start; those of others are made when they are first needed.</summary>
    public IReadOnlyCollection<Pipeline> Pipelines { get; init; } = [.. Contracts.Pipelines.All.Values];

    /// <summary>Partitions of topics that are made: how many nodes can share a stage's work. Topics that exist stay as they are.</summary>
    public int Partitions { get; init; } = 8;

    /// <summary>How long progress is kept in its topic.</summary>
    public TimeSpan ProgressRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most outcomes that are written in one round trip.</summary>
    public int MaximumBatch { get; init; } = 100;

    /// <summary>How many jobs are kept in memory, so that an outcome needs no look at the stream.</summary>
    public int CachedJobs { get; init; } = 2_000;

    /// <summary>How often retries and leases are looked at.</summary>
    public TimeSpan TimerInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Schema of the coordinator's own table.</summary>
    public string Schema { get; init; } = "coordinator";
}
