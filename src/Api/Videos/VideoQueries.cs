using EventPipeline.Api.Access;
using EventPipeline.Api.Reading;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Api.Videos;

/// <summary>The order of a list of videos.</summary>
public enum VideoOrder
{
    /// <summary>The video that was registered last comes first.</summary>
    NewestFirst,

    /// <summary>The video that was registered first comes first.</summary>
    OldestFirst,
}

/// <summary>Questions about videos.</summary>
[QueryType]
public static class VideoQuestions
{
    /// <summary>A video of the caller; null if there is none of that id, or not any more.</summary>
    /// <param name="waitFor">Positions that mutations gave: the answer reflects them.</param>
    public static async Task<Video?> GetVideoAsync(
        [ID<Video>] Guid id,
        Caller caller,
        ReadModels readModels,
        IDataLoader<Guid, VideoRow> videoById,
        IRequestContext context,
        [Cost(10)] IReadOnlyList<Position>? waitFor = null
    )
    {
        await readModels.ReflectAsync(waitFor, context);
        return await FindAsync(id, caller, videoById);
    }

    /// <summary>The caller's videos.</summary>
    /// <param name="text">Part of the file name, whatever its case.</param>
    /// <param name="order">What comes first.</param>
    /// <param name="waitFor">Positions that mutations gave: the answer reflects them.</param>
    [Cost(10)]
    public static async Task<Connection<Video>> GetVideosAsync(
        PagingArguments page,
        Caller caller,
        ReadModels readModels,
        IRequestContext context,
        CancellationToken cancellation,
        string? text = null,
        VideoOrder order = VideoOrder.NewestFirst,
        [Cost(10)] IReadOnlyList<Position>? waitFor = null
    )
    {
        await readModels.ReflectAsync(waitFor, context);
        return await page.ReadAsync<Video, TimeKey>(
            $"videos {order}",
            video => new TimeKey(video.RegisteredAt, video.Id),
            async keyset =>
            {
                var rows = await readModels.Videos.PageAsync(
                    caller.OwnerId,
                    text,
                    order == VideoOrder.NewestFirst,
                    keyset.Range(),
                    cancellation
                );
                return [.. rows.Select(row => new Video(row))];
            }
        );
    }

    /// <summary>Finds a video by its key.</summary>
    [NodeResolver]
    public static async Task<Video?> FindAsync(Guid id, Caller caller, IDataLoader<Guid, VideoRow> videoById) =>
        Visible(await videoById.LoadAsync(id), caller);

    /// <summary>A video, if it is there and the caller's.</summary>
    internal static Video? Visible(VideoRow? row, Caller caller) =>
        row is { DeletedAt: null } && caller.Owns(row.OwnerId) ? new Video(row) : null;

    /// <summary>One query for all videos that are asked for.</summary>
    [DataLoader]
    public static Task<IReadOnlyDictionary<Guid, VideoRow>> GetVideoByIdAsync(
        IReadOnlyList<Guid> ids,
        VideoQueries videos,
        CancellationToken cancellation
    ) => videos.FindAllAsync(ids, cancellation);
}
