using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Highlights;

/// <summary>A chosen highlight.</summary>
/// <param name="Name">The clip's name too.</param>
/// <param name="Contributions">What each measure added to the score.</param>
public sealed record HighlightRow(
    Guid JobId,
    string Name,
    double Start,
    double End,
    string Title,
    double Score,
    string Reason,
    IReadOnlyDictionary<string, double> Contributions,
    string WeightsVersion,
    IReadOnlyList<string> Signals
);

/// <summary>A stretch that no clip shows, and why.</summary>
/// <param name="Number">From 1, in the order of the timeline.</param>
public sealed record RemovedRow(Guid JobId, int Number, double Start, double End, string Reason);

internal static class HighlightProjection
{
    public static readonly RowsPerEvent<HighlightRow> Highlights = new(
        new Table<HighlightRow>(
            "highlights",
            "job_id, name",
            row => (row.JobId, row.Name),
            """
            job_id uuid, name text, start double precision, "end" double precision, title text, score double precision, reason text,
            contributions jsonb, weights_version text, signals jsonb
            """
        ),
        @event => @event.Data is HighlightsSelected it ? it.Highlights.Select(one => Row(@event.StreamId, it, one)) : []
    );

    public static readonly RowsPerEvent<RemovedRow> Removed = new(
        new Table<RemovedRow>(
            "removed",
            "job_id, number",
            row => (row.JobId, row.Number),
            """
            job_id uuid, number integer, start double precision, "end" double precision, reason text
            """
        ),
        @event =>
            @event.Data is HighlightsSelected it
                ? it.Removed.Select(
                    (region, index) =>
                        new RemovedRow(@event.StreamId, index + 1, region.Start, region.End, region.Reason)
                )
                : []
    );

    private static HighlightRow Row(Guid jobId, HighlightsSelected it, Highlight one) =>
        new(
            jobId,
            one.Name,
            one.Start,
            one.End,
            one.Title,
            one.Score,
            one.Reason,
            one.Contributions,
            it.WeightsVersion,
            it.Signals
        );
}
