using System.Collections.Concurrent;
using EventPipeline.Contracts;
using EventPipeline.Coordinator.Relaying;
using EventPipeline.Coordinator.Watching;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Coordinator.Discarding;

/// <summary>Cleans up after jobs that ended and videos that were deleted: the bytes of a video that was rejected, what attempts stored that
/// nothing names, also each time when such an attempt tells its result after the end, and all of what was deleted.</summary>
internal sealed partial class EndedJobs(
    RejectedVideos rejectedVideos,
    DeletedVideos deletedVideos,
    AbandonedObjects abandonedObjects,
    OpenWork openWork,
    TimeProvider time,
    ILogger<EndedJobs> logger
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Few at once in a process, however many jobs end: they have time, and those that run need the database.</summary>
    private static readonly SemaphoreSlim Cleaning = new(2);

    /// <summary>Open jobs of which not every attempt succeeded, or that clean up after another one of their video. After the others there
    /// is nothing to clean up.</summary>
    private readonly ConcurrentDictionary<Guid, bool> troubled = [];

    /// <summary>Starts over with no open jobs.</summary>
    public void Reset() => troubled.Clear();

    /// <summary>Takes in an open job. What was left to it before is not known, so it is taken for troubled.</summary>
    public void Restore(Guid jobId) => troubled[jobId] = true;

    /// <summary>Takes in an event of a job, after the open work did; after the job's end, cleans up.</summary>
    public void Apply(Guid jobId, JobEvent @event, DeliveryLedger.Page page, CancellationToken cancellation)
    {
        switch (@event)
        {
            case LateOutcomeRefused when !openWork.IsOpen(jobId):
                CleanUp(jobId, @event, page, cancellation);
                break;
            case StageFailed or StageLost or StageSkipped or LateOutcomeRefused:
            // Attempts of before the end may store something yet, and never tell.
            case StageRedriven or StageRerun:
                troubled[jobId] = true;
                break;
            case JobFailed or JobCancelled:
                troubled.TryRemove(jobId, out _);
                CleanUp(jobId, @event, page, cancellation);
                break;
            case JobCompleted when troubled.TryRemove(jobId, out _):
                CleanUp(jobId, @event, page, cancellation);
                break;
        }
    }

    /// <summary>Takes in that a video was deleted, and removes it.</summary>
    /// <param name="started">Its jobs that were started in the same page.</param>
    public void Delete(
        Guid videoId,
        IReadOnlyList<Guid> started,
        DeliveryLedger.Page page,
        CancellationToken cancellation
    )
    {
        page.Expect();
        _ = Task.Run(
            async () =>
            {
                if (
                    await TryUntilDoneAsync(
                        videoId,
                        async () =>
                        {
                            await deletedVideos.RemoveAsync(videoId, started, cancellation);
                            return true;
                        },
                        cancellation
                    )
                )
                    page.Settle();
            },
            CancellationToken.None
        );
    }

    /// <summary>Begins, and settles its share of the page at the end, however often it has to try: after a crash the page comes again.</summary>
    private void CleanUp(Guid jobId, JobEvent why, DeliveryLedger.Page page, CancellationToken cancellation)
    {
        page.Expect();
        _ = Task.Run(() => CleanUpAsync(jobId, why, page, cancellation), CancellationToken.None);
    }

    private async Task CleanUpAsync(Guid jobId, JobEvent why, DeliveryLedger.Page page, CancellationToken cancellation)
    {
        var swept = new Swept();
        if (
            !await TryUntilDoneAsync(
                jobId,
                async () =>
                {
                    if (why is JobFailed { Kind: FailureKind.Rejected })
                        await rejectedVideos.DiscardAsync(jobId, cancellation);
                    swept = await abandonedObjects.SweepAsync(jobId, cancellation);
                    return IsTakenCareOf(swept);
                },
                cancellation
            )
        )
            return; // Not settled, so the page comes again.
        page.Settle();
        // Attempts that ran when the job ended store what they find all the same. Most tell their results, which brings us here again; those
        // whose nodes die do not.
        for (var again = 0; again < 2 && swept.RunningStill > TimeSpan.Zero; again++)
        {
            await Task.Delay(swept.RunningStill, time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryUntilDoneAsync(
                jobId,
                async () => IsTakenCareOf(await abandonedObjects.SweepAsync(jobId, cancellation)),
                cancellation
            );
        }
    }

    /// <summary>Whether nothing is left to do, or a job that runs does it at its end. If that one has ended meanwhile, or its start has not
    /// come through yet, it has to be looked at again.</summary>
    private bool IsTakenCareOf(Swept swept)
    {
        if (swept.LeftTo is not { } other)
            return true;
        troubled[other] = true;
        return openWork.IsOpen(other) || !troubled.TryRemove(other, out _);
    }

    private async Task<bool> TryUntilDoneAsync(Guid streamId, Func<Task<bool>> work, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await Cleaning.WaitAsync(cancellation);
                try
                {
                    if (await work())
                        return true;
                }
                finally
                {
                    Cleaning.Release();
                }
                await Task.Delay(Pause, time, cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogNotCleaned(e, streamId);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
        return false;
    }

    [LoggerMessage(LogLevel.Error, "What is left of {StreamId} could not be removed; it is tried again.")]
    private partial void LogNotCleaned(Exception e, Guid streamId);
}
