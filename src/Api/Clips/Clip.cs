using System.Collections.Frozen;
using EventPipeline.Api.Jobs;
using EventPipeline.Api.Reading;
using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections;
using EventPipeline.Projections.Clips;

namespace EventPipeline.Api.Clips;

/// <summary>A part of a video as a file of its own.</summary>
/// <param name="Row">The clip; a <see cref="ClipRow"/> if its files are asked for.</param>
public sealed record Clip([property: GraphQLIgnore] ClipHeader Row)
{
    private static readonly FrozenSet<string> FileFields = new[]
    {
        nameof(Video),
        nameof(Srt),
        nameof(Vtt),
        nameof(Thumbnail),
        nameof(Provenance),
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

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
    public Artifact Video => new(Files.Video);

    /// <summary>Subtitles as SubRip; null if nothing is said.</summary>
    public Artifact? Srt => Artifact.Of(Files.Srt);

    /// <summary>Subtitles as WebVTT; null if nothing is said.</summary>
    public Artifact? Vtt => Artifact.Of(Files.Vtt);

    /// <summary>A picture of it; null without a picture.</summary>
    public Artifact? Thumbnail => Artifact.Of(Files.Thumbnail);

    /// <summary>How it was made; null for clips whose event does not say.</summary>
    public Provenance? Provenance => Files.Provenance;

    private ClipRow Files => (ClipRow)Row;

    /// <summary>The clips of a job for a field that gives some of them. Their files are read with them, if they are asked for, and not
    /// later: when a stage is run again, clips go.</summary>
    internal static async Task<IEnumerable<ClipHeader>> LoadAsync(
        Job job,
        IFieldContext field,
        IDataLoader<Guid, ClipHeader[]> clipHeadersOfJob,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    ) =>
        job.Then?.Clips
        ?? await LoadAsync(job.Id, field.Selected((ObjectType)field.Field.Type.Named), clipHeadersOfJob, clipsOfJob);

    /// <inheritdoc cref="LoadAsync(Job, IFieldContext, IDataLoader{Guid, ClipHeader[]}, IDataLoader{Guid, ClipRow[]})" />
    internal static async Task<IEnumerable<ClipHeader>> LoadAsync(
        Guid job,
        IEnumerable<SelectedField> selected,
        IDataLoader<Guid, ClipHeader[]> clipHeadersOfJob,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    ) =>
        selected.Any(it => FileFields.Contains(it.Field.Name))
            ? (await clipsOfJob.LoadAsync(job))!
            : (await clipHeadersOfJob.LoadAsync(job))!;
}

/// <summary>What a job cut.</summary>
[ExtendObjectType<Job>]
public static class ClipFields
{
    /// <summary>The clips in the order of the timeline.</summary>
    [ListSize(5)]
    public static async Task<IEnumerable<Clip>> GetClipsAsync(
        [Parent] Job job,
        IFieldContext field,
        IDataLoader<Guid, ClipHeader[]> clipHeadersOfJob,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    ) => (await Clip.LoadAsync(job, field, clipHeadersOfJob, clipsOfJob)).Select(row => new Clip(row));

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
