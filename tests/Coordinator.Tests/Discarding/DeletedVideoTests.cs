using EventPipeline.Contracts;
using EventPipeline.Domain;
using EventPipeline.Domain.Jobs;

namespace EventPipeline.Coordinator.Tests.Discarding;

/// <summary>Of a deleted video nothing stays in the store, and nothing goes on.</summary>
public sealed class DeletedVideoTests
{
    private static readonly Pipeline Two = new("two", 1, [new("first", []), new("second", ["first"])]);

    [Fact]
    public async Task A_deleted_video_takes_its_jobs_and_all_its_objects_with_it()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(Two);
        var video = await installation.RegisterVideoAsync();
        var other = await installation.RegisterVideoAsync();
        var open = Guid.Empty;
        installation.StartProcessors(Two, work => work.JobId == open && work.Stage == "second" ? null : Answer.Done);
        var completed = await installation.StartJobAsync(Two, video);
        await installation.UntilCompletedOnceEachAsync(completed);
        open = Guid.CreateVersion7();
        await StartAsync(installation, open, video);
        foreach (var key in Made(video))
            await installation.Objects.PutAsync(key, "made of it"u8.ToArray(), "text/plain", CancellationToken.None);

        var deleted = await installation.Commands.DeleteVideoAsync(
            video,
            "user:owner",
            "Wrong one.",
            CancellationToken.None
        );

        deleted.Refusal.ShouldBeNull();
        (await StartAsync(installation, Guid.CreateVersion7(), video)).ShouldBeOfType<VideoMissing>();
        await installation.UntilAsync(async () => await StoredAsync(installation, video) == 0, "all objects are gone");
        var cancelled = (await installation.EventsAsync(open)).OfType<JobCancelled>().ShouldHaveSingleItem();
        (cancelled.CancelledBy, cancelled.Reason).ShouldBe(("user:owner", "The video was deleted: Wrong one."));
        (await installation.JobAsync(completed)).Status.ShouldBe(JobStatus.Completed);
        (await StoredAsync(installation, other)).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_uploaded_anew_before_the_relay_came_to_the_deletion_stays()
    {
        await using var installation = await Installation.CreateAsync();
        var video = await installation.RegisterVideoAsync();
        await installation.Commands.DeleteVideoAsync(video, "user:owner", "Wrong one.", CancellationToken.None);
        var registered = (await installation.EventsAsync(video)).OfType<VideoRegistered>().Single();
        await installation.Commands.RegisterVideoAsync(
            new(video, "owner", "talk.mp4", registered.Source, "user:owner"),
            CancellationToken.None
        );

        await installation.StartCoordinatorAsync(Two);
        installation.StartProcessors(Two, _ => Answer.Done);
        await installation.UntilCompletedOnceEachAsync(await installation.StartJobAsync(Two, video));

        (await StoredAsync(installation, video)).ShouldBe(1);
    }

    private static async Task<Refusal?> StartAsync(Installation installation, Guid job, Guid video) =>
        (
            await installation.Commands.StartJobAsync(
                job,
                video,
                Two,
                new JobOptions(),
                JobPriority.Normal,
                "user:owner",
                CancellationToken.None
            )
        ).Refusal;

    private static string[] Made(Guid video) =>
        [
            ObjectKeys.Clip(video, "clip-001", new string('1', 64), ".mp4"),
            ObjectKeys.Thumbnail(video, "clip-001", new string('2', 64), ".jpg"),
            ObjectKeys.Transcript(video, new string('3', 64), ".vtt"),
            ObjectKeys.Audio(video, "chunk-001", new string('4', 64)),
            ObjectKeys.Facts(video, "first", new string('5', 64)),
        ];

    private static async Task<int> StoredAsync(Installation installation, Guid video)
    {
        var count = 0;
        foreach (var prefix in ObjectKeys.OfVideo(video))
            count += await installation.Objects.ListAsync(prefix, CancellationToken.None).CountAsync();
        return count;
    }
}
