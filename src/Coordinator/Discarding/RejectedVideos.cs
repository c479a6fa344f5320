using EventPipeline.Contracts;
using EventPipeline.Coordinator.Deciding;
using EventPipeline.Coordinator.Relaying;
using EventPipeline.Coordinator.Watching;
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
    TimeProvider time,
    ILogger<RejectedVideos> logger
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Begins, and settles its share of the page at the end, however often it has to try: after a crash the page comes again.</summary>
    public void Discard(Guid jobId, JobFailed failed, DeliveryLedger.Page page, CancellationToken cancellation)
    {
        page.Expect();
        _ = Task.Run(() => TryUntilDoneAsync(jobId, failed, page, cancellation), CancellationToken.None);
    }

    private async Task TryUntilDoneAsync(
        Guid jobId,
        JobFailed failed,
        DeliveryLedger.Page page,
        CancellationToken cancellation
    )
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await DiscardAsync(jobId, failed, cancellation);
                page.Settle();
                return;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogNotDiscarded(e, jobId);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return; // Not settled, so the page comes again.
            }
        }
    }

    internal async Task DiscardAsync(Guid jobId, JobFailed failed, CancellationToken cancellation)
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

    [LoggerMessage(LogLevel.Error, "The video that job {JobId} rejected could not be removed; it is tried again.")]
    private partial void LogNotDiscarded(Exception e, Guid jobId);
}
