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

    /// <summary>How much of a stage's work is handed out to its topic in any case before somebody began it: enough that each partition has
    /// some. Beyond that it is what the stage begins in a second; the rest waits its turn, by priority and fairly by owner.</summary>
    public int LeastHandedOut { get; init; } = 16;

    /// <summary>Schema of the coordinator's own tables: lower-case letters, digits and underscores.</summary>
    public string Schema
    {
        get;
        init =>
            field =
                value.Length > 0 && value.All(it => char.IsAsciiLetterLower(it) || char.IsAsciiDigit(it) || it == '_')
                    ? value
                    : throw new ArgumentException(
                        $"'{value}' is no usable schema name: lower-case letters, digits and underscores only.",
                        nameof(value)
                    );
    } = "coordinator";
}
