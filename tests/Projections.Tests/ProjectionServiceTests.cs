using System.Net;
using System.Net.Sockets;
using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.TestSupport;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Projections.Tests;

public sealed class ProjectionServiceTests
{
    [Fact]
    public async Task A_database_that_is_away_at_the_start_is_waited_for()
    {
        var database = new NpgsqlConnectionStringBuilder(
            await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()
        );
        var behindDoor = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = FreePort() };
        using var folder = new TestSupport.TemporaryFolder();
        await using var dataSource = EventLogDataSource.Create(behindDoor.ConnectionString);
        var log = new EventLog(dataSource, new EventLogOptions());
        var complaints = new Complaints();
        using var service = new ProjectionService(
            new ReadModels(
                dataSource,
                log,
                new FolderObjectStore(folder.Path),
                new ReadModelOptions(),
                TimeProvider.System
            ),
            complaints
        );

        await service.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => Task.FromResult(complaints.Count > 0), "it has tried");
        service.ExecuteTask!.IsCompleted.ShouldBeFalse();
        using var door = new TcpListener(IPAddress.Loopback, behindDoor.Port);
        door.Start();
        using var stop = new CancellationTokenSource();
        var opening = OpenAsync(door, database.Port, stop.Token);

        await using var direct = NpgsqlDataSource.Create(database.ConnectionString);
        await UntilAsync(
            async () =>
            {
                await using var command = direct.CreateCommand("select to_regclass('read.jobs') is not null");
                return (bool)(await command.ExecuteScalarAsync())!;
            },
            "it works"
        );
        await service.StopAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await opening;
    }

    private static int FreePort()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        return ((IPEndPoint)taken.LocalEndpoint).Port;
    }

    private static Task UntilAsync(Func<Task<bool>> condition, string what) =>
        Eventually.BecomesTrueAsync(condition, ReadModelsFixture.Deadline, what);

    /// <summary>Passes on what comes to the door until stopped.</summary>
    private static async Task OpenAsync(TcpListener door, int port, CancellationToken stop)
    {
        var passing = new List<Task>();
        try
        {
            while (true)
                passing.Add(PassOnAsync(await door.AcceptTcpClientAsync(stop), port, stop));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private static async Task PassOnAsync(TcpClient client, int port, CancellationToken stop)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, port, stop);
        await Task.WhenAny(
            near.GetStream().CopyToAsync(far.GetStream(), stop),
            far.GetStream().CopyToAsync(near.GetStream(), stop)
        );
    }

    private sealed class Complaints : ILogger<ProjectionService>
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Interlocked.Increment(ref count);
    }
}
