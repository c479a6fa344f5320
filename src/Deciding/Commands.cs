using EventPipeline.Contracts;
using EventPipeline.Domain;
using EventPipeline.Domain.Jobs;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;

namespace EventPipeline.Deciding;

/// <summary>What became of a command.</summary>
/// <param name="Refusal">Why nothing was written; null if the command was accepted, also if there was nothing left to do.</param>
/// <param name="Position">Of the last event of the stream now: a read model that reached it shows what the command did.</param>
public sealed record CommandResult(Refusal? Refusal, Position Position);

/// <summary>Commands of people: load, decide, append, and again if somebody else was faster.</summary>
public sealed class Commands(EventLog log, TimeProvider time)
{
    /// <summary>Videos are not large, and jobs are mostly started over one that was uploaded a moment ago.</summary>
    private const int SeenVideos = 1_000;

    private static readonly string VideoDeleted = EventTypes.NameOf(typeof(VideoDeleted));

    private readonly RecentlyUsed<VideoAt> seenVideos = new(SeenVideos);

    /// <summary>Records a video whose bytes are in the object store.</summary>
    public Task<CommandResult> RegisterVideoAsync(
        RegisterVideo command,
        CancellationToken cancellation,
        string? traceParent = null
    ) => HandleAsync(command.VideoId, command, new Origin(command.RegisteredBy, null, traceParent), cancellation);

    /// <summary>Deletes a video: at once no job can be started over it, and soon the coordinator has cancelled those that run and removed
    /// everything that is stored of it.</summary>
    public Task<CommandResult> DeleteVideoAsync(
        Guid videoId,
        string deletedBy,
        string reason,
        CancellationToken cancellation
    ) => HandleAsync(videoId, new DeleteVideo(deletedBy, reason), new Origin(deletedBy), cancellation);

    /// <summary>Starts a job over a registered video, in one round trip if the video was seen before. Whoever deletes the video meanwhile waits
    /// until the job is written: none is started over a video that is gone.</summary>
    /// <param name="owner">Whose video it has to be; null if that does not matter.</param>
    public async Task<CommandResult> StartJobAsync(
        Guid jobId,
        Guid videoId,
        Pipeline pipeline,
        JobOptions options,
        JobPriority priority,
        string startedBy,
        CancellationToken cancellation,
        string? traceParent = null,
        string? owner = null
    )
    {
        // A job that is started is new nearly always, and its video is what it was when it was seen last; if not, the version check tells.
        for (var isNew = true; ; isNew = false)
        {
            var video =
                isNew && seenVideos.TryGet(videoId, out var seen) ? seen : await LoadVideoAsync(videoId, cancellation);
            var job = isNew ? JobAt.Unknown : await LoadJobAsync(jobId, cancellation);
            if (video.Video.Registered is not { } registered || (owner is not null && registered.OwnerId != owner))
                return new CommandResult(new VideoMissing("There is no such video."), video.Position);
            if (Unusable(video.Video) is { } unusable)
                return new CommandResult(unusable, video.Position);
            var now = time.GetUtcNow();
            var decision = JobDecider.Decide(
                job.Job,
                new StartJob(
                    jobId,
                    videoId,
                    registered.OwnerId,
                    pipeline,
                    options,
                    priority,
                    registered.Source,
                    startedBy
                ),
                now
            );
            if (decision.Events.Count == 0 && !isNew)
                return new CommandResult(decision.Refusal, job.Position);
            var events = EventCodec.Write(decision.Events, jobId, new Origin(startedBy, null, traceParent), now);
            if (
                decision.Events.Count > 0
                && await TryAppendAsync(jobId, job, events, videoId, video, cancellation) is { } position
            )
                return new CommandResult(null, position);
        }
    }

    /// <summary>Calls a job off.</summary>
    public Task<CommandResult> CancelJobAsync(
        Guid jobId,
        string cancelledBy,
        string reason,
        CancellationToken cancellation
    ) => HandleAsync(jobId, new CancelJob(cancelledBy, reason), new Origin(cancelledBy), cancellation);

    /// <summary>Tries failed work again.</summary>
    public Task<CommandResult> RedriveStageAsync(
        Guid jobId,
        string stage,
        string item,
        string redrivenBy,
        CancellationToken cancellation
    ) => HandleAsync(jobId, new RedriveStage(stage, item, redrivenBy), new Origin(redrivenBy), cancellation);

