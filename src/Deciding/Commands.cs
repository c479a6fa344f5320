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
    private static readonly string VideoDeleted = EventTypes.NameOf(typeof(VideoDeleted));

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

    /// <summary>Starts a job over a registered video.</summary>
    public async Task<CommandResult> StartJobAsync(
        Guid jobId,
        Guid videoId,
        Pipeline pipeline,
        JobOptions options,
        JobPriority priority,
        string startedBy,
        CancellationToken cancellation,
        string? traceParent = null
    )
    {
        var (video, _, position) = await LoadVideoAsync(videoId, cancellation);
        if (video is not { IsUsable: true, Registered: { } registered })
            return new CommandResult(Missing(video), position);
        return await HandleAsync(
            jobId,
            new StartJob(jobId, videoId, registered.OwnerId, pipeline, options, priority, registered.Source, startedBy),
            new Origin(startedBy, null, traceParent),
            cancellation
        );
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
        var events = await log.LoadAsync(jobId, cancellation);
        if (EventCodec.Fold(JobAt.Unknown, events).Job.Started is { VideoId: var videoId })
        {
            var ofVideo = await log.LoadAsync(videoId, cancellation);
            if (EventCodec.FoldVideo(ofVideo) is { IsUsable: false } video)
                return new CommandResult(Missing(video), events[^1].Position);
            // Places in the log say what came first, because clocks may have been set.
            if (ofVideo.Any(it => it.Type == VideoDeleted && it.Position > events[0].Position))
                return new CommandResult(
                    new VideoMissing(
                        "The video was deleted after this job, and all that it had found. Start a new job."
                    ),
                    events[^1].Position
                );
        }
        return await HandleAsync(jobId, new RerunStage(stage, rerunBy, reason), new Origin(rerunBy), cancellation);
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
            var (video, version, position) = isNew
                ? (Video.Initial, 0L, Position.Start)
                : await LoadVideoAsync(videoId, cancellation);
            var now = time.GetUtcNow();
            var decision = Video.Decide(video, command, now);
            if (decision.Events.Count == 0)
                return new CommandResult(decision.Refusal, position);
            NewEvent[] events = [.. EventCodec.Write(decision.Events, videoId, origin, now)];
            try
            {
                var append = new StreamAppend(videoId, EventCodec.VideoStream, version, events);
                var stored = await log.AppendAsync([append], cancellation, notify: true);
                return new CommandResult(null, stored[^1].Position);
            }
            catch (ConcurrencyException)
            {
                // Somebody else was faster: load and decide again.
            }
        }
    }

    internal async Task<(Video Video, long Version, Position Position)> LoadVideoAsync(
        Guid videoId,
        CancellationToken cancellation
    )
    {
        var stream = await log.LoadAsync(videoId, cancellation);
        var video = EventCodec.FoldVideo(stream);
        return stream.Count == 0 ? (video, 0, Position.Start) : (video, stream[^1].Version, stream[^1].Position);
    }

    private static VideoMissing Missing(Video video) =>
        new(
            video switch
            {
                { Deleted: not null } => "The video was deleted. Upload it again.",
                { Discarded: { } discarded } => $"The video was removed: {discarded.Reason} Upload it again.",
                _ => "There is no such video.",
            }
        );

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
