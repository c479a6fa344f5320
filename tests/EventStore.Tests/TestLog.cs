using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.EventStore.Tests;

/// <summary>A fresh log in a database of its own, and short ways to say what tests say often.</summary>
public sealed class TestLog : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private TestLog(string connectionString)
    {
        ConnectionString = connectionString;
        DataSource = EventLogDataSource.Create(connectionString);
        Log = new EventLog(DataSource, new EventLogOptions());
        Checkpoints = new Checkpoints(Log);
    }

    public string ConnectionString { get; }
    public NpgsqlDataSource DataSource { get; }
    public EventLog Log { get; }
    public Checkpoints Checkpoints { get; }

    public static async Task<TestLog> CreateAsync(bool withSchema = true)
    {
        var log = new TestLog(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        if (withSchema)
            await log.Log.EnsureSchemaAsync(TestContext.Current.CancellationToken);
        return log;
    }

    /// <summary>The same log as another process would see it: other sessions, other signals.</summary>
    public TestLog AsAnotherProcess() => new(ConnectionString);

    public static StreamAppend Append(Guid stream, long expectedVersion, int count = 1, string type = "happened") =>
        new(
            stream,
            "thing",
            expectedVersion,
            [.. Enumerable.Range(1, count).Select(i => Event(type, $$"""{"n":{{expectedVersion + i}}}"""))]
        );

    public static NewEvent Event(string type, string data) =>
        new(
            Guid.CreateVersion7(),
            type,
            System.Text.Encoding.UTF8.GetBytes(data),
            """{"actor":"test"}"""u8.ToArray(),
            "correlation",
            null,
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)
        );

    public Task<IReadOnlyList<StoredEvent>> AppendAsync(params StreamAppend[] appends) =>
        Log.AppendAsync(appends, CancellationToken.None);

    /// <summary>Waits until readers are shown all that was appended: transactions of other tests on the same server delay it.</summary>
    public Task AllIsShownAsync() =>
        UntilAsync(
            () =>
                ScalarAsync<bool>(
                    "select not exists (select from events.mt_events where tx >= pg_snapshot_xmin(pg_current_snapshot()))"
                ),
            "all is shown"
        );

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? (T)value : default;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
                Assert.Fail($"Waited {Deadline.TotalSeconds} s in vain: {what}.");
            await Task.Delay(5);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) =>
        UntilAsync(() => Task.FromResult(condition()), what);

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
