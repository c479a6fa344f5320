using EventPipeline.Api.Jobs;
using EventPipeline.Api.Reading;
using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.Projections;
using EventPipeline.Projections.Clips;

namespace EventPipeline.Api.Clips;

/// <summary>A part of a video as a file of its own.</summary>
/// <param name="Row">The clip; with its files if these are known already.</param>
public sealed record Clip([property: GraphQLIgnore] ClipHeader Row)
{
    /// <summary>Its name, and that of the highlight that it shows.</summary>
    public string Name => Row.Name;

    /// <summary>Its shape.</summary>
    public ClipVariant Variant => Row.Variant;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double Start => Row.Start;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double End => Row.End;

    /// <summary>How long it lasts.</summary>
    public double DurationSeconds => Row.DurationSeconds;

    /// <summary>How far its first frame is from where it should start, measured on the file.</summary>
    public double StartErrorSeconds => Row.StartErrorSeconds;

    /// <summary>Whether subtitles are drawn into the picture.</summary>
    public bool HasBurnedSubtitles => Row.BurnedSubtitles;
}

/// <summary>What of a clip is read where it is asked for.</summary>
[ExtendObjectType<Clip>]
public static class ClipFileFields
{
    /// <summary>The clip itself.</summary>
    public static async Task<Artifact> GetVideoAsync([Parent] Clip clip, IDataLoader<Guid, ClipRow[]> clipsOfJob) =>
        new((await clip.WithFilesAsync(clipsOfJob)).Video);

    /// <summary>Subtitles as SubRip; null if nothing is said.</summary>
    public static async Task<Artifact?> GetSrtAsync([Parent] Clip clip, IDataLoader<Guid, ClipRow[]> clipsOfJob) =>
        Artifact.Of((await clip.WithFilesAsync(clipsOfJob)).Srt);

    /// <summary>Subtitles as WebVTT; null if nothing is said.</summary>
    public static async Task<Artifact?> GetVttAsync([Parent] Clip clip, IDataLoader<Guid, ClipRow[]> clipsOfJob) =>
        Artifact.Of((await clip.WithFilesAsync(clipsOfJob)).Vtt);

    /// <summary>A picture of it; null without a picture.</summary>
    public static async Task<Artifact?> GetThumbnailAsync(
        [Parent] Clip clip,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    ) => Artifact.Of((await clip.WithFilesAsync(clipsOfJob)).Thumbnail);

    /// <summary>How it was made; null for clips whose event does not say.</summary>
    public static async Task<Provenance?> GetProvenanceAsync(
        [Parent] Clip clip,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    ) => (await clip.WithFilesAsync(clipsOfJob)).Provenance;

    private static async ValueTask<ClipRow> WithFilesAsync(this Clip clip, IDataLoader<Guid, ClipRow[]> clipsOfJob) =>
        clip.Row as ClipRow ?? (await clipsOfJob.LoadAsync(clip.Row.JobId))!.First(row => row.Name == clip.Name);
}

/// <summary>What a job cut.</summary>
[ExtendObjectType<Job>]
public static class ClipFields
{
    /// <summary>The clips in the order of the timeline.</summary>
    [ListSize(5)]
    public static async Task<IEnumerable<Clip>> GetClipsAsync(
        [Parent] Job job,
        IDataLoader<Guid, ClipHeader[]> clipHeadersOfJob
    ) =>
        (job.Then?.Clips ?? (IEnumerable<ClipHeader>)(await clipHeadersOfJob.LoadAsync(job.Id))!).Select(
            row => new Clip(row)
        );

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Guid, ClipHeader>> GetClipHeadersOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.ClipHeadersAsync(jobs, cancellation);

    /// <inheritdoc cref="GetClipHeadersOfJobAsync" />
    [DataLoader]
    public static Task<ILookup<Guid, ClipRow>> GetClipsOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.ClipsAsync(jobs, cancellation);
}
