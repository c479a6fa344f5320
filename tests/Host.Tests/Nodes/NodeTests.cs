using EventPipeline.Contracts;
using EventPipeline.TestSupport;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Host.Tests.Nodes;

/// <summary>Nodes of processors come and go while one job runs. Every node does one attempt at a time: with more, a node that dies also
/// costs what it finished behind its running work in the same partition, because a Kafka offset has no holes (decision 9).</summary>
public sealed class NodeTests(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The deadlines are the promise itself, so wall-clock time is asserted here: from the node's own word that it runs
    /// to the first attempt that it begins.</summary>
    [Theory]
    [InlineData(KafkaVersion.Modern, 2)]
    [InlineData(KafkaVersion.Legacy, 10)]
    public async Task Two_nodes_share_a_jobs_chunks_and_a_third_one_takes_work_in_time(
        KafkaVersion version,
        int seconds
    )
    {
        await SkipWithoutToolsAsync(version);
        await using var job = await SpokenJob.StartAsync(version, pace: TimeSpan.FromSeconds(3));
        var first = await job.AddNodeAsync();
        var second = await job.AddNodeAsync();
        await job.UntilAsync(() => ChunksOf(first).Any() && ChunksOf(second).Any(), "both transcribe");

        var third = await job.AddNodeAsync(SpokenJob.Transcribe);
        await job.UntilAsync(() => job.BegunBy(third).Count > 0, "the third one takes work");

        var wait = job.BegunBy(third)[0].At - third.ReadyAt;
        output.WriteLine($"{version}: the third node took work after {wait.TotalSeconds:0.00} s");
        wait.ShouldBeLessThan(TimeSpan.FromSeconds(seconds));
        ShouldBeAcceptedOnceEach(await job.FinishAsync());
        job.Begun.Select(attempt => (attempt.Stage, attempt.Item)).ShouldBeUnique("nothing was done twice");

        IEnumerable<Begun> ChunksOf(Node node) =>
            job.BegunBy(node).Where(attempt => attempt.Stage == SpokenJob.Transcribe);
    }

    [Fact]
    public async Task A_node_killed_in_the_middle_of_an_item_costs_the_repetition_of_that_item_alone()
    {
        await SkipWithoutToolsAsync(KafkaVersion.Modern);
        await using var job = await SpokenJob.StartAsync(KafkaVersion.Modern, pace: TimeSpan.FromSeconds(3));
        var survivor = await job.AddNodeAsync();
        var victim = await job.AddNodeAsync(SpokenJob.Transcribe);
        await job.UntilAsync(() => job.BegunBy(victim).Count > 1, "the victim is at its second chunk");
        Begun hit;
        do
        {
            hit = job.BegunBy(victim)[^1];
            await job.UntilCommittedAsync();
        } while (hit != job.BegunBy(victim)[^1]); // It went on meanwhile, and what it left may not be committed yet.
        victim.Program.Kill();

        ShouldBeAcceptedOnceEach(await job.FinishAsync());
        job.Begun.GroupBy(attempt => (attempt.Stage, attempt.Item))
            .Where(item => item.Count() > 1)
            .ShouldHaveSingleItem("only what the victim was at is done again")
            .Select(attempt => (attempt.Stage, attempt.Item))
            .ShouldBe([(hit.Stage, hit.Item), (hit.Stage, hit.Item)], "and only once");
        job.BegunBy(survivor).ShouldContain(attempt => attempt.Item == hit.Item);
    }

    private static async Task SkipWithoutToolsAsync(KafkaVersion version)
    {
        Assert.SkipUnless(version == KafkaVersion.Legacy || KafkaBroker.ModernIsAvailable, KafkaBroker.HowToGetModern);
        Assert.SkipUnless(
            await FfmpegTool.CanSpeakAsync(Cancellation),
            "ffmpeg with flite is missing: apt-get install ffmpeg"
        );
    }

    private static void ShouldBeAcceptedOnceEach(IReadOnlyList<Event> events)
    {
        var accepted = events.OfType<StageSucceeded>().Select(done => (done.Stage, done.Item)).ToList();
        accepted.ShouldBeUnique();
        accepted
            .Order()
            .ShouldBe(
                events.OfType<StageRequested>().Select(it => (it.Work.Stage, it.Work.Item.Name)).Distinct().Order()
            );
        accepted.Count(done => done.Stage == SpokenJob.Transcribe).ShouldBeGreaterThan(10);
    }
}
