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

    /// <summary>The same stretch of the sentences of many jobs, with one query.</summary>
    /// <param name="from">Only sentences that end later than this second; null from the beginning.</param>
    /// <param name="to">Only sentences that start before this second; null to the end.</param>
    public Task<ILookup<Guid, TranscriptSegmentRow>> PageOfJobsAsync(
        IReadOnlyCollection<Guid> jobs,
        double? from,
        double? to,
        KeyRange<NumberKey> range,
        CancellationToken cancellation
    )
    {
        var conditions = new Conditions(jobs).Add(from, it => $"\"end\" > {it}").Add(to, it => $"start < {it}");
        var order = conditions.Within(range, "number");
        return rows.ForEachAsync<TranscriptSegmentRow>(
            jobs,
            $"transcript_segments where job_id = wanted.id and {conditions} {order}",
            cancellation,
            conditions.Parameters[1..]
        );
    }

    /// <summary>Sentences of an owner's jobs, unless their videos were deleted, that say what a text asks for, in the syntax of web search engines: newest jobs first, each in
    /// the order of its timeline.</summary>
    /// <param name="jobId">Only this job's; null for all.</param>
    public async Task<IReadOnlyList<TranscriptHit>> FindAsync(
        string ownerId,
        string text,
        Guid? jobId,
        KeyRange<HitKey> range,
        CancellationToken cancellation
    )
    {
        var conditions = new Conditions(text, ownerId).Add(jobId, it => $"s.job_id = {it}");
        AddKey(range.After, "<", ">");
        AddKey(range.Before, ">", "<");
        var order = range.IsBackward ? "job_id asc, number desc" : "job_id desc, number asc";
        return await rows.SelectAsync<TranscriptHit>(
            // Snippets are made for the page alone.
            $"""
            select page.*, ts_headline(
              'simple', text, websearch_to_tsquery('simple', $1),
              'StartSel=<<, StopSel=>>, MaxWords=24, MinWords=8, MaxFragments=1') as snippet
            from (
              select s.*, j.video_id from {rows.Schema}.transcript_segments s join {rows.Schema}.jobs j on j.id = s.job_id
                left join {rows.Schema}.videos v on v.id = j.video_id
              where v.deleted_at is null and to_tsvector('simple', s.text) @@ websearch_to_tsquery('simple', $1) and j.owner_id = $2 and {conditions}
              order by {order} limit {range.Limit}
            ) page
            order by {order}
            """,
            cancellation,
            conditions.Parameters
        );

        void AddKey(HitKey? key, string job, string number) =>
            conditions.Add(
                key?.JobId,
                id => $"(s.job_id {job} {id} or (s.job_id = {id} and s.number {number} {key!.Number}))"
            );
    }
}

/// <summary>The place of a sentence among those that were found.</summary>
public sealed record HitKey(Guid JobId, int Number);

/// <summary>A sentence that was found.</summary>
/// <param name="Snippet">The part that says it; the words that were asked for stand between <c>&lt;&lt;</c> and <c>&gt;&gt;</c>.</param>
public sealed record TranscriptHit(
    Guid JobId,
    Guid VideoId,
    int Number,
    double Start,
    double End,
    string Text,
    string Snippet
);
