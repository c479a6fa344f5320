using EventPipeline.Contracts;
using EventPipeline.Domain;
using EventPipeline.Domain.Jobs;

namespace EventPipeline.Coordinator.Tests.Discarding;

/// <summary>Bad input leaves nothing behind.</summary>
public sealed class RejectedVideoTests
{
    private static readonly Pipeline Probe = new("probe-only", 1, [new("probe", [])]);

    [Fact]
    public async Task A_rejected_video_is_removed_with_its_bytes_and_takes_no_further_job()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(Probe);
        installation.StartProcessors(Probe, _ => new Answer(FailureKind.Rejected));
        var video = await installation.RegisterVideoAsync();

        var job = await installation.StartJobAsync(Probe, video);

        await installation.UntilAsync(
            async () =>
                await installation.Objects.FindAsync(ObjectKeys.Source(video, ".mp4"), CancellationToken.None) is null,
            "the bytes are gone"
        );
        (await installation.EventsAsync(video))[^1].ShouldBeOfType<VideoDiscarded>().JobId.ShouldBe(job);
        var again = await installation.Commands.StartJobAsync(
            Guid.CreateVersion7(),
            video,
            Probe,
            new JobOptions(),
            JobPriority.Normal,
            "user:owner",
            CancellationToken.None
        );
        again.Refusal.ShouldBeOfType<VideoMissing>();
    }

    [Fact]
    public async Task A_video_that_another_job_could_use_stays()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(Probe);
        var rejects = false;
        installation.StartProcessors(Probe, _ => new Answer(rejects ? FailureKind.Rejected : null));
        var video = await installation.RegisterVideoAsync();
        await installation.UntilCompletedOnceEachAsync(await installation.StartJobAsync(Probe, video));
        rejects = true;

        var job = await installation.StartJobAsync(Probe, video);
        await installation.UntilEndedAsync(job);
        // A later job shows that the relay has passed the rejection.
        await installation.UntilEndedAsync(await installation.StartJobAsync(Probe));

        (await installation.JobAsync(job)).Status.ShouldBe(JobStatus.Failed);
        (await installation.EventsAsync(video)).OfType<VideoDiscarded>().ShouldBeEmpty();
        (
            await installation.Objects.FindAsync(ObjectKeys.Source(video, ".mp4"), CancellationToken.None)
        ).ShouldNotBeNull();
    }

    [Fact]
    public async Task Promise_6_a_rejected_video_is_removed_also_if_the_clock_that_registered_it_was_ahead()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(Probe);
        installation.StartProcessors(Probe, _ => new Answer(FailureKind.Rejected));
        var ahead = new ManualTime();
        ahead.SetClock(TimeProvider.System.GetUtcNow().AddHours(1) - ahead.GetUtcNow());
        var video = await installation.RegisterVideoAsync(clock: ahead);

        await installation.StartJobAsync(Probe, video);

        await installation.UntilAsync(
            async () => (await installation.EventsAsync(video)).OfType<VideoDiscarded>().Any(),
            "the video is discarded"
        );
    }
}
