using EventPipeline.Contracts;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;

namespace EventPipeline.Coordinator.Discarding;

/// <summary>Ends what goes on with a video that was deleted, and removes what is stored of it. What attempts store that run on is removed when
/// their cancelled job is cleaned up after.</summary>
internal sealed class DeletedVideos(Commands commands, JobTable jobs, AbandonedObjects objects)
{
    /// <summary>The name of the event that says so.</summary>
    public static readonly string Event = EventTypes.NameOf(typeof(VideoDeleted));

    /// <param name="started">Jobs of it that may not stand in the table yet.</param>
    public async Task RemoveAsync(Guid videoId, IReadOnlyList<Guid> started, CancellationToken cancellation)
    {
        var video = (await commands.LoadVideoAsync(videoId, cancellation)).Video;
        // One that was uploaded anew since is another one.
        if (video.Deleted is not { } deleted)
            return;
        foreach (var jobId in started.Union(await jobs.ReadOfVideoAsync(videoId, cancellation)))
        {
            // Refused if it has ended.
            await commands.CancelJobAsync(
                jobId,
                deleted.DeletedBy,
                $"The video was deleted: {deleted.Reason}",
                cancellation
            );
        }
        await objects.SweepAsync(videoId, started, cancellation);
    }
}
