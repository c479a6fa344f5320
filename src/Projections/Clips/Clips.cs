using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Clips;

/// <summary>A clip without what is JSON in its row and costs the most to read: what lists show.</summary>
/// <param name="StartErrorSeconds">Measured on the result.</param>
public record ClipHeader(
    Guid JobId,
    string Name,
    ClipVariant Variant,
    double Start,
    double End,
    double DurationSeconds,
    double StartErrorSeconds,
    bool BurnedSubtitles
);

/// <summary>A clip, its files, and where it came from.</summary>
/// <inheritdoc cref="ClipHeader" path="/param" />
/// <param name="Provenance">Null for clips whose event does not say.</param>
public sealed record ClipRow(
    Guid JobId,
    string Name,
    ClipVariant Variant,
    double Start,
    double End,
    double DurationSeconds,
    double StartErrorSeconds,
    bool BurnedSubtitles,
    ArtifactReference Video,
    ArtifactReference? Srt,
    ArtifactReference? Vtt,
    ArtifactReference? Thumbnail,
    Provenance? Provenance
) : ClipHeader(JobId, Name, Variant, Start, End, DurationSeconds, StartErrorSeconds, BurnedSubtitles);

internal static class ClipProjection
{
    public static readonly RowsPerEvent<ClipRow> Projection = new(
        new Table<ClipRow>(
            "clips",
            "job_id, name",
            row => (row.JobId, row.Name),
            """
            job_id uuid, name text, variant text, start double precision, "end" double precision, duration_seconds double precision,
            start_error_seconds double precision, burned_subtitles boolean, video jsonb, srt jsonb, vtt jsonb, thumbnail jsonb,
            provenance jsonb
            """
        ),
        @event => @event.Data is ClipProduced it ? [Row(@event, it)] : []
    );

    private static ClipRow Row(ProjectedEvent @event, ClipProduced it) =>
        new(
            @event.StreamId,
            it.Name,
            it.Variant,
            it.Start,
            it.End,
            it.DurationSeconds,
            it.StartErrorSeconds,
            it.BurnedSubtitles,
            it.Video,
            it.Srt,
            it.Vtt,
            it.Thumbnail,
            Provenance.Of(@event.Headers)
        );
}
