using EventPipeline.Contracts;

namespace EventPipeline.Faults.Stages;

/// <summary>What jobs under faults run: synthetic stages, alone and beside cheap real ones. Leases and back-offs are short.</summary>
internal static class FaultPipelines
{
    /// <summary>Everything that succeeds in the end: a fan-out, a join, failures that pass, a large fact, clips.</summary>
    public static readonly Pipeline Work = Create(
        "faults.work",
        Stage("fan"),
        Stage("sleep", "fan") with
        {
            ForEach = "fan",
        },
        Stage("flaky", "fan") with
        {
            ForEach = "fan",
        },
        Stage("spin", "sleep", "flaky"),
        Stage("large", "spin"),
        Stage("clip", "fan", "large") with
        {
            ForEach = "fan",
        }
    );

    /// <summary>Real stages over a real, tiny video.</summary>
    public static readonly Pipeline Media = Create(
        "faults.media",
        Stage("probe"),
        Stage("debug.echo", "probe"),
        Stage("clip", "probe")
    );

    /// <summary>Fails for good while other work of the job runs.</summary>
    public static readonly Pipeline Poisoned = Create(
        "faults.poisoned",
        Stage("fan"),
        Stage("clip", "fan") with
        {
            ForEach = "fan",
        },
        Stage("sleep"),
        Stage("poison", "sleep")
    );

    /// <summary>Goes on without a stage that cannot be done.</summary>
    public static readonly Pipeline Skipping = Create(
        "faults.skipping",
        Stage("sleep"),
        Stage("poison", "sleep") with
        {
            Optional = true,
        },
        Stage("spin", "poison")
    );

    /// <summary>Runs out of attempts.</summary>
    public static readonly Pipeline Doomed = Create(
        "faults.doomed",
        Stage("doomed") with
        {
            MaximumAttempts = SyntheticStages.DoomedAttempts,
        }
    );

    /// <summary>A first attempt that outlives its lease, and one that never returns.</summary>
    public static readonly Pipeline Slow = Create(
        "faults.slow",
        Stage("overdue") with
        {
            LeaseSeconds = 0.7,
        },
        Stage("endless")
    );

    /// <summary>Over a file that is no video: the probe rejects it.</summary>
    public static readonly Pipeline Rejected = Create("faults.rejected", Stage("probe"), Stage("clip", "probe"));

    public static readonly IReadOnlyList<Pipeline> All = [Work, Media, Poisoned, Skipping, Doomed, Slow, Rejected];

    /// <summary>The stages of all of them.</summary>
    public static readonly IReadOnlyList<string> StageNames =
    [
        .. All.SelectMany(pipeline => pipeline.Stages).Select(stage => stage.Name).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>What a node of processors runs: two thirds of the stages, so that every stage has two nodes, and no node has all.</summary>
    public static IEnumerable<string> StagesOf(int node) => StageNames.Where((_, index) => index % 3 != node);

    private static Pipeline Create(string name, params PipelineStage[] stages) => new(name, 1, stages);

    private static PipelineStage Stage(string name, params string[] needs) =>
        new(name, needs, MaximumAttempts: 12, LeaseSeconds: 3, BackoffSeconds: 0.3);
}
