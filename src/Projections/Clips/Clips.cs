using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Clips;

/// <summary>A clip, and where it came from.</summary>
/// <param name="StartErrorSeconds">Measured on the result.</param>
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
);

/// <summary>How something was made.</summary>
/// <param name="ModelId">Engine and model.</param>
/// <param name="OutputHash">Of the attempt's output document.</param>
public sealed record Provenance(
    string Stage,
    string Item,
    string StageVersion,
    int Attempt,
    string? ModelId,
    string? WeightsVersion,
    string InputHash,
    string? OutputHash,
    string WorkerId
)
{
    internal static Provenance? Of(EventHeaders headers) =>
        headers.Metering is { } it
            ? new Provenance(
                it.Stage,
                it.Item,
                it.StageVersion,
                it.Attempt,
                it.ModelId,
                it.WeightsVersion,
                it.InputHash,
                it.OutputHash,
                it.WorkerId
            )
            : null;
}

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
