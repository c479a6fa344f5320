using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections.Videos;

/// <summary>Questions about videos.</summary>
public sealed class VideoQueries
{
    private readonly Rows rows;

    internal VideoQueries(Rows rows) => this.rows = rows;

    /// <summary>By id; null if there is none.</summary>
    public Task<VideoRow?> FindAsync(Guid id, CancellationToken cancellation) =>
        rows.FindAsync<VideoRow>("videos where id = $1", cancellation, id);

    /// <summary>Those of the ids that exist, with one query.</summary>
    public Task<IReadOnlyDictionary<Guid, VideoRow>> FindAllAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellation
    ) => rows.OneForEachAsync<VideoRow>(ids, "videos", cancellation);

    /// <summary>Those that jobs run over, by the ids of the jobs, with one query.</summary>
    public async Task<IReadOnlyDictionary<Guid, VideoRow>> FindOfJobsAsync(
        IReadOnlyCollection<Guid> jobs,
        CancellationToken cancellation
    )
    {
        var found = await rows.ForEachAsync<VideoRow>(
            jobs,
            $"videos where id = (select video_id from {rows.Schema}.jobs where id = wanted.id)",
            cancellation
        );
        return jobs.Where(found.Contains).ToDictionary(it => it, it => found[it].Single());
    }

    /// <summary>Newest first.</summary>
    /// <param name="ownerId">Only this owner's; null for all.</param>
    /// <param name="first">At most this many, 1 to 1000.</param>
    /// <param name="after">The cursor of the page before.</param>
    public Task<Page<VideoRow>> ListAsync(string? ownerId, int first, string? after, CancellationToken cancellation) =>
        Page<VideoRow>.ReadAsync(
            rows,
            "videos",
            "registered_at",
            [("owner_id", ownerId)],
            row => (row.RegisteredAt, row.Id),
            first,
            after,
            cancellation
        );

    /// <summary>A stretch of the list of an owner's videos that are there, by the time of their registration.</summary>
    /// <param name="text">Part of the file name, whatever its case; null for all.</param>
    public async Task<IReadOnlyList<VideoRow>> PageAsync(
        string ownerId,
        string? text,
        bool newestFirst,
        KeyRange<TimeKey> range,
        CancellationToken cancellation
    )
    {
        var conditions = new Conditions()
            .Add(ownerId, it => $"owner_id = {it}")
            .Add(text, it => $"position(lower({it}) in lower(file_name)) > 0");
        var order = conditions.Within(range, "registered_at", newestFirst);
        var from = $"videos where deleted_at is null and {conditions} {order}";
        return text is null
            ? await rows.PageAsync<VideoRow>(from, cancellation, conditions.Parameters)
            : await rows.ListAsync<VideoRow>(from, cancellation, conditions.Parameters);
    }
}
