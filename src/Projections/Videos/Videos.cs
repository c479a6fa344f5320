using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Videos;

/// <summary>A video.</summary>
/// <param name="DiscardedReason">Why its bytes were removed; null while they are there.</param>
public sealed record VideoRow(
    Guid Id,
    long Version,
    string OwnerId,
    string FileName,
    ArtifactReference Source,
    string RegisteredBy,
    DateTimeOffset RegisteredAt,
    string? DiscardedReason,
    DateTimeOffset? DiscardedAt
) : IStreamRow;

internal static class VideoProjection
{
    public static RowPerStream<VideoRow> Create() =>
        new(
            new Table<VideoRow>(
                "videos",
                "id",
                row => row.Id,
                """
                id uuid, version bigint, owner_id text, file_name text, source jsonb, registered_by text, registered_at timestamptz,
                discarded_reason text, discarded_at timestamptz
                """,
                "(owner_id, registered_at desc, id desc)"
            ),
            @event => @event.Data is VideoEvent,
            Evolve
        );

    internal static VideoRow Evolve(VideoRow? video, ProjectedEvent @event) =>
        @event.Data switch
        {
            VideoRegistered it => new VideoRow(
                it.VideoId,
                @event.Version,
                it.OwnerId,
                it.FileName,
                it.Source,
                it.RegisteredBy,
                it.RegisteredAt,
                null,
                null
            ),
            VideoDiscarded it => Known(video, @event) with
            {
                Version = @event.Version,
                DiscardedReason = it.Reason,
                DiscardedAt = it.DiscardedAt,
            },
            _ => Known(video, @event) with { Version = @event.Version },
        };

    private static VideoRow Known(VideoRow? video, ProjectedEvent @event) =>
        video
        ?? throw new InvalidOperationException(
            $"The stream of video {@event.StreamId} does not begin with its registration."
        );
}
