using EventPipeline.Contracts;
using Npgsql;

namespace EventPipeline.Projections.Projecting;

/// <summary>What rows follow from events. Nothing else goes in: no clock, no chance, no other tables; so a rebuild gives the same rows,
/// however the log is cut into pages.</summary>
internal interface IProjection
{
    /// <summary>Creates its table where it is missing.</summary>
    string Definition(string schema);

    /// <summary>The writes that follow from a page.</summary>
    Task<IReadOnlyList<NpgsqlBatchCommand>> ProjectAsync(
        IReadOnlyList<ProjectedEvent> page,
        Rows rows,
        CancellationToken cancellation
    );

    /// <summary>Drops what is kept in memory: somebody else may have written.</summary>
    void Forget();
}

/// <summary>Rows that follow from single events: facts, the timeline. A row that comes twice is written over. What a stage had found goes
/// when it is run again; a page in which that happens begins with the whole history of the job.</summary>
internal sealed class RowsPerEvent<TRow>(Table<TRow> table, Func<ProjectedEvent, IEnumerable<TRow>> rowsOf)
    : IProjection
{
    /// <summary>Whether the rows are a record of what happened, which stays, and not what a job found.</summary>
    public bool IsRecord { get; init; }

    public string Definition(string schema) => table.Definition(schema);

    public Task<IReadOnlyList<NpgsqlBatchCommand>> ProjectAsync(
        IReadOnlyList<ProjectedEvent> page,
        Rows rows,
        CancellationToken cancellation
    )
    {
        Guid[] rerun = IsRecord
            ? []
            : [.. page.Where(it => it.Data is StageRerun).Select(it => it.StreamId).Distinct()];
        IReadOnlyCollection<TRow> found = rerun.Length == 0 ? page.SelectMany(rowsOf).ToArray() : Fold(page);
        List<NpgsqlBatchCommand> writes = [];
        if (rerun.Length > 0)
            writes.Add(table.DeleteOfJobs(rows.Schema, rerun));
        if (found.Count > 0)
            writes.Add(table.Upsert(rows.Schema, found));
        return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>(writes);
    }

    public void Forget() { }

    /// <summary>The rows that follow from events, without a table.</summary>
    public List<TRow> Fold(IEnumerable<ProjectedEvent> events)
    {
        var rows = new OrderedDictionary<object, (TRow Row, ProjectedEvent Of)>();
        foreach (var @event in events)
        {
            if (@event.Data is StageRerun rerun && !IsRecord)
                rows = new(rows.Where(it => it.Value.Of.StreamId != @event.StreamId || !IsOf(rerun, it.Value.Of)));
            foreach (var row in rowsOf(@event))
                rows[table.KeyOf(row)] = (row, @event);
        }
        return [.. rows.Values.Select(it => it.Row)];
    }

    private static bool IsOf(StageRerun rerun, ProjectedEvent fact) =>
        fact.Headers.Metering is { Stage: var stage } && rerun.Stages.Contains(stage);
}

/// <summary>A row that follows from all events of a stream so far.</summary>
internal interface IStreamRow
{
    Guid Id { get; }

    /// <summary>The last event in it.</summary>
    long Version { get; }
}

/// <summary>One row per stream: the fold of its events.</summary>
/// <param name="concerns">Which events' streams have such a row.</param>
/// <param name="evolve">The row after an event; it sets the version.</param>
/// <param name="isKept">Whether more events are likely: the row then stays in memory.</param>
internal sealed class RowPerStream<TRow>(
    Table<TRow> table,
    Func<ProjectedEvent, bool> concerns,
    Func<TRow?, ProjectedEvent, TRow> evolve,
    Func<TRow, bool> isKept
) : IProjection
    where TRow : class, IStreamRow
{
    private const int MostKept = 20_000;

    private readonly Dictionary<Guid, TRow> kept = [];

    public string Definition(string schema) => table.Definition(schema);

    public async Task<IReadOnlyList<NpgsqlBatchCommand>> ProjectAsync(
        IReadOnlyList<ProjectedEvent> page,
        Rows rows,
        CancellationToken cancellation
    )
    {
        var events = page.Where(concerns).ToArray();
        if (events.Length == 0)
            return [];
        if (kept.Count > MostKept)
            kept.Clear();
        await LoadAsync(
            [.. events.Select(e => e.StreamId).Distinct().Where(id => !kept.ContainsKey(id))],
            rows,
            cancellation
        );
        var changed = new Dictionary<Guid, TRow>();
        foreach (var @event in events)
        {
            var row = kept.GetValueOrDefault(@event.StreamId);
            if (@event.Version <= (row?.Version ?? 0))
                continue; // Seen before.
            changed[@event.StreamId] = kept[@event.StreamId] = evolve(row, @event);
        }
        foreach (var @event in events)
        {
            if (kept.TryGetValue(@event.StreamId, out var row) && !isKept(row))
                kept.Remove(@event.StreamId);
        }
        return changed.Count == 0
            ? []
            : [table.Upsert(rows.Schema, changed.Values, "where old.version < excluded.version")];
    }

    public void Forget() => kept.Clear();

    private async Task LoadAsync(Guid[] ids, Rows rows, CancellationToken cancellation)
    {
        if (ids.Length == 0)
            return;
        foreach (var (id, row) in await rows.OneForEachAsync<TRow>(ids, table.Name, cancellation))
            kept[id] = row;
    }
}
