using EventPipeline.Contracts;

namespace EventPipeline.Domain.Videos;

/// <summary>Something asked of a video.</summary>
public abstract record VideoCommand;

/// <summary>The bytes are in the object store and belong to an owner from now on. Asked again, it changes nothing.</summary>
public sealed record RegisterVideo(
    Guid VideoId,
    string OwnerId,
    string FileName,
    ArtifactReference Source,
    string RegisteredBy
) : VideoCommand;

/// <summary>The bytes were removed, because a job found that they are not a usable video. Asked again, it changes nothing.</summary>
public sealed record DiscardVideo(Guid JobId, string Reason) : VideoCommand;

/// <summary>The video is to be there no more. Asked again, it changes nothing.</summary>
public sealed record DeleteVideo(string DeletedBy, string Reason) : VideoCommand;

/// <summary>A video as its stream tells it.</summary>
/// <param name="Registered">How it was registered last; null before it was.</param>
/// <param name="Discarded">Why a job removed its bytes; null if none did.</param>
/// <param name="Deleted">Who deleted it; null if nobody did.</param>
public sealed record Video(VideoRegistered? Registered, VideoDiscarded? Discarded, VideoDeleted? Deleted)
{
    /// <summary>A video that nobody registered yet.</summary>
    public static readonly Video Initial = new(null, null, null);

    /// <summary>Whether its bytes can be worked on.</summary>
    public bool IsUsable => Registered is not null && Discarded is null && Deleted is null;

    /// <summary>What follows from a command.</summary>
    public static Decision<VideoEvent> Decide(Video video, VideoCommand command, DateTimeOffset now) =>
        command switch
        {
            RegisterVideo register => Register(video, register, now),
            DiscardVideo discard => Discard(video, discard, now),
            DeleteVideo delete => Delete(video, delete, now),
            _ => throw new ArgumentException(
                $"A video does not know the command {command.GetType().Name}.",
                nameof(command)
            ),
        };

    /// <summary>The video after an event.</summary>
    public static Video Evolve(Video video, VideoEvent @event) =>
        @event switch
        {
            VideoRegistered registered => new Video(registered, null, null),
            VideoDiscarded discarded => video with { Discarded = discarded },
            VideoDeleted deleted => video with { Deleted = deleted },
            _ => video,
        };

    private static Decision<VideoEvent> Register(Video video, RegisterVideo command, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(command.OwnerId))
            return new InputInvalid("ownerId", "A video needs an owner.");
        if (string.IsNullOrWhiteSpace(command.FileName))
            return new InputInvalid("fileName", "A video needs a file name.");
        if (command.Source.ByteCount <= 0)
            return new InputInvalid("source", "The file is empty.");
        if (video.IsUsable)
            return Array.Empty<VideoEvent>();
        return new VideoEvent[]
        {
            new VideoRegistered(
                command.VideoId,
                command.OwnerId,
                command.FileName,
                command.Source,
                command.RegisteredBy,
                now
            ),
        };
    }

    private static Decision<VideoEvent> Discard(Video video, DiscardVideo command, DateTimeOffset now)
    {
        if (video.Registered is null)
            return new VideoMissing("There is no such video.");
        if (!video.IsUsable)
            return Array.Empty<VideoEvent>();
        return new VideoEvent[] { new VideoDiscarded(command.JobId, command.Reason, now) };
    }

    private static Decision<VideoEvent> Delete(Video video, DeleteVideo command, DateTimeOffset now)
    {
        if (video.Registered is null)
            return new VideoMissing("There is no such video.");
        if (video.Deleted is not null)
            return Array.Empty<VideoEvent>();
        return new VideoEvent[] { new VideoDeleted(command.DeletedBy, command.Reason, now) };
    }
}
