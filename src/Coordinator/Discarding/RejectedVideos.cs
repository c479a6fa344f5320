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
    public async Task DiscardAsync(Guid jobId, JobFailed failed, CancellationToken cancellation)
    {
        var job = EventCodec.Fold(JobAt.Unknown, await log.LoadAsync(jobId, cancellation)).Job;
        var videoId = job.Started!.VideoId;
        var (video, _, _) = await commands.LoadVideoAsync(videoId, cancellation);
        // A video that was uploaded anew since has another chance.
        if (video.Registered is not { } registered || registered.RegisteredAt > failed.FailedAt)
            return;
        if (await jobs.IsNeededByOthersAsync(videoId, jobId, cancellation))
            return;
        await commands.HandleAsync(
            videoId,
            new DiscardVideo(jobId, failed.Reason),
            new Origin("coordinator"),
            cancellation
        );
        await objects.DeleteAsync(registered.Source.Key, cancellation);
        LogDiscarded(videoId, jobId);
    }

    [LoggerMessage(LogLevel.Information, "Video {VideoId} was discarded: job {JobId} rejected it.")]
    private partial void LogDiscarded(Guid videoId, Guid jobId);
}
