using EventPipeline.Contracts;
using EventPipeline.Domain;
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

    /// <summary>Each time as another process would ask, that has seen nothing.</summary>
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

    [Fact]
    public async Task A_video_that_somebody_else_has_deleted_or_registered_anew_is_not_taken_for_what_it_was()
    {
        var seenBefore = Commands;
        await RegisterAsync(seenBefore);
        await Commands.DeleteVideoAsync(VideoId, "me", "It is old.", CancellationToken.None);
        var afterDeletion = await StartAsync(seenBefore);
        await RegisterAsync();
        var afterReturn = await StartAsync(seenBefore);

        afterDeletion.Refusal!.Sentence.ShouldBe("The video was deleted. Upload it again.");
        afterReturn.Refusal.ShouldBeNull();
        afterReturn.Position.ShouldBe((await log.LoadAsync(JobId, CancellationToken.None))[^1].Position);
    }

    [Fact]
    public async Task Jobs_that_are_started_while_their_video_is_deleted_are_written_or_refused_and_none_after_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var (video, jobs) = (
                Guid.CreateVersion7(),
                Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).ToList()
            );
            var commands = Commands;
            await RegisterAsync(commands, video);

            var starting = jobs.Select(job => Task.Run(() => StartAsync(commands, video, job))).ToList();
            await Commands.DeleteVideoAsync(video, "me", "It is old.", CancellationToken.None);
            var started = await Task.WhenAll(starting);

            (await StartAsync(commands, video, Guid.CreateVersion7())).Refusal.ShouldBeOfType<VideoMissing>();
            foreach (var (job, answer) in jobs.Zip(started))
                (await log.LoadAsync(job, CancellationToken.None)).Count.ShouldBe(answer.Refusal is null ? 2 : 0);
        }
    }

    [Fact]
    public async Task A_job_over_somebody_elses_video_is_refused_as_if_there_were_none_whatever_became_of_it()
    {
        await RegisterAsync();
        var others = await StartAsync(owner: "somebody else");
        await Commands.DeleteVideoAsync(VideoId, "me", "It is old.", CancellationToken.None);
        var deleted = await StartAsync(owner: "somebody else");
        var own = await StartAsync(owner: "me");

        others.Refusal!.Sentence.ShouldBe("There is no such video.");
        deleted.Refusal.ShouldBe(others.Refusal);
        own.Refusal!.Sentence.ShouldBe("The video was deleted. Upload it again.");
    }

    private Task<CommandResult> RegisterAsync(Commands? commands = null, Guid? video = null) =>
        (commands ?? Commands).RegisterVideoAsync(
            new RegisterVideo(
                video ?? VideoId,
                "me",
                "talk.mp4",
                new ArtifactReference("videos/raw/talk.mp4", new string('0', 64), 1, "video/mp4"),
                "me"
            ),
            CancellationToken.None
        );

    private Task<CommandResult> StartAsync(
        Commands? commands = null,
        Guid? video = null,
        Guid? job = null,
        string? owner = null
    ) =>
        (commands ?? Commands).StartJobAsync(
            job ?? JobId,
            video ?? VideoId,
            Pipelines.LectureHighlights,
            new JobOptions(),
            JobPriority.Normal,
            "me",
            CancellationToken.None,
            owner: owner
        );
}
