using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.TestSupport;
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
        await using var link = new Link(database.Port) { State = LinkState.Cut };
        var behindLink = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = link.Port };
        using var folder = new TestSupport.TemporaryFolder();
        await using var dataSource = EventLogDataSource.Create(behindLink.ConnectionString);
        var log = new EventLog(dataSource, new EventLogOptions());
        var complaints = new RecordedLog<ProjectionService>();
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
        await UntilAsync(() => Task.FromResult(complaints.Lines.Count > 0), "it has tried");
        service.ExecuteTask!.IsCompleted.ShouldBeFalse();
        link.State = LinkState.Open;

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
    }

    private static Task UntilAsync(Func<Task<bool>> condition, string what) =>
        Eventually.BecomesTrueAsync(condition, ReadModelsFixture.Deadline, what);
}
