using EventPipeline.Contracts;
using EventPipeline.Faults.Stages;

namespace EventPipeline.Faults.Schedule;

/// <summary>A job of a seed.</summary>
/// <param name="At">Seconds after the first one.</param>
internal sealed record PlannedJob(double At, Pipeline Pipeline, int Highlights);

/// <summary>The jobs of a seed: one of every pipeline, and some more, in an order of its own.</summary>
internal static class Workload
{
    private const int More = 3;

    /// <summary>Every stage once.</summary>
    public static readonly IReadOnlyList<PlannedJob> WarmUp =
    [
        .. FaultPipelines.All.Select(pipeline => new PlannedJob(0, pipeline, 1)),
    ];

    public static IReadOnlyList<PlannedJob> Of(int seed)
    {
        var random = new Random(seed ^ 0x5EED);
        Pipeline[] pipelines =
        [
            .. FaultPipelines.All,
            .. Enumerable.Range(0, More).Select(_ => FaultPipelines.All[random.Next(FaultPipelines.All.Count)]),
        ];
        random.Shuffle(pipelines);
        return
        [
            .. pipelines.Select(
                (pipeline, index) => new PlannedJob(Math.Round(index * 0.25, 2), pipeline, random.Next(1, 6))
            ),
        ];
    }
}
