using EventPipeline.Api.Jobs;
using EventPipeline.Api.Reading;
using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.Projections;
using EventPipeline.Projections.Clips;

namespace EventPipeline.Api.Clips;

/// <summary>A part of a video as a file of its own.</summary>
public sealed record Clip([property: GraphQLIgnore] ClipRow Row)
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

    /// <summary>The clip itself.</summary>
    public Artifact Video => new(Row.Video);

    /// <summary>Subtitles as SubRip; null if nothing is said.</summary>
    public Artifact? Srt => Artifact.Of(Row.Srt);

    /// <summary>Subtitles as WebVTT; null if nothing is said.</summary>
    public Artifact? Vtt => Artifact.Of(Row.Vtt);

    /// <summary>A picture of it; null without a picture.</summary>
    public Artifact? Thumbnail => Artifact.Of(Row.Thumbnail);

    /// <summary>How it was made; null for clips whose event does not say.</summary>
    public Provenance? Provenance => Row.Provenance;
}

/// <summary>What a job cut.</summary>
[ExtendObjectType<Job>]
public static class ClipFields
{
    /// <summary>The clips in the order of the timeline.</summary>
    [ListSize(5)]
    public static async Task<IEnumerable<Clip>> GetClipsAsync(
        [Parent] Job job,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    ) => (job.Then?.Clips ?? await clipsOfJob.LoadAsync(job.Id))!.Select(row => new Clip(row));

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Guid, ClipRow>> GetClipsOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.ClipsAsync(jobs, cancellation);
}
