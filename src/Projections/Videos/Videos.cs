using EventPipeline.Contracts;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Videos;

/// <summary>A video.</summary>
/// <param name="DiscardedReason">Why a job removed its bytes; null if none did.</param>
/// <param name="DeletedAt">When somebody deleted it; null if nobody did.</param>
public sealed record VideoRow(
    Guid Id,
    long Version,
    string OwnerId,
    string FileName,
    ArtifactReference Source,
    string RegisteredBy,
    DateTimeOffset RegisteredAt,
    string? DiscardedReason,
    DateTimeOffset? DiscardedAt,
    DateTimeOffset? DeletedAt
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
                discarded_reason text, discarded_at timestamptz, deleted_at timestamptz
                """,
                "(owner_id, registered_at desc, id desc)"
            )
            {
                Added = "deleted_at timestamptz",
            },
            @event => @event.Data is VideoEvent,
            Evolve,
            isKept: _ => false
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
                null,
                null
            ),
            VideoDiscarded it => Known(video, @event) with
            {
                Version = @event.Version,
                DiscardedReason = it.Reason,
                DiscardedAt = it.DiscardedAt,
            },
            VideoDeleted it => Known(video, @event) with { Version = @event.Version, DeletedAt = it.DeletedAt },
            _ => Known(video, @event) with { Version = @event.Version },
        };

    private static VideoRow Known(VideoRow? video, ProjectedEvent @event) =>
        video
        ?? throw new InvalidOperationException(
            $"The stream of video {@event.StreamId} does not begin with its registration."
        );
}
