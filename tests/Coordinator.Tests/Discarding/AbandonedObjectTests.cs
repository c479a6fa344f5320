using EventPipeline.Contracts;
using EventPipeline.Domain.Jobs;

namespace EventPipeline.Coordinator.Tests.Discarding;

/// <summary>Promise 2: no orphans stay behind, whatever became of the attempts that made them.</summary>
public sealed class AbandonedObjectTests
{
    private static readonly Pipeline TwoAtOnce = new("two", 1, [new("good", []), new("bad", [], LeaseSeconds: 1)]);
    private static readonly Pipeline LongAtOnce = new("long", 1, [new("good", []), new("bad", [])]);

    [Fact]
    public async Task Promise_2_what_an_attempt_stored_while_its_job_failed_is_removed_and_nothing_else()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(TwoAtOnce);
        var video = await installation.RegisterVideoAsync();
        var orphan = await StoreAsync(installation, video);
        installation.StartProcessors(TwoAtOnce, work => work.Stage == "bad" ? new Answer(FailureKind.Permanent) : null);

        var job = await installation.StartJobAsync(TwoAtOnce, video);
        await installation.UntilEndedAsync(job);

        await installation.UntilAsync(async () => await IsGoneAsync(installation, orphan), "the orphan is gone");
        (await IsGoneAsync(installation, ObjectKeys.Source(video, ".mp4"))).ShouldBeFalse();
    }

    [Fact]
    public async Task Promise_2_while_another_job_of_the_video_runs_nothing_is_removed()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(TwoAtOnce);
        var video = await installation.RegisterVideoAsync();
        var needed = await StoreAsync(installation, video);
        var open = Guid.CreateVersion7();
        installation.StartProcessors(
            TwoAtOnce,
            work => work.Stage == "bad" && work.JobId != open ? new Answer(FailureKind.Permanent) : null
        );
        await installation.Commands.StartJobAsync(
            open,
            video,
            TwoAtOnce,
            new JobOptions(),
            JobPriority.Normal,
            "user:owner",
            CancellationToken.None
        );

        await installation.UntilEndedAsync(await installation.StartJobAsync(TwoAtOnce, video));
        // A later job shows that the relay has passed the end of that one.
        await installation.UntilEndedAsync(await installation.StartJobAsync(TwoAtOnce));

        (await IsGoneAsync(installation, needed)).ShouldBeFalse();
        (await installation.JobAsync(open)).Status.ShouldBe(JobStatus.Running);
    }

    [Fact]
    public async Task Promise_2_what_a_failed_job_left_is_removed_when_another_job_of_the_video_completes_without_trouble()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(TwoAtOnce);
        var video = await installation.RegisterVideoAsync();
        var orphan = await StoreAsync(installation, video);
        var open = Guid.CreateVersion7();
        var processors = installation.StartProcessors(
            LongAtOnce,
            work => work.Stage == "bad" && work.JobId != open ? new Answer(FailureKind.Permanent) : null
        );
        await installation.Commands.StartJobAsync(
            open,
            video,
            LongAtOnce,
            new JobOptions(),
            JobPriority.Normal,
            "user:owner",
            CancellationToken.None
        );
        await installation.UntilEndedAsync(await installation.StartJobAsync(LongAtOnce, video));
        // A later job shows that the relay has passed the end of that one.
        await installation.UntilEndedAsync(await installation.StartJobAsync(LongAtOnce));
        (await IsGoneAsync(installation, orphan)).ShouldBeFalse();

        foreach (var work in processors.Seen.Where(work => work.JobId == open))
            await installation.SendOutcomeAsync(Answer.Done.To(work));

        await installation.UntilAsync(async () => await IsGoneAsync(installation, orphan), "the orphan is gone");
        var job = await installation.JobAsync(open);
        job.Status.ShouldBe(JobStatus.Completed);
        job.Stages.ShouldAllBe(stage => stage.Works.All(work => work.Attempt == 1));
    }

    [Fact]
    public async Task Promise_2_what_an_attempt_stored_after_its_job_ended_is_removed_when_it_tells_its_result()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(TwoAtOnce);
        WorkItem? late = null;
        installation.StartProcessors(
            TwoAtOnce,
            work =>
            {
                if (work.Stage == "bad")
                    return new Answer(FailureKind.Permanent);
                late = work;
                return null;
            }
        );
        var video = await installation.RegisterVideoAsync();
        var job = await installation.StartJobAsync(TwoAtOnce, video);
        await installation.UntilEndedAsync(job);
        await installation.UntilAsync(() => Task.FromResult(late is not null), "the attempt runs");
        var orphan = await StoreAsync(installation, video);

        await installation.SendOutcomeAsync(Answer.Done.To(late!));

        await installation.UntilAsync(async () => await IsGoneAsync(installation, orphan), "the orphan is gone");
        (await installation.EventsAsync(job))[^1].ShouldBeOfType<LateOutcomeRefused>().Stage.ShouldBe("good");
    }

    [Fact]
    public async Task Promise_2_what_an_attempt_stored_that_never_told_is_removed_when_its_job_ends_after_a_rerun()
    {
        var silent = new Pipeline("silent", 1, [new("good", [], LeaseSeconds: 600)]);
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(silent);
        var processors = installation.StartProcessors(silent, _ => null);
        var video = await installation.RegisterVideoAsync();
        var job = await installation.StartJobAsync(silent, video);
        await installation.UntilAsync(() => Task.FromResult(!processors.Seen.IsEmpty), "the attempt runs");
        await installation.Commands.CancelJobAsync(job, "user:owner", "enough", CancellationToken.None);
        await installation.Commands.RerunStageAsync(job, "good", "user:owner", null, CancellationToken.None);
        await installation.UntilAsync(
            () => Task.FromResult(processors.Seen.Any(it => it.Attempt == 2)),
            "the next one runs"
        );
        var orphan = await StoreAsync(installation, video);

        await installation.SendOutcomeAsync(Answer.Done.To(processors.Seen.First(it => it.Attempt == 2)));

        await installation.UntilAsync(async () => await IsGoneAsync(installation, orphan), "the orphan is gone");
        (await installation.JobAsync(job)).Status.ShouldBe(JobStatus.Completed);
    }

    private static async Task<string> StoreAsync(Installation installation, Guid video)
    {
        var key = ObjectKeys.Facts(video, "good", new string('0', 64));
        await installation.Objects.PutAsync(key, "{}"u8.ToArray(), "application/json", CancellationToken.None);
        return key;
    }

    private static async Task<bool> IsGoneAsync(Installation installation, string key) =>
        await installation.Objects.FindAsync(key, CancellationToken.None) is null;
}
