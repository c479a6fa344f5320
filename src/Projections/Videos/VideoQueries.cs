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
    public async Task<IReadOnlyDictionary<Guid, VideoRow>> FindAllAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellation
    ) => (await rows.ListByIdAsync<VideoRow>("videos", ids, cancellation)).ToDictionary(row => row.Id);

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
}
