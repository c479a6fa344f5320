using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Scenes;

/// <summary>A scene, and the change of picture that it begins with.</summary>
/// <param name="Number">From 1, in the order of the timeline.</param>
/// <param name="CutKind">Null where no cut begins it: the first one.</param>
public sealed record SceneRow(
    Guid JobId,
    int Number,
    double Start,
    double End,
    SceneCutKind? CutKind,
    double? CutScore
);

internal static class SceneProjection
{
    private const double SameTimeSeconds = 0.001;

    public static readonly RowsPerEvent<SceneRow> Projection = new(
        new Table<SceneRow>(
            "scenes",
            "job_id, number",
            row => (row.JobId, row.Number),
            """
            job_id uuid, number integer, start double precision, "end" double precision, cut_kind text, cut_score double precision
            """
        ),
        @event => @event.Data is ScenesDetected it ? RowsOf(@event.StreamId, it) : []
    );

    private static IEnumerable<SceneRow> RowsOf(Guid jobId, ScenesDetected it) =>
        it.Scenes.Select(
            (scene, index) =>
            {
                var cut = it.Cuts.FirstOrDefault(cut => Math.Abs(cut.Time - scene.Start) < SameTimeSeconds);
                return new SceneRow(jobId, index + 1, scene.Start, scene.End, cut?.Kind, cut?.Score);
            }
        );
}
