using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Segments;

/// <summary>A stretch about one topic.</summary>
/// <param name="Number">From 1, in the order of the timeline.</param>
/// <param name="Method">Algorithm or model that found it.</param>
/// <param name="Signals">What that rested on.</param>
public sealed record SegmentRow(
    Guid JobId,
    int Number,
    double Start,
    double End,
    string Topic,
    IReadOnlyList<string> Keywords,
    double Importance,
    IReadOnlyDictionary<string, double> Measures,
    string Method,
    IReadOnlyList<string> Signals
);

internal static class SegmentProjection
{
    public static readonly RowsPerEvent<SegmentRow> Projection = new(
        new Table<SegmentRow>(
            "segments",
            "job_id, number",
            row => (row.JobId, row.Number),
            """
            job_id uuid, number integer, start double precision, "end" double precision, topic text, keywords jsonb,
            importance double precision, measures jsonb, method text, signals jsonb
            """
        ),
        @event => @event.Data is SegmentsAnalyzed it ? RowsOf(@event.StreamId, it) : []
    );

    private static IEnumerable<SegmentRow> RowsOf(Guid jobId, SegmentsAnalyzed it) =>
        it.Segments.Select(
            (segment, index) =>
                new SegmentRow(
                    jobId,
                    index + 1,
                    segment.Start,
                    segment.End,
                    segment.Topic,
                    segment.Keywords,
                    segment.Importance,
                    segment.Measures,
                    it.Method,
                    it.Signals
                )
        );
}
