using System.Runtime.CompilerServices;
using EventPipeline.Api.Access;
using EventPipeline.Api.Live;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.Projections;

namespace EventPipeline.Api.Videos;

/// <summary>Something that happened to a video, as it happens.</summary>
[GraphQLName("VideoEvent")]
public sealed class VideoNewsItem
{
    private readonly LoggedEvent logged;

    internal VideoNewsItem(StoredEvent stored) => logged = new LoggedEvent(stored);

    /// <summary>Where it stands in the log: given as `after`, the subscription goes on behind it.</summary>
    public Position Position => logged.Stored.Position;

    /// <summary>The video.</summary>
    [ID<Video>]
    public Guid VideoId => logged.Stored.StreamId;

    /// <summary>Its number among the events of the video, from 1.</summary>
    public long Version => logged.Stored.Version;

    /// <summary>When it happened.</summary>
    public DateTimeOffset At => logged.Stored.Timestamp;

    /// <summary>What kind of event it is, such as `video_registered`.</summary>
    public string Type => logged.Type;

    /// <summary>Who or what did it.</summary>
    public string Actor => logged.Actor;

    /// <summary>What happened, as a sentence.</summary>
    public string Sentence => logged.Sentence;
}

/// <summary>The video of an event.</summary>
[ExtendObjectType<VideoNewsItem>]
public static class VideoNewsFields
{
    /// <summary>The video as it was with this event.</summary>
    public static async Task<Video> GetVideoAsync(
        [Parent] VideoNewsItem item,
        ReadModels readModels,
        CancellationToken cancellation
    ) =>
        Video.Of(await readModels.History.FindVideoAsync(item.VideoId, item.Position, null, cancellation))
        ?? throw new InvalidOperationException($"Video {item.VideoId} has events and no beginning.");
}

/// <summary>What happens to videos, from any position on and then as it happens: nothing is missed, and nothing comes twice.</summary>
[SubscriptionType]
public static class VideoNews
{
    /// <summary>What happens to a video, or to all videos of the caller.</summary>
    /// <param name="videoId">The video; null for all.</param>
    /// <param name="after">Only what happened behind this position. Null: all that happened to the video, or, for all videos, what happens
    /// from now on.</param>
    public static async IAsyncEnumerable<VideoNewsItem> VideoEventsAsync(
        Caller caller,
        OwnedEvents events,
        [EnumeratorCancellation] CancellationToken cancellation,
        [ID<Video>] Guid? videoId = null,
        Position? after = null
    )
    {
        var pages = videoId is { } id
            ? events.OfVideoAsync(id, caller, after ?? Position.Start, cancellation)
            : events.OfVideosAsync(caller, after, cancellation);
        await foreach (var page in pages)
        {
            foreach (var stored in page)
                yield return new VideoNewsItem(stored);
        }
    }
}
