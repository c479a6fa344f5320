using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.Projections;

namespace EventPipeline.Host.Processing;

/// <summary>How a file became a job.</summary>
internal enum SubmissionKind
{
    /// <summary>A new job was started.</summary>
    Started,

    /// <summary>A job over the same bytes was still open, and goes on.</summary>
    Resumed,

    /// <summary>A job over the same bytes has completed.</summary>
    Found,
}

internal sealed record SubmittedJob(Guid JobId, Guid VideoId, SubmissionKind Kind);

/// <summary>Turns a file into a job: stores its bytes, registers the video, starts the pipeline. The same bytes with the same
/// pipeline and options are the same job, unless a new one is asked for.</summary>
internal sealed class Submission(
    EventLog log,
    ReadModels readModels,
    IObjectStore objects,
    Commands commands,
    TimeProvider time
)
{
    /// <summary>The one owner of an installation without accounts.</summary>
    public const string LocalOwner = "local";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<(SubmittedJob? Job, Refusal? Refusal)> SubmitAsync(
        AdmittedFile file,
        Pipeline pipeline,
        JobOptions options,
        JobPriority priority,
        bool again,
        CancellationToken cancellation
    )
    {
        var videoId = Identifiers.Video(LocalOwner, file.Sha256);
        if (!again && await FindAsync(videoId, pipeline, options, cancellation) is { } known)
            return (known, null);

        var key = ObjectKeys.Source(videoId, file.Extension);
        var contentType = "application/octet-stream";
        if (await objects.FindAsync(key, cancellation) is not { } stored || stored.ByteCount != file.ByteCount)
            await objects.PutAsync(key, file.Path, contentType, cancellation);
        var source = new ArtifactReference(key, file.Sha256, file.ByteCount, contentType);
        var actor = $"user:{LocalOwner}";
        var registered = await commands.RegisterVideoAsync(
            new RegisterVideo(videoId, LocalOwner, file.Name, source, actor),
            cancellation
        );
        if (registered.Refusal is { } notRegistered)
            return (null, notRegistered);
        var jobId = Guid.CreateVersion7(time.GetUtcNow());
        var started = await commands.StartJobAsync(jobId, videoId, pipeline, options, priority, actor, cancellation);
        return started.Refusal is { } notStarted
            ? (null, notStarted)
            : (new SubmittedJob(jobId, videoId, SubmissionKind.Started), null);
    }

    /// <summary>Waits until the bytes of a rejected video are gone from the store; the coordinator removes them.</summary>
    public async Task SourceIsGoneAsync(Guid videoId, TimeSpan patience, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < patience)
        {
            var stream = await log.LoadAsync(videoId, cancellation);
            if (stream is [.., { Type: var last }] && last == EventTypes.NameOf(typeof(VideoDiscarded)))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellation);
        }
    }

    private async Task<SubmittedJob?> FindAsync(
        Guid videoId,
        Pipeline pipeline,
        JobOptions options,
        CancellationToken cancellation
    )
    {
        await readModels.WaitForAsync(await log.EndAsync(cancellation), Patience, cancellation);
        // What was found before the video was deleted and uploaded again is gone.
        if (await readModels.Videos.FindAsync(videoId, cancellation) is not { DeletedAt: null } video)
            return null;
        var open = await readModels.Jobs.FindOpenAsync(videoId, pipeline.Name, cancellation);
        if (open?.Options == options)
            return new SubmittedJob(open.Id, videoId, SubmissionKind.Resumed);
        var completed = await readModels.Jobs.FindNewestCompletedAsync(videoId, pipeline.Name, cancellation);
        return
            completed?.Options == options
            && completed.PipelineVersion == pipeline.Version
            && completed.StartedAt >= video.RegisteredAt
            ? new SubmittedJob(completed.Id, videoId, SubmissionKind.Found)
            : null;
    }
}
