using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Costs;
using EventPipeline.Projections.Highlights;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Scenes;
using EventPipeline.Projections.Segments;
using EventPipeline.Projections.Silences;
using EventPipeline.Projections.Storyboards;
using EventPipeline.Projections.Transcripts;

namespace EventPipeline.Projections;

/// <summary>What jobs found: for any number of jobs with one query each, in the order of the timeline.</summary>
public sealed class FindingQueries
{
    private readonly Rows rows;

    internal FindingQueries(Rows rows) => this.rows = rows;

    /// <summary>Stretches without sound.</summary>
    public Task<ILookup<Guid, SilenceRow>> SilencesAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation) =>
        OfJobsAsync<SilenceRow>("silences", "number", jobs, cancellation);

    /// <summary>Scenes.</summary>
    public Task<ILookup<Guid, SceneRow>> ScenesAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation) =>
        OfJobsAsync<SceneRow>("scenes", "number", jobs, cancellation);

    /// <summary>Stretches about one topic.</summary>
    public Task<ILookup<Guid, SegmentRow>> SegmentsAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation) =>
        OfJobsAsync<SegmentRow>("segments", "number", jobs, cancellation);

    /// <summary>Chosen highlights.</summary>
    public Task<ILookup<Guid, HighlightRow>> HighlightsAsync(
        IReadOnlyList<Guid> jobs,
        CancellationToken cancellation
    ) => OfJobsAsync<HighlightRow>("highlights", "start, name", jobs, cancellation);

    /// <summary>Stretches that no clip shows.</summary>
    public Task<ILookup<Guid, RemovedRow>> RemovedAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation) =>
        OfJobsAsync<RemovedRow>("removed", "number", jobs, cancellation);

    /// <summary>Clips without their files.</summary>
    public Task<ILookup<Guid, ClipHeader>> ClipHeadersAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation) =>
        OfJobsAsync<ClipHeader>("clips", "start, name", jobs, cancellation);

    /// <summary>Clips.</summary>
    public Task<ILookup<Guid, ClipRow>> ClipsAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation) =>
        OfJobsAsync<ClipRow>("clips", "start, name", jobs, cancellation);

    /// <summary>Entries of the ledger.</summary>
    public Task<ILookup<Guid, CostRow>> CostsAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation) =>
        OfJobsAsync<CostRow>("costs", "version", jobs, cancellation);

    /// <summary>Transcripts; a job without one is not there.</summary>
    public Task<IReadOnlyDictionary<Guid, TranscriptRow>> TranscriptsAsync(
        IReadOnlyList<Guid> jobs,
        CancellationToken cancellation
    ) => rows.OneForEachAsync<TranscriptRow>(jobs, "transcripts", cancellation, "job_id");

    /// <summary>Storyboards; a job without one is not there.</summary>
    public Task<IReadOnlyDictionary<Guid, StoryboardRow>> StoryboardsAsync(
        IReadOnlyList<Guid> jobs,
        CancellationToken cancellation
    ) => rows.OneForEachAsync<StoryboardRow>(jobs, "storyboards", cancellation, "job_id");

    private Task<ILookup<Guid, TRow>> OfJobsAsync<TRow>(
        string table,
        string order,
        IReadOnlyList<Guid> jobs,
        CancellationToken cancellation
    ) => rows.ForEachAsync<TRow>(jobs, $"{table} where job_id = wanted.id order by {order}", cancellation);
}
