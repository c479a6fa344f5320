using Npgsql;

namespace EventPipeline.Projections.Projecting;

/// <summary>Reads rows of the read models as records.</summary>
internal sealed class Rows(NpgsqlDataSource dataSource, string schema)
{
    // Looks by key are short. Pages are longer, and may have to pass many rows that do not belong to them.
    private readonly SharedReads looks = new(dataSource, mostAtOnce: 100);
    private readonly SharedReads pages = new(dataSource, mostAtOnce: 4);

    public string Schema => schema;

    /// <param name="from">What stands after <c>from</c>: the table, then conditions and order; parameters are $1, $2 ...</param>
    public Task<List<TRow>> ListAsync<TRow>(string from, CancellationToken cancellation, params object?[] parameters) =>
        RunAsync<TRow>(Select<TRow>(from, parameters), cancellation);

    /// <summary>As <see cref="ListAsync"/>, of a list by an index and with a limit.</summary>
    public Task<List<TRow>> PageAsync<TRow>(string from, CancellationToken cancellation, params object[] parameters) =>
        pages.ListAsync<TRow>($"select {RowReader<TRow>.Columns} from {schema}.{from}", parameters, cancellation);

    /// <summary>The rows of a whole query.</summary>
    public Task<List<TRow>> SelectAsync<TRow>(
        string select,
        CancellationToken cancellation,
        params IEnumerable<object> parameters
    )
    {
        var query = new NpgsqlBatchCommand($"select {RowReader<TRow>.Columns} from ({select}) found");
        foreach (var parameter in parameters)
            query.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return RunAsync<TRow>(query, cancellation);
    }

    private async Task<List<TRow>> RunAsync<TRow>(NpgsqlBatchCommand query, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { query } };
        await batch.PrepareAsync(cancellation);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        return await ReadAsync<TRow>(reader, cancellation);
    }

    /// <summary>The rows with an id.</summary>
    public async Task<IReadOnlyDictionary<Guid, TRow>> OneForEachAsync<TRow>(
        IReadOnlyCollection<Guid> ids,
        string table,
        CancellationToken cancellation,
        string id = "id"
    )
    {
        var found = await ForEachAsync<TRow>(ids, $"{table} where {id} = wanted.id", cancellation);
        return ids.Where(found.Contains).ToDictionary(it => it, it => found[it].Single());
    }

    /// <summary>The rows of a query for each of many ids, which it knows as <c>wanted.id</c>. One look into the index per id, whatever the
    /// planner thinks: a plan made while the table was small would compare every row with every id.</summary>
    /// <param name="from">As for <see cref="ListAsync"/>; parameters are $2, $3 ...</param>
    public Task<ILookup<Guid, TRow>> ForEachAsync<TRow>(
        IReadOnlyCollection<Guid> ids,
        string from,
        CancellationToken cancellation,
        params IReadOnlyCollection<object> parameters
    ) =>
        looks.ReadAsync<TRow>(
            $"""
            select found.*, wanted.id from unnest($1) as wanted (id)
            cross join lateral (select * from (select {RowReader<TRow>.Columns} from {schema}.{from}) ordered offset 0) found
            """,
            ids,
            parameters,
            cancellation
        );

    /// <summary>As <see cref="ListAsync"/>, the first row; null if there is none.</summary>
    public async Task<TRow?> FindAsync<TRow>(string from, CancellationToken cancellation, params object?[] parameters)
        where TRow : class => (await ListAsync<TRow>(from + " limit 1", cancellation, parameters)).FirstOrDefault();

    /// <summary>Runs several queries in one round trip; read their results in the same order.</summary>
    public async Task<RowResults> QueryAsync(
        CancellationToken cancellation,
        params IEnumerable<NpgsqlBatchCommand> queries
    )
    {
        var connection = await dataSource.OpenConnectionAsync(cancellation);
        try
        {
            var batch = new NpgsqlBatch(connection);
            foreach (var query in queries)
                batch.BatchCommands.Add(query);
            await batch.PrepareAsync(cancellation);
            return new RowResults(connection, batch, await batch.ExecuteReaderAsync(cancellation));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>One of the queries for <see cref="QueryAsync"/>.</summary>
    public NpgsqlBatchCommand Select<TRow>(string from, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand($"select {RowReader<TRow>.Columns} from {schema}.{from}");
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        return command;
    }

    internal static async Task<List<TRow>> ReadAsync<TRow>(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var rows = new List<TRow>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(RowReader<TRow>.Read(reader));
        return rows;
    }
}

/// <summary>Results of several queries.</summary>
internal sealed class RowResults(NpgsqlConnection connection, NpgsqlBatch batch, NpgsqlDataReader reader)
    : IAsyncDisposable
{
    private bool isFirst = true;

    public async Task<List<TRow>> NextAsync<TRow>(CancellationToken cancellation)
    {
        if (!isFirst)
            await reader.NextResultAsync(cancellation);
        isFirst = false;
        return await Rows.ReadAsync<TRow>(reader, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        await batch.DisposeAsync();
        await connection.DisposeAsync();
    }
}
