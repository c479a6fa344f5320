using EventPipeline.Contracts;
using EventPipeline.Projections.Jobs;

namespace EventPipeline.Projections.Tests;

public sealed class QueryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_comes_with_everything_that_it_found()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        var history = new History(1).Complete();
        await models.AppendAsync(History.Registered(history.VideoId));
        await models.CaughtUpAsync(await models.AppendAsync(history));

        var found = (await models.ReadModels.Jobs.FindDetailsAsync(history.JobId, Cancellation))!;

        found.Job.Status.ShouldBe(JobStatus.Completed);
        found.Job.Media!.Width.ShouldBe(640);
        found
            .Job.Stages.Select(stage => (stage.Name, stage.Status, stage.Items.Count, stage.Attempts, stage.Version))
            .ShouldBe([
                ("probe", StageStatus.Succeeded, 1, 1, "1.2"),
                ("features", StageStatus.Succeeded, 1, 1, "1.2"),
                ("layout", StageStatus.Succeeded, 1, 1, "1.2"),
                ("storyboard", StageStatus.Succeeded, 1, 1, "1.2"),
                ("transcribe", StageStatus.Succeeded, 2, 2, "1.2"),
                ("transcript", StageStatus.Succeeded, 1, 1, "1.2"),
                ("analyze", StageStatus.Succeeded, 1, 1, "1.2"),
                ("select", StageStatus.Succeeded, 1, 1, "1.2"),
                ("compile", StageStatus.Succeeded, 1, 1, "1.2"),
            ]);
        found.Video!.FileName.ShouldBe("talk.mp4");
        found.Transcript!.Segments.ShouldBe(2);
        found.Silences.Select(silence => (silence.Start, silence.End)).ShouldBe([(5, 6), (20, 21.5)]);
        found.Scenes.Select(scene => (scene.Start, scene.CutKind)).ShouldBe([(0, null), (30, SceneCutKind.Cut)]);
        found.Segments.Single().Measures["speech"].ShouldBe(0.25);
        found.Highlights.Single().Title.ShouldBe("Welcome");
        found.Removed.Single().Reason.ShouldBe("Silence.");
        var clip = found.Clips.Single();
        clip.Provenance!.Stage.ShouldBe("compile");
        clip.Provenance.WeightsVersion.ShouldBe("w1");
        found.Storyboard!.Thumbnails.ShouldBe([new Thumbnail(0, History.Artifact("frame"))]);
        found.Storyboard.Sprite.ShouldBe(History.Artifact("sprite"));
        found.Storyboard.SpriteVtt.ShouldBe(History.Artifact("map"));
        found.Storyboard.Waveform.ShouldBeNull();
        found.Storyboard.Provenance!.Stage.ShouldBe("storyboard");
        Costs.CostSum.Of(found.Costs).ShouldBe(new Costs.CostSum(10, 50, 20, 15));
        (await models.ReadModels.Transcripts.SearchAsync(history.JobId, "EVENT logs", Cancellation))
            .Single()
            .Number.ShouldBe(2);
        (await models.ReadModels.Jobs.FindDetailsAsync(Guid.CreateVersion7(), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_job_whose_storyboard_failed_has_none()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        var history = new History(1).Succeed("probe").Fail("storyboard", kind: FailureKind.Permanent).Complete();
        await models.CaughtUpAsync(await models.AppendAsync(history));

        var found = (await models.ReadModels.Jobs.FindDetailsAsync(history.JobId, Cancellation))!;

        found.Job.Status.ShouldBe(JobStatus.Completed);
        found.Storyboard.ShouldBeNull();
    }

    [Fact]
    public async Task A_fact_too_large_for_the_log_is_read_from_the_object_store()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        var history = new History(1).Complete();
        FactDocument? document = null;
        history.Replace<TranscriptProduced>(fact =>
        {
            document = new FactDocument([fact]);
            return new FactStored("transcript_produced", History.Artifact("large"));
        });
        await models.Objects.PutAsync("things/large", document!.Write(), "application/json", Cancellation);
        await models.CaughtUpAsync(await models.AppendAsync(history));
        (await models.ReadModels.Transcripts.ListAsync(history.JobId, Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_newest_completed_and_the_open_job_of_a_video_are_found()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        var first = new History(1, video: "v").Complete();
        var second = new History(2, video: "v").Complete();
        var third = new History(3, video: "v").Succeed("probe");
        var other = new History(4, Pipelines.DebugEcho, video: "v");
        await models.CaughtUpAsync(
            await models.AppendAsync([
                .. new[] { first, second, third, other }.Select(it => new EventStore.StreamAppend(
                    it.JobId,
                    "job",
                    0,
                    it.New
                )),
            ])
        );
        var jobs = models.ReadModels.Jobs;

        (await jobs.FindNewestCompletedAsync(first.VideoId, "lecture-highlights", Cancellation))!.Id.ShouldBe(
            second.JobId
        );
        (await jobs.FindOpenAsync(first.VideoId, "lecture-highlights", Cancellation))!.Id.ShouldBe(third.JobId);
        (await jobs.FindOpenAsync(first.VideoId, "debug-echo", Cancellation))!.Status.ShouldBe(JobStatus.Queued);
        (await jobs.FindNewestCompletedAsync(first.VideoId, "debug-echo", Cancellation)).ShouldBeNull();
        var running = (await jobs.FindAsync(third.JobId, Cancellation))!;
        // Stages took 2 s (transcribe: 2 x 2 s) for 60 s of media; seven stages lie on the longest path.
        (await jobs.EstimateRemainingAsync(running, Cancellation))!.Value.ShouldBe(14, 1e-6);
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_page_by_page()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        var all = Enumerable.Range(1, 7).Select(i => new History(i, owner: i % 2 == 0 ? "even" : "odd")).ToArray();
        await models.CaughtUpAsync(
            await models.AppendAsync([.. all.Select(it => new EventStore.StreamAppend(it.JobId, "job", 0, it.New))])
        );
        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await models.ReadModels.Jobs.ListAsync(
                new JobFilter(Status: JobStatus.Queued),
                3,
                cursor,
                Cancellation
            );
            page.Rows.Count.ShouldBeLessThanOrEqualTo(3);
            seen.AddRange(page.Rows.Select(row => row.Id));
            cursor = page.Next;
        } while (cursor is not null);
        seen.ShouldBe(all.Reverse().Select(it => it.JobId));

        var even = await models.ReadModels.Jobs.ListAsync(new JobFilter(OwnerId: "even"), 10, null, Cancellation);
        even.Rows.Count.ShouldBe(3);
        even.Next.ShouldBeNull();
        await Should.ThrowAsync<FormatException>(() =>
            models.ReadModels.Jobs.ListAsync(new JobFilter(), 3, "nonsense", Cancellation)
        );
    }

    [Fact]
    public async Task What_ran_out_of_attempts_is_listed_and_every_event_is_a_sentence()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        var history = new History(1);
        for (var attempt = 0; attempt < 3; attempt++)
            history.Fail("probe").RetryAll();
        await models.CaughtUpAsync(await models.AppendAsync(history));

        foreach (
            var filter in new DeadLetterFilter[]
            {
                new(),
                new(history.JobId, "probe", "video"),
                new(Reason: "DID NOT like"),
            }
        )
            (await models.ReadModels.Jobs.DeadLettersAsync(filter, Cancellation))
                .Select(letter => (letter.JobId, letter.Stage, letter.Item, letter.Attempts, letter.Reason))
                .ShouldBe([(history.JobId, "probe", "video", 3, "probe did not like it.")]);
        foreach (var filter in new DeadLetterFilter[] { new(Guid.Empty), new(Stage: "layout"), new(Reason: "disk") })
            (await models.ReadModels.Jobs.DeadLettersAsync(filter, Cancellation)).ShouldBeEmpty();
        var job = (await models.ReadModels.Jobs.FindAsync(history.JobId, Cancellation))!;
        job.Status.ShouldBe(JobStatus.Failed);
        job.Failure!.Stage.ShouldBe("probe");
        var sentences = (await models.ReadModels.Jobs.TimelineAsync(history.JobId, Cancellation))
            .Select(row => row.Sentence)
            .ToArray();
        sentences.Length.ShouldBe(history.Events.Count());
        sentences[0].ShouldBe("user:owner started lecture-highlights.");
        sentences.ShouldContain("Stage probe ran out of attempts: probe did not like it.");
        sentences[^1].ShouldBe("The job failed in stage probe: probe did not like it.");
    }
}
