using EventPipeline.Api.Access;
using EventPipeline.Api.Changing;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.Projections;

namespace EventPipeline.Api.Videos;

/// <summary>Finds a file in the object store by its key; given by whoever hosts the API. Null if there is none.</summary>
public delegate Task<ArtifactReference?> FindFile(string key, CancellationToken cancellation);

/// <summary>A file that is in the object store, where uploads of its owner go.</summary>
/// <param name="FileName">The name that the file had.</param>
/// <param name="Sha256">Hash of its bytes, 64 lower-case hexadecimal digits.</param>
public sealed record RegisterVideoInput(string FileName, string Sha256);

/// <summary>Which video is to be deleted.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Reason">Why, as its jobs will say.</param>
public sealed record DeleteVideoInput([property: ID<Video>] Guid VideoId, string Reason = "It is not needed any more.");

/// <summary>What became of it.</summary>
/// <param name="Video">The video as it is now; null if there is none.</param>
/// <param name="Errors">Why nothing was changed; empty if all is well.</param>
/// <param name="Appended">Where the video's last event stands in the log. Given as `waitFor`, questions reflect it; null after errors.</param>
public sealed record VideoPayload(Video? Video, IReadOnlyList<IError> Errors, Position? Appended);

/// <summary>Changes to videos.</summary>
[MutationType]
public static class VideoChanges
{
    /// <summary>Makes a video of a file that is in the object store. The same bytes are the same video: asked again, it changes nothing.</summary>
    [Cost(10)]
    public static async Task<VideoPayload> RegisterVideoAsync(
        RegisterVideoInput input,
        Caller caller,
        Commands commands,
        ReadModels readModels,
        FindFile findFile,
        CancellationToken cancellation
    )
    {
        if (input.Sha256.Length != 64 || !input.Sha256.All(char.IsAsciiHexDigitLower))
            return Refused(new InvalidInputError("The hash has 64 lower-case hexadecimal digits.", "sha256"));
        if (Path.GetFileName(input.FileName) != input.FileName)
            return Refused(new InvalidInputError("Give the name of the file without its folder.", "fileName"));
        var id = Identifiers.Video(caller.OwnerId, input.Sha256);
        var key = ObjectKeys.Source(id, ExtensionOf(input.FileName));
        if (await findFile(key, cancellation) is not { } file || file.Sha256 != input.Sha256)
            return Refused(new VideoNotFoundError($"No file with this hash is stored as '{key}'."));
        var result = await commands.RegisterVideoAsync(
            new RegisterVideo(id, caller.OwnerId, input.FileName, file, caller.Actor),
            cancellation
        );
        return result.Refusal is { } refusal
            ? Refused(Errors.Of(refusal))
            : new VideoPayload(
                Video.Of(await readModels.History.FindVideoAsync(id, null, null, cancellation)),
                [],
                result.Position
            );
    }

    /// <summary>Deletes a video. From now on no job can be started over it, and it is found no more. Soon after, jobs over it that run are
    /// cancelled, and its file and all files that were made of it are removed. What its jobs found stays with them.</summary>
    [Cost(10)]
    public static async Task<VideoPayload> DeleteVideoAsync(
        DeleteVideoInput input,
        Caller caller,
        Commands commands,
        ReadModels readModels,
        CancellationToken cancellation
    )
    {
        var video = await readModels.History.FindVideoAsync(input.VideoId, null, null, cancellation);
        if (video is null || !caller.Owns(video.OwnerId))
            return Refused(Errors.NoVideo);
        var result = await commands.DeleteVideoAsync(input.VideoId, caller.Actor, input.Reason, cancellation);
        return result.Refusal is { } refusal
            ? Refused(Errors.Of(refusal))
            : new VideoPayload(
                Video.Of(await readModels.History.FindVideoAsync(input.VideoId, null, null, cancellation)),
                [],
                result.Position
            );
    }

    private static VideoPayload Refused(IError error) => new(null, [error], null);

    /// <summary>As submissions from the command line name their files.</summary>
    private static string ExtensionOf(string name)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        return extension.Length is > 1 and <= 6 && extension.Skip(1).All(char.IsAsciiLetterOrDigit)
            ? extension
            : ".bin";
    }
}
