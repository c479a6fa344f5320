using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Storyboards;

/// <summary>A job's pictures to scrub by. There is no row if the stage was skipped.</summary>
/// <param name="Sprite">All thumbnails on one sheet; null without video.</param>
/// <param name="SpriteVtt">Maps times to boxes of the sheet, which it names by the last part of the sheet's key.</param>
/// <param name="Waveform">Null without audio.</param>
/// <param name="Provenance">Null for storyboards whose event does not say.</param>
public sealed record StoryboardRow(
    Guid JobId,
    IReadOnlyList<Thumbnail> Thumbnails,
    ArtifactReference? Sprite,
    ArtifactReference? SpriteVtt,
    ArtifactReference? Waveform,
    Provenance? Provenance
);

internal static class StoryboardProjection
{
    public static readonly RowsPerEvent<StoryboardRow> Projection = new(
        new Table<StoryboardRow>(
            "storyboards",
            "job_id",
            row => row.JobId,
            "job_id uuid, thumbnails jsonb, sprite jsonb, sprite_vtt jsonb, waveform jsonb, provenance jsonb"
        ),
        @event => @event.Data is StoryboardProduced it ? [Row(@event, it)] : []
    );

    private static StoryboardRow Row(ProjectedEvent @event, StoryboardProduced it) =>
        new(@event.StreamId, it.Thumbnails, it.Sprite, it.SpriteVtt, it.Waveform, Provenance.Of(@event.Headers));
}
