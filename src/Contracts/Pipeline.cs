namespace EventPipeline.Contracts;

/// <summary>A named graph of stages, as data.</summary>
/// <param name="Stages">In an order in which every stage comes after those it needs.</param>
public sealed record Pipeline(string Name, int Version, IReadOnlyList<PipelineStage> Stages);

/// <summary>A stage's place in a pipeline.</summary>
/// <param name="Needs">Stages that must be settled before, whose outputs this one receives.</param>
/// <param name="ForEach">One of <paramref name="Needs"/>: this stage runs once for every item that it yielded. Null: once for the video.</param>
/// <param name="Optional">A permanent failure skips the stage instead of failing the job.</param>
/// <param name="MaximumAttempts">Attempts before a work item is dead-lettered.</param>
/// <param name="LeaseSeconds">See <see cref="WorkItem.LeaseSeconds"/>.</param>
/// <param name="BackoffSeconds">Wait before the second attempt; it doubles with every further one.</param>
public sealed record PipelineStage(
    string Name,
    IReadOnlyList<string> Needs,
    string? ForEach = null,
    bool Optional = false,
    int MaximumAttempts = 3,
    double LeaseSeconds = 30,
    double BackoffSeconds = 2
);

/// <summary>The pipelines that come with the product.</summary>
public static class Pipelines
{
    /// <summary>Lecture in; highlights, clips, subtitles and a storyboard out.</summary>
    public static readonly Pipeline LectureHighlights = new(
        "lecture-highlights",
        1,
        [
            new("probe", []),
            new("features", ["probe"]),
            new("layout", ["probe"], Optional: true),
            new("storyboard", ["probe"], Optional: true),
            new("transcribe", ["probe", "features"], ForEach: "features"),
            new("transcript", ["probe", "features", "transcribe"]),
            new("analyze", ["probe", "features", "transcript"]),
            new("select", ["probe", "features", "transcript", "analyze"]),
            new("compile", ["probe", "features", "layout", "transcript", "select"], ForEach: "select"),
        ]
    );

    /// <summary>One stage that answers with what it was given: to try a deployment, and the example of how to add a stage.</summary>
    public static readonly Pipeline DebugEcho = new("debug-echo", 1, [new("debug.echo", [])]);

    /// <summary>By name.</summary>
    public static readonly IReadOnlyDictionary<string, Pipeline> All = new[]
    {
        LectureHighlights,
        DebugEcho,
    }.ToDictionary(pipeline => pipeline.Name, StringComparer.Ordinal);
}