    /// <summary>Runs a stage of a job that has ended again, and all that depend on it.</summary>
    /// <param name="reason">Why; null if nobody said.</param>
    public async Task<CommandResult> RerunStageAsync(
        Guid jobId,
        string stage,
        string rerunBy,
        string? reason,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var stream = await log.LoadAsync(jobId, cancellation);
            var job = EventCodec.Fold(JobAt.Unknown, stream);
            if (job.Job.Started is not { VideoId: var videoId })
                return new CommandResult(new JobMissing(), job.Position);
            var ofVideo = await log.LoadAsync(videoId, cancellation);
            var video = At(ofVideo);
            if (Unusable(video.Video) is { } unusable)
                return new CommandResult(unusable, job.Position);
            // Places in the log say what came first, because clocks may have been set.
            if (ofVideo.Any(it => it.Type == VideoDeleted && it.Position > stream[0].Position))
                return new CommandResult(
                    new VideoMissing(
                        "The video was deleted after this job, and all that it had found. Start a new job."
                    ),
                    job.Position
                );
            var now = time.GetUtcNow();
            var decision = JobDecider.Decide(job.Job, new RerunStage(stage, rerunBy, reason), now);
            if (decision.Events.Count == 0)
                return new CommandResult(decision.Refusal, job.Position);
            var events = EventCodec.Write(decision.Events, jobId, new Origin(rerunBy), now);
            if (await TryAppendAsync(jobId, job, events, videoId, video, cancellation) is { } position)
                return new CommandResult(null, position);
        }
    }

    internal async Task<CommandResult> HandleAsync(
        Guid videoId,
        VideoCommand command,
        Origin origin,
        CancellationToken cancellation
    )
    {
        // A video that is registered is new nearly always; if it is not, the version check tells.
        for (var isNew = command is RegisterVideo; ; isNew = false)
        {
            var at = isNew ? VideoAt.Unknown : await LoadVideoAsync(videoId, cancellation);
            var now = time.GetUtcNow();
            var decision = Video.Decide(at.Video, command, now);
            if (decision.Events.Count == 0)
                return new CommandResult(decision.Refusal, at.Position);
            NewEvent[] events = [.. EventCodec.Write(decision.Events, videoId, origin, now)];
            try
            {
                var append = new StreamAppend(videoId, EventCodec.VideoStream, at.Version, events);
                var stored = await log.AppendAsync([append], cancellation, notify: true);
                var after = decision.Events.Aggregate(at.Video, Video.Evolve);
                See(videoId, new VideoAt(after, stored[^1].Version, stored[^1].Position));
                return new CommandResult(null, stored[^1].Position);
            }
            catch (ConcurrencyException)
            {
                // Somebody else was faster: load and decide again.
            }
        }
    }

    internal async Task<VideoAt> LoadVideoAsync(Guid videoId, CancellationToken cancellation)
    {
        var video = At(await log.LoadAsync(videoId, cancellation));
        See(videoId, video);
        return video;
    }

    private static VideoAt At(IReadOnlyList<StoredEvent> stream) =>
        stream.Count == 0
            ? VideoAt.Unknown
            : new VideoAt(EventCodec.FoldVideo(stream), stream[^1].Version, stream[^1].Position);

    private static VideoMissing? Unusable(Video video) =>
        video switch
        {
            { Deleted: not null } => new VideoMissing("The video was deleted. Upload it again."),
            { Discarded: { } discarded } => new VideoMissing(
                $"The video was removed: {discarded.Reason} Upload it again."
            ),
            _ => null,
        };

    private void See(Guid videoId, VideoAt video)
    {
        if (video.Video.IsUsable)
            seenVideos.Set(videoId, video);
        else
            seenVideos.Remove(videoId);
    }

    private async Task<JobAt> LoadJobAsync(Guid jobId, CancellationToken cancellation) =>
        EventCodec.Fold(JobAt.Unknown, await log.LoadAsync(jobId, cancellation));

    /// <summary>Appends to a job what was decided on it and its video.</summary>
    /// <returns>Of the last event; null if one of both has changed meanwhile.</returns>
    private async Task<Position?> TryAppendAsync(
        Guid jobId,
        JobAt job,
        IEnumerable<NewEvent> events,
        Guid videoId,
        VideoAt video,
        CancellationToken cancellation
    )
    {
        var append = new StreamAppend(
            jobId,
            EventCodec.JobStream,
            job.Version,
            [.. events],
            new StreamVersion(videoId, video.Version)
        );
        try
        {
            return (await log.AppendAsync([append], cancellation, notify: true))[^1].Position;
        }
        catch (ConcurrencyException)
        {
            return null;
        }
    }

    private async Task<CommandResult> HandleAsync(
        Guid jobId,
        JobCommand command,
        Origin origin,
        CancellationToken cancellation
    )
    {
        var answers = await new JobDecisions(log, time).DecideAsync(
            [new JobRequest(jobId, command, origin)],
            cancellation,
            notify: true
        );
        return new CommandResult(answers[0].Refusal, answers[0].Position);
    }
}
