using EventPipeline.Api.Clips;
using EventPipeline.Api.Findings;
using EventPipeline.Api.Jobs;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections;
using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Highlights;

namespace EventPipeline.Api.Highlights;

/// <summary>A stretch that was chosen to be shown.</summary>
/// <param name="Row">The highlight.</param>
/// <param name="Job">The job that chose it.</param>
public sealed record Highlight([property: GraphQLIgnore] HighlightRow Row, [property: GraphQLIgnore] Job Job)
{
    /// <summary>Its name, and that of its clip.</summary>
    public string Name => Row.Name;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double Start => Row.Start;

    /// <summary>In seconds from the beginning of the video.</summary>
    public double End => Row.End;

    /// <summary>What it shows.</summary>
    public string Title => Row.Title;

    /// <summary>How good it is, compared with others of the same weights.</summary>
    public double Score => Row.Score;

    /// <summary>Why it was chosen, as a sentence.</summary>
    public string Reason => Row.Reason;

    /// <summary>What each measure added to the score.</summary>
    [ListSize(6)]
    public IEnumerable<Measure> Contributions => Measure.Of(Row.Contributions);

    /// <summary>The version of the weights that were used.</summary>
    public string WeightsVersion => Row.WeightsVersion;

    /// <summary>What the choice rested on.</summary>
    public IReadOnlyList<string> Signals => Row.Signals;
}

/// <summary>A stretch that no clip shows.</summary>
/// <param name="Start">In seconds from the beginning of the video.</param>
/// <param name="End">In seconds from the beginning of the video.</param>
/// <param name="Reason">Why not.</param>
public sealed record RemovedStretch(double Start, double End, string Reason);

/// <summary>What a job chose.</summary>
[ExtendObjectType<Job>]
public static class HighlightFields
{
    /// <summary>The stretches that were chosen, in the order of the timeline.</summary>
    [ListSize(5)]
    public static async Task<IEnumerable<Highlight>> GetHighlightsAsync(
        [Parent] Job job,
        IDataLoader<Guid, HighlightRow[]> highlightsOfJob
    ) => (job.Then?.Highlights ?? await highlightsOfJob.LoadAsync(job.Id))!.Select(row => new Highlight(row, job));

    /// <summary>The stretches that no clip shows.</summary>
    [ListSize(20)]
    public static async Task<IEnumerable<RemovedStretch>> GetRemovedAsync(
        [Parent] Job job,
        IDataLoader<Guid, RemovedRow[]> removedOfJob
    ) =>
        (job.Then?.Removed ?? await removedOfJob.LoadAsync(job.Id))!.Select(row => new RemovedStretch(
            row.Start,
            row.End,
            row.Reason
        ));

    /// <summary>One query for all jobs of a list.</summary>
    [DataLoader]
    public static Task<ILookup<Guid, HighlightRow>> GetHighlightsOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.HighlightsAsync(jobs, cancellation);

    /// <inheritdoc cref="GetHighlightsOfJobAsync" />
    [DataLoader]
    public static Task<ILookup<Guid, RemovedRow>> GetRemovedOfJobAsync(
        IReadOnlyList<Guid> jobs,
        FindingQueries findings,
        CancellationToken cancellation
    ) => findings.RemovedAsync(jobs, cancellation);
}

/// <summary>What became of a highlight.</summary>
[ExtendObjectType<Highlight>]
public static class HighlightClipFields
{
    /// <summary>The clip that shows it; null before it was cut.</summary>
    public static async Task<Clip?> GetClipAsync(
        [Parent] Highlight highlight,
        IFieldContext field,
        IDataLoader<Guid, ClipHeader[]> clipHeadersOfJob,
        IDataLoader<Guid, ClipRow[]> clipsOfJob
    )
    {
        var clips = await Clip.LoadAsync(highlight.Job, field, clipHeadersOfJob, clipsOfJob);
        return clips.FirstOrDefault(clip => clip.Name == highlight.Name) is { } row ? new Clip(row) : null;
    }
}
