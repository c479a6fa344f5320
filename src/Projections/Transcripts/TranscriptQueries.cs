using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Transcripts;

/// <summary>Questions about what was said.</summary>
public sealed class TranscriptQueries
{
    private readonly Rows rows;

    internal TranscriptQueries(Rows rows) => this.rows = rows;

    /// <summary>A job's sentences in the order of the timeline.</summary>
    /// <param name="after">Only those with a higher number.</param>
    public Task<List<TranscriptSegmentRow>> ListAsync(
        Guid jobId,
        CancellationToken cancellation,
        int after = 0,
        int limit = 1000
    ) =>
        rows.ListAsync<TranscriptSegmentRow>(
            "transcript_segments where job_id = $1 and number > $2 order by number limit $3",
            cancellation,
            jobId,
            after,
            limit
        );

    /// <summary>Sentences of a job that have all words of a text, whatever their case.</summary>
    public Task<List<TranscriptSegmentRow>> SearchAsync(
        Guid jobId,
        string text,
        CancellationToken cancellation,
        int limit = 100
    ) =>
        rows.ListAsync<TranscriptSegmentRow>(
            """
            transcript_segments where job_id = $1 and to_tsvector('simple', text) @@ plainto_tsquery('simple', $2)
            order by number limit $3
            """,
            cancellation,
            jobId,
            text,
            limit
        );
}
