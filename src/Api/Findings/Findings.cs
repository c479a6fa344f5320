using EventPipeline.Api.Jobs;
using EventPipeline.Api.Reading;
using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.Projections;
using EventPipeline.Projections.Scenes;
using EventPipeline.Projections.Segments;
using EventPipeline.Projections.Silences;
using EventPipeline.Projections.Storyboards;

namespace EventPipeline.Api.Findings;

/// <summary>A stretch without sound.</summary>
/// <param name="Start">In seconds from the beginning of the video.</param>
/// <param name="End">In seconds from the beginning of the video.</param>
public sealed record Silence(double Start, double End);

/// <summary>A stretch between two changes of picture.</summary>
/// <param name="Start">In seconds from the beginning of the video.</param>
/// <param name="End">In seconds from the beginning of the video.</param>
/// <param name="CutKind">How it begins; null for the first one.</param>
/// <param name="CutScore">How strong the change is, 0 to 100; null for the first one.</param>
public sealed record Scene(double Start, double End, SceneCutKind? CutKind, double? CutScore);

/// <summary>A named number.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">How much.</param>
public sealed record Measure(string Name, double Value)
{
    internal static IEnumerable<Measure> Of(IReadOnlyDictionary<string, double> measures) =>
        measures.Select(measure => new Measure(measure.Key, measure.Value));
}

/// <summary>A stretch about one topic.</summary>
public sealed record Segment([property: GraphQLIgnore] SegmentRow Row)
{
    /// <summary>In seconds from the beginning of the video.</summary>
    public double Start => Row.Start;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double End => Row.End;

    /// <summary>What it is about.</summary>
    public string Topic => Row.Topic;

    /// <summary>The words that stand for it.</summary>
    public IReadOnlyList<string> Keywords => Row.Keywords;

    /// <summary>0 to 1.</summary>
    public double Importance => Row.Importance;

    /// <summary>What the importance consists of.</summary>
    [ListSize(6)]
    public IEnumerable<Measure> Measures => Measure.Of(Row.Measures);

    /// <summary>The algorithm or model that found it.</summary>
    public string Method => Row.Method;

    /// <summary>What that rested on.</summary>
    public IReadOnlyList<string> Signals => Row.Signals;
}

/// <summary>Pictures to scrub by.</summary>
public sealed record Storyboard([property: GraphQLIgnore] StoryboardRow Row)
{
    /// <summary>Pictures at moments of the video.</summary>
    [ListSize(20)]
    public IEnumerable<StoryboardPicture> Thumbnails =>
        Row.Thumbnails.Select(thumbnail => new StoryboardPicture(thumbnail.Time, new Artifact(thumbnail.Picture)));

    /// <summary>All thumbnails on one sheet; null without a picture.</summary>
    public Artifact? Sprite => Artifact.Of(Row.Sprite);

    /// <summary>Which part of the sheet belongs to which time, as WebVTT; null without a picture.</summary>
    public Artifact? SpriteVtt => Artifact.Of(Row.SpriteVtt);

    /// <summary>The sound as a picture; null without sound.</summary>
    public Artifact? Waveform => Artifact.Of(Row.Waveform);
}

/// <summary>A picture at a moment of the video.</summary>
/// <param name="Time">In seconds from the beginning of the video.</param>
/// <param name="Picture">The picture.</param>
public sealed record StoryboardPicture(double Time, Artifact Picture);

/// <summary>What a job found in the sound and the picture.</summary>
[ExtendObjectType<Job>]
public static class FindingFields
{
    /// <summary>Stretches without sound.</summary>
    [ListSize(50)]
    public static async Task<IEnumerable<Silence>> GetSilencesAsync(
        [Parent] Job job,
        IDataLoader<Guid, SilenceRow[]> silencesOfJob
    ) => (job.Then?.Silences ?? await silencesOfJob.LoadAsync(job.Id))!.Select(row => new Silence(row.Start, row.End));

    /// <summary>Stretches between changes of picture.</summary>
    [ListSize(30)]
    public static async Task<IEnumerable<Scene>> GetScenesAsync(
        [Parent] Job job,
        IDataLoader<Guid, SceneRow[]> scenesOfJob
    ) =>
        (job.Then?.Scenes ?? await scenesOfJob.LoadAsync(job.Id))!.Select(row => new Scene(
            row.Start,
            row.End,
            row.CutKind,
            row.CutScore
        ));

    /// <summary>Stretches about one topic each.</summary>
    [ListSize(10)]
    public static async Task<IEnumerable<Segment>> GetSegmentsAsync(
        [Parent] Job job,
        IDataLoader<Guid, SegmentRow[]> segmentsOfJob
    ) => (job.Then?.Segments ?? await segmentsOfJob.LoadAsync(job.Id))!.Select(row => new Segment(row));

    /// <summary>Pictures to scrub by; null before there are some, or if the stage was skipped.</summary>
    public static async Task<Storyboard?> GetStoryboardAsync(
        [Parent] Job job,
        IDataLoader<Guid, StoryboardRow> storyboardOfJob
    )
    {
        var row = job.Then is { } then ? then.Storyboard : await storyboardOfJob.LoadAsync(job.Id);
        return row is null ? null : new Storyboard(row);
    }

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Guid, SilenceRow>> GetSilencesOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.SilencesAsync(jobs, cancellation);

    /// <inheritdoc cref="GetSilencesOfJobAsync" />
    [DataLoader]
    public static Task<ILookup<Guid, SceneRow>> GetScenesOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.ScenesAsync(jobs, cancellation);

    /// <inheritdoc cref="GetSilencesOfJobAsync" />
    [DataLoader]
    public static Task<ILookup<Guid, SegmentRow>> GetSegmentsOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.SegmentsAsync(jobs, cancellation);

    /// <inheritdoc cref="GetSilencesOfJobAsync" />
    [DataLoader]
    public static Task<IReadOnlyDictionary<Guid, StoryboardRow>> GetStoryboardOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.StoryboardsAsync(jobs, cancellation);
}
