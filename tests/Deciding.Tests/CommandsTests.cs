using EventPipeline.Contracts;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;
using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.Deciding.Tests;

/// <summary>What people ask twice happens once: commands take it for new first, and the log knows better.</summary>
public sealed class CommandsTests : IAsyncLifetime
{
    private static readonly Guid VideoId = Guid.CreateVersion7();
    private static readonly Guid JobId = Guid.CreateVersion7();

    private NpgsqlDataSource dataSource = null!;
    private EventLog log = null!;

    private Commands Commands => new(log, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        dataSource = EventLogDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => dataSource.DisposeAsync();

    [Fact]
    public async Task A_video_that_is_registered_again_is_the_same_until_it_is_deleted()
    {
        var first = await RegisterAsync();
        var again = await RegisterAsync();
        await Commands.DeleteVideoAsync(VideoId, "me", "It is old.", CancellationToken.None);
        var anew = await RegisterAsync();

        again.ShouldBe(first with { Refusal = null });
        anew.Position.ShouldBeGreaterThan(first.Position);
        (await log.LoadAsync(VideoId, CancellationToken.None))
            .Select(stored => stored.Type)
            .ShouldBe(["video_registered", "video_deleted", "video_registered"]);
    }

    [Fact]
    public async Task A_job_that_is_started_again_is_the_same()
    {
        await RegisterAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync()));

        all.ShouldAllBe(answer => answer == all[0]);
        all[0].Refusal.ShouldBeNull();
        (await log.LoadAsync(JobId, CancellationToken.None)).Count(it => it.Type == "job_started").ShouldBe(1);
    }

    [Fact]
    public async Task A_job_over_a_video_that_nobody_registered_is_refused()
    {
        var answer = await StartAsync();

        answer.Refusal!.Sentence.ShouldBe("There is no such video.");
        (await log.LoadAsync(JobId, CancellationToken.None)).ShouldBeEmpty();
    }

    private Task<CommandResult> RegisterAsync() =>
        Commands.RegisterVideoAsync(
            new RegisterVideo(
                VideoId,
                "me",
                "talk.mp4",
                new ArtifactReference("videos/raw/talk.mp4", new string('0', 64), 1, "video/mp4"),
                "me"
            ),
            CancellationToken.None
        );

    private Task<CommandResult> StartAsync() =>
        Commands.StartJobAsync(
            JobId,
            VideoId,
            Pipelines.LectureHighlights,
            new JobOptions(),
            JobPriority.Normal,
            "me",
            CancellationToken.None
        );
}
