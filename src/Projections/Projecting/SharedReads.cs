using Npgsql;

namespace EventPipeline.Projections.Projecting;

/// <summary>Sends what is asked at the same time together: in one round trip, and the same query for other keys as one statement. Nobody
/// waits for company: what was asked is sent as soon as this process has come to it, so that an idle one sends each question at once, and one
/// with much to do sends few large ones.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="mostAtOnce">How many statements go together: they are answered one after the other, and nobody has an answer before all are.</param>
internal sealed class SharedReads(NpgsqlDataSource dataSource, int mostAtOnce)
{
    private readonly Lock gate = new();
    private Dictionary<(Type, string), object> byText = [];
    private List<Statement> waiting = [];

    /// <summary>Reads the rows of keys.</summary>
    /// <param name="query">Knows the keys as $1, and gives as its last column the key to which a row belongs.</param>
    /// <param name="keys">What is asked for.</param>
    /// <param name="parameters">$2, $3 ...; a query that has some is a statement of its own.</param>
    /// <returns>The rows by their keys, also of keys that others have asked for.</returns>
    public Task<ILookup<Guid, TRow>> ReadAsync<TRow>(
        string query,
        IReadOnlyCollection<Guid> keys,
        IReadOnlyCollection<object> parameters,
        CancellationToken cancellation
    )
    {
        KeyedStatement<TRow> statement;
        lock (gate)
        {
            if (parameters.Count == 0 && byText.TryGetValue((typeof(TRow), query), out var same))
                statement = (KeyedStatement<TRow>)same;
            else
            {
                Enqueue(statement = new KeyedStatement<TRow>(query, parameters));
                if (parameters.Count == 0)
                    byText.Add((typeof(TRow), query), statement);
            }
            statement.Add(keys);
        }
        return AnswerAsync(statement, Alone, cancellation);

        KeyedStatement<TRow> Alone()
        {
            var alone = new KeyedStatement<TRow>(query, parameters);
            alone.Add(keys);
            return alone;
        }
    }

    /// <summary>Reads the rows of a list.</summary>
    /// <param name="query">The query.</param>
    /// <param name="parameters">$1, $2 ...</param>
    public Task<List<TRow>> ListAsync<TRow>(
        string query,
        IReadOnlyCollection<object> parameters,
        CancellationToken cancellation
    )
    {
        var statement = new ListStatement<TRow>(query, parameters);
        lock (gate)
            Enqueue(statement);
        return AnswerAsync(statement, () => new ListStatement<TRow>(query, parameters), cancellation);
    }

    private void Enqueue(Statement statement)
    {
        waiting.Add(statement);
        if (waiting.Count == 1)
            ThreadPool.QueueUserWorkItem(static reads => reads.Send(), this, preferLocal: false);
    }

    private async Task<TAnswer> AnswerAsync<TAnswer>(
        Statement<TAnswer> shared,
        Func<Statement<TAnswer>> alone,
        CancellationToken cancellation
    )
    {
        try
        {
            return await shared.Answer.WaitAsync(cancellation);
        }
        catch (Exception) when (shared.HadCompany && !cancellation.IsCancellationRequested)
        {
            // What others have asked for may be the reason.
            var again = alone();
            await SendAsync([again]);
            return await again.Answer.WaitAsync(cancellation);
        }
    }

    private void Send()
    {
        List<Statement> all;
        lock (gate)
        {
            (all, waiting) = (waiting, []);
            byText = [];
        }
        foreach (var some in all.Chunk(mostAtOnce))
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
                statement.Fail(exception, hadCompany: statements.Length > 1);
            return;
        }
        // The connection is free for others by now.
        foreach (var statement in statements)
            statement.Succeed();
    }

    private abstract class Statement(string query, IReadOnlyCollection<object> parameters)
    {
        public virtual NpgsqlBatchCommand Command()
        {
            var command = new NpgsqlBatchCommand(query);
            foreach (var parameter in parameters)
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            return command;
        }

        public abstract Task ReadAsync(NpgsqlDataReader reader);

        public abstract void Succeed();

        public abstract void Fail(Exception exception, bool hadCompany);
    }

    private abstract class Statement<TAnswer>(string query, IReadOnlyCollection<object> parameters)
        : Statement(query, parameters)
    {
        // Those who asked go on beside each other, not one after the other where the last row was read.
        private readonly TaskCompletionSource<TAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TAnswer> Answer => answer.Task;

        /// <summary>Whether it failed with what others asked for.</summary>
        public bool HadCompany { get; private set; }

        protected abstract TAnswer Found { get; }

        protected virtual bool IsShared => false;

        public override void Succeed() => answer.SetResult(Found);

        public override void Fail(Exception exception, bool hadCompany)
        {
            HadCompany = hadCompany || IsShared;
            answer.SetException(exception);
        }
    }

    private sealed class KeyedStatement<TRow>(string query, IReadOnlyCollection<object> parameters)
        : Statement<ILookup<Guid, TRow>>(query, parameters)
    {
        private readonly HashSet<Guid> keys = [];
        private readonly List<(Guid Key, TRow Row)> rows = [];
        private int askers;

        protected override ILookup<Guid, TRow> Found => rows.ToLookup(it => it.Key, it => it.Row);

        protected override bool IsShared => askers > 1;

        public void Add(IReadOnlyCollection<Guid> more)
        {
            askers++;
            keys.UnionWith(more);
        }

        public override NpgsqlBatchCommand Command()
        {
            var command = base.Command();
            command.Parameters.Insert(0, new NpgsqlParameter<Guid[]> { TypedValue = [.. keys] });
            return command;
        }

        public override async Task ReadAsync(NpgsqlDataReader reader)
        {
            while (await reader.ReadAsync())
                rows.Add((reader.GetGuid(RowReader<TRow>.Count), RowReader<TRow>.Read(reader)));
        }
    }

    private sealed class ListStatement<TRow>(string query, IReadOnlyCollection<object> parameters)
        : Statement<List<TRow>>(query, parameters)
    {
        protected override List<TRow> Found => rows;

        private List<TRow> rows = [];

        public override async Task ReadAsync(NpgsqlDataReader reader) =>
            rows = await Rows.ReadAsync<TRow>(reader, CancellationToken.None);
    }
}
