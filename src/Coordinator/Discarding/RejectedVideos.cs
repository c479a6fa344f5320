using EventPipeline.Contracts;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.Objects;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Coordinator.Discarding;

/// <summary>Removes the bytes of a video that a job rejected, unless another job needs them: bad input leaves nothing behind.</summary>
internal sealed partial class RejectedVideos(
    EventLog log,
    Commands commands,
    JobTable jobs,
    IObjectStore objects,
    ILogger<RejectedVideos> logger
)
{
    public async Task DiscardAsync(Guid jobId, CancellationToken cancellation)
    {
        var events = await log.LoadAsync(jobId, cancellation);
        var videoId = EventCodec.Fold(JobAt.Unknown, events).Job.Started!.VideoId;
        var video = await log.LoadAsync(videoId, cancellation);
        var registered = Last<VideoRegistered>(video);
        var failed = Last<JobFailed>(events)!.Value;
        // A video that was uploaded anew since has another chance. Places in the log say so, because clocks may have been set.
        if (registered is null || registered.Value.Position > failed.Position)
            return;
        if (await jobs.IsNeededByOthersAsync(videoId, jobId, cancellation))
            return;
        await commands.HandleAsync(
            videoId,
            new DiscardVideo(jobId, failed.Event.Reason),
            new Origin("coordinator"),
            cancellation
        );
        await objects.DeleteAsync(registered.Value.Event.Source.Key, cancellation);
        LogDiscarded(videoId, jobId);
    }

    private static (Position Position, T Event)? Last<T>(IReadOnlyList<StoredEvent> stream)
        where T : Event
    {
        foreach (var stored in stream.Reverse())
        {
            if (EventTypes.Read(stored.Type, stored.Data.Span) is T @event)
                return (stored.Position, @event);
        }
        return null;
    }

    [LoggerMessage(LogLevel.Information, "Video {VideoId} was discarded: job {JobId} rejected it.")]
    private partial void LogDiscarded(Guid videoId, Guid jobId);
}
