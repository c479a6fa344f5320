using Npgsql;

namespace EventPipeline.Projections.Projecting;

/// <summary>Reads rows by keys, together for all who ask at the same time: in one round trip, and the same query for other keys as one
/// statement. Nobody waits for company: what was asked is sent as soon as this process has come to it, so that an idle one sends each
/// question at once, and one with much to do sends few large ones.</summary>
internal sealed class SharedReads(NpgsqlDataSource dataSource)
{
    // So that a few do not have to wait for the answers of very many.
    private const int MostAtOnce = 100;

    private readonly Lock gate = new();
    private Dictionary<(Type, string), Statement> byText = [];
    private List<Statement> waiting = [];

    /// <summary>Reads the rows of keys.</summary>
    /// <param name="query">Knows the keys as $1, and gives as its last column the key to which a row belongs.</param>
    /// <param name="keys">What is asked for.</param>
    /// <param name="parameters">$2, $3 ...; a query that has some is not shared.</param>
    /// <returns>The rows by their keys, also of keys that others have asked for.</returns>
    public async Task<ILookup<Guid, TRow>> ReadAsync<TRow>(
        string query,
        IReadOnlyCollection<Guid> keys,
        IReadOnlyCollection<object> parameters,
        CancellationToken cancellation
    )
    {
        var statement = Join<TRow>(query, keys, parameters);
        try
        {
            return await statement.Rows.WaitAsync(cancellation);
        }
        catch (Exception) when (statement.HasCompany && !cancellation.IsCancellationRequested)
        {
            // What others have asked for may be the reason.
            var alone = new Statement<TRow>(query, parameters);
            alone.Add(keys);
            await SendAsync([alone]);
            return await alone.Rows.WaitAsync(cancellation);
        }
    }

    private Statement<TRow> Join<TRow>(
        string query,
        IReadOnlyCollection<Guid> keys,
        IReadOnlyCollection<object> parameters
    )
    {
        Statement<TRow> statement;
        bool isFirst;
        lock (gate)
        {
            isFirst = waiting.Count == 0;
            if (parameters.Count == 0 && byText.TryGetValue((typeof(TRow), query), out var same))
                statement = (Statement<TRow>)same;
            else
            {
                waiting.Add(statement = new Statement<TRow>(query, parameters));
                if (parameters.Count == 0)
                    byText.Add((typeof(TRow), query), statement);
            }
            statement.Add(keys);
        }
        if (isFirst)
            ThreadPool.QueueUserWorkItem(static reads => reads.Send(), this, preferLocal: false);
        return statement;
    }

    private void Send()
    {
        List<Statement> all;
        lock (gate)
        {
            (all, waiting) = (waiting, []);
            byText = [];
        }
        foreach (var some in all.Chunk(MostAtOnce))
            _ = SendAsync(some);
    }

    private async Task SendAsync(Statement[] statements)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(connection);
            foreach (var statement in statements)
                batch.BatchCommands.Add(statement.Command());
            await batch.PrepareAsync();
            await using var reader = await batch.ExecuteReaderAsync();
            foreach (var statement in statements)
            {
                await statement.ReadAsync(reader);
                await reader.NextResultAsync();
            }
        }
        catch (Exception exception)
        {
            foreach (var statement in statements)
                statement.Fail(exception, hasCompany: statements.Length > 1);
            return;
        }
        // The connection is free for others by now.
        foreach (var statement in statements)
            statement.Answer();
    }

    private abstract class Statement(string query, IReadOnlyCollection<object> parameters)
    {
        private readonly HashSet<Guid> keys = [];
        private int askers;

        /// <summary>Whether others have asked at the same time; known once there is an answer.</summary>
        public bool HasCompany { get; private set; }

        public void Add(IReadOnlyCollection<Guid> more)
        {
            askers++;
            keys.UnionWith(more);
        }

        public NpgsqlBatchCommand Command()
        {
            var command = new NpgsqlBatchCommand(query)
            {
                Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. keys] } },
            };
            foreach (var parameter in parameters)
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            return command;
        }

        public abstract Task ReadAsync(NpgsqlDataReader reader);

        public abstract void Answer();

        public virtual void Fail(Exception exception, bool hasCompany) => HasCompany = hasCompany || askers > 1;
    }

    private sealed class Statement<TRow>(string query, IReadOnlyCollection<object> parameters)
        : Statement(query, parameters)
    {
        // Those who asked go on beside each other, not one after the other where the last row was read.
        private readonly TaskCompletionSource<ILookup<Guid, TRow>> answer = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private readonly List<(Guid Key, TRow Row)> found = [];

        public Task<ILookup<Guid, TRow>> Rows => answer.Task;

        public override async Task ReadAsync(NpgsqlDataReader reader)
        {
            while (await reader.ReadAsync())
                found.Add((reader.GetGuid(RowReader<TRow>.Count), RowReader<TRow>.Read(reader)));
        }

        public override void Answer() => answer.SetResult(found.ToLookup(it => it.Key, it => it.Row));

        public override void Fail(Exception exception, bool hasCompany)
        {
            base.Fail(exception, hasCompany);
            answer.SetException(exception);
        }
    }
}
