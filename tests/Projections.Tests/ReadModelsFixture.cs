using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.Projections.Tests;

/// <summary>A log and its read models in a database of their own.</summary>
internal sealed class ReadModelsFixture : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private readonly TestSupport.TemporaryFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private Task following = Task.CompletedTask;

    private ReadModelsFixture(NpgsqlDataSource dataSource)
    {
        DataSource = dataSource;
        Log = new EventLog(dataSource, new EventLogOptions());
        Objects = new FolderObjectStore(folder.Path);
        ReadModels = new ReadModels(dataSource, Log, Objects, new ReadModelOptions(), TimeProvider.System);
    }

    public NpgsqlDataSource DataSource { get; }
    public EventLog Log { get; }
    public FolderObjectStore Objects { get; }
    public ReadModels ReadModels { get; }

    public static async Task<ReadModelsFixture> CreateAsync()
    {
        var fixture = new ReadModelsFixture(
            EventLogDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync())
        );
        await fixture.ReadModels.EnsureSchemaAsync(TestContext.Current.CancellationToken);
        return fixture;
    }

    public ReadModelsFixture Follow()
    {
        following = ReadModels.CreateFollower().RunAsync(stop.Token);
        return this;
    }

    public async Task<Position> AppendAsync(params StreamAppend[] appends) =>
        (await Log.AppendAsync(appends, CancellationToken.None))[^1].Position;

    public Task<Position> AppendAsync(History history) =>
        AppendAsync(new StreamAppend(history.JobId, "job", 0, history.New));

    public async Task CaughtUpAsync(Position position)
    {
        if (!await ReadModels.WaitForAsync(position, Deadline, TestContext.Current.CancellationToken))
        {
            if (following.IsFaulted)
                await following;
            Assert.Fail($"The read models did not reach {position} within {Deadline.TotalSeconds} s.");
        }
    }

    /// <summary>Every row of every table, as text.</summary>
    public async Task<IReadOnlyList<string>> DumpAsync(string schema)
    {
        var tables = new List<string>();
        await using (
            var command = DataSource.CreateCommand(
                $"select table_name from information_schema.tables where table_schema = '{schema}' order by 1"
            )
        )
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        var rows = new List<string>();
        foreach (var table in tables)
        {
            await using var command = DataSource.CreateCommand(
                $"select '{table} ' || to_json(t)::text from {schema}.{table} t order by 1"
            );
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                rows.Add(reader.GetString(0));
        }
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await following;
        stop.Dispose();
        await DataSource.DisposeAsync();
        Objects.Dispose();
        folder.Dispose();
    }
}
