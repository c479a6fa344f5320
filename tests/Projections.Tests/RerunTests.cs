using EventPipeline.EventStore;
using EventPipeline.Projections.Jobs;

namespace EventPipeline.Projections.Tests;

/// <summary>Promise 3 where a stage is run again: what it had found before goes, and what others found stays, however the rows are made.</summary>
public sealed class RerunTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promise_3_rows_of_before_go_at_once_and_those_of_other_stages_stay()
    {
        await using var models = await ReadModelsFixture.CreateAsync();
        models.Follow();
        var (history, other) = (new History(1).Complete(), new History(2).Complete());
        await models.AppendAsync(other);
        var completed = await models.AppendAsync(history);
        await models.CaughtUpAsync(completed);

        await AppendRestAsync(models, history.Rerun("transcript", "The words were wrong."));
        var asked = await FindAsync(models, history);
        asked.Transcript.ShouldBeNull();
        (asked.Segments.Count, asked.Highlights.Count, asked.Removed.Count, asked.Clips.Count).ShouldBe((0, 0, 0, 0));
        (asked.Silences.Count, asked.Scenes.Count).ShouldBe((2, 2));
        asked.Storyboard.ShouldNotBeNull();
        asked.Costs.Count.ShouldBe(10);
        (await models.ReadModels.Transcripts.ListAsync(history.JobId, Cancellation)).ShouldBeEmpty();

        await AppendRestAsync(models, history.Complete());
        var again = await FindAsync(models, history);
        again.Job.Status.ShouldBe(JobStatus.Completed);
        again.Transcript!.Segments.ShouldBe(1);
        again.Clips.Select(clip => clip.Name).ShouldBe(["clip-002"]);
        again.Costs.Count.ShouldBe(14);
        (await models.ReadModels.Transcripts.ListAsync(history.JobId, Cancellation)).Count.ShouldBe(1);
        (await models.ReadModels.Jobs.TimelineAsync(history.JobId, Cancellation))
            .Select(row => row.Sentence)
            .ShouldContain(
                "user:owner asked to run stage transcript again, and with it analyze, select, compile: The words were wrong."
            );

        var folded = (await models.ReadModels.History.FindJobAsync(history.JobId, null, null, Cancellation))!;
        folded.Clips.ShouldBe(again.Clips);
        folded.Segments.ShouldBe(again.Segments);
        folded.Silences.ShouldBe(again.Silences);
        var then = (await models.ReadModels.History.FindJobAsync(history.JobId, completed, null, Cancellation))!;
        then.Clips.Select(clip => clip.Name).ShouldBe(["clip-001"]);
        then.Transcript!.Segments.ShouldBe(2);

        (await FindAsync(models, other)).Clips.Count.ShouldBe(1);
        var kept = await models.DumpAsync("read");
        await models.ReadModels.RebuildAsync(Cancellation);
        (await models.DumpAsync("read")).ShouldBe(kept);
    }

    private static async Task<JobDetails> FindAsync(ReadModelsFixture models, History history) =>
        (await models.ReadModels.Jobs.FindDetailsAsync(history.JobId, Cancellation))!;

    private static async Task AppendRestAsync(ReadModelsFixture models, History history)
    {
        var version = (await models.Log.LoadAsync(history.JobId, Cancellation)).Count;
        var rest = new StreamAppend(history.JobId, "job", version, [.. history.New.Skip(version)]);
        await models.CaughtUpAsync(await models.AppendAsync(rest));
    }
}
