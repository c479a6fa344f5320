using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Silences;

/// <summary>A stretch without sound.</summary>
/// <param name="Number">From 1, in the order of the timeline.</param>
public sealed record SilenceRow(Guid JobId, int Number, double Start, double End);

internal static class SilenceProjection
{
    public static readonly RowsPerEvent<SilenceRow> Projection = new(
        new Table<SilenceRow>(
            "silences",
            "job_id, number",
            row => (row.JobId, row.Number),
            """
            job_id uuid, number integer, start double precision, "end" double precision
            """
        ),
        @event =>
            @event.Data is SilencesDetected it
                ? it.Regions.Select(
                    (region, index) => new SilenceRow(@event.StreamId, index + 1, region.Start, region.End)
                )
                : []
    );
}
