using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>Several members of one group.</summary>
public sealed class WorkSharingTests
{
    private static readonly Settlement Done = new Accept();

    [Theory]
    [InlineData(BrokerProfile.Modern)]
    [InlineData(BrokerProfile.Classic)]
    [InlineData(BrokerProfile.Legacy)]
    public async Task A_killed_node_costs_only_what_it_had_not_finished(BrokerProfile profile)
    {
        await using var corner = await Corner.SharedAsync(profile);
        await corner.MakeTopicAsync(partitions: 2);
        await corner.SendAsync(20);
        await using var victim = KillableWorker.Start(corner, hangOn: [10, 15]);
        await Corner.Until(
            () => victim.Output.Contains("(started 10)") && victim.Output.Contains("(started 15)"),
            "it hangs on both"
        );
        await Corner.Until(() => 18 == Count(victim.Output, "(done "), "it did all others");
        await Corner.Until(async () => await corner.BacklogAsync() <= 10, "what can be committed is");
        var committedBehind = await corner.BacklogAsync();

        victim.Kill();
        var seen = new Seen();
        corner.Work(number => seen.Add(number));

        await corner.UntilNothingIsLeftAsync();
        seen.Numbers.ShouldContain(10);
        seen.Numbers.ShouldContain(15);
        seen.Count.ShouldBe(
            (int)committedBehind,
            "nothing that was committed comes again, and nothing else is missing"
        );
    }

    [Theory]
    [InlineData(BrokerProfile.Modern, RevocationPolicy.HandOver)]
    [InlineData(BrokerProfile.Modern, RevocationPolicy.FinishRunning)]
    [InlineData(BrokerProfile.Classic, RevocationPolicy.HandOver)]
    [InlineData(BrokerProfile.Classic, RevocationPolicy.FinishRunning)]
    [InlineData(BrokerProfile.Legacy, RevocationPolicy.HandOver)]
    [InlineData(BrokerProfile.Legacy, RevocationPolicy.FinishRunning)]
    public async Task A_node_that_joins_takes_work_while_the_handlers_of_the_full_one_still_run(
        BrokerProfile profile,
        RevocationPolicy policy
    )
    {
        await using var corner = await Corner.SharedAsync(profile);
        await corner.MakeTopicAsync();
        await corner.SendAsync(40);
        var held = new HeldWork();
        var full = corner.Work(
            held.HandleAsync,
            options => options with { MaximumInFlight = 2, OnRevocation = policy }
        );
        await Corner.Until(() => held.Seen.Count == 2, "the first node is full");
        var running = held.Seen.Numbers.ToList();

        var seen = new Seen();
        var fresh = corner.Work(number => seen.Add(number), options => options with { OnRevocation = policy });

        await Corner.Until(() => seen.Numbers.Except(running).Count() >= 5, "the second node works");
        full.Status.InFlight.ShouldBe(2);
        held.Ended.ShouldBe(0, "the first node's handlers still run");
        held.Finish(1000);
        await corner.UntilNothingIsLeftAsync();
        seen.Numbers.Union(held.Seen.Numbers).Order().ShouldBe(Enumerable.Range(0, 40));
        if (policy == RevocationPolicy.HandOver)
            seen.Numbers.Intersect(held.Seen.Numbers).ShouldBeEmpty("nothing was done twice");
        else
            seen.Numbers.Intersect(held.Seen.Numbers).ShouldBeSubsetOf(running, "only what ran may be done twice");
        fresh.Status.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task Work_is_cancelled_when_its_partition_goes_to_another_node_if_that_is_the_policy()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(12);
        var held = new HeldWork();
        var first = corner.Work(
            held.HandleAsync,
            options => options with { MaximumInFlight = 12, OnRevocation = RevocationPolicy.CancelRunning }
        );
        await Corner.Until(() => first.Status.InFlight == 12, "all run on the first node");

        var seen = new Seen();
        corner.Work(number => seen.Add(number));

        await Corner.Until(() => seen.Count > 0, "the second node has some of it");
        await Corner.Until(() => held.Cancelled + first.Status.InFlight == 12, "the first node let go of them");
        held.Cancelled.ShouldBeGreaterThan(0);
        held.Finish(1000);
        await corner.UntilNothingIsLeftAsync();
        seen.Twice.ShouldBeEmpty();
        (held.Ended + seen.Count).ShouldBe(12);
    }

    [Theory]
    [InlineData(BrokerProfile.Modern)]
    [InlineData(BrokerProfile.Classic)]
    [InlineData(BrokerProfile.Legacy)]
    public async Task A_rolling_restart_loses_nothing(BrokerProfile profile)
    {
        await using var corner = await Corner.SharedAsync(profile);
        await corner.MakeTopicAsync();
        var seen = new Seen();
        var nodes = new Queue<RunningConsumer>([Join(), Join()]);

        for (var round = 0; round < 3; round++)
        {
            await corner.SendAsync(100, from: round * 100);
            await Corner.Until(() => seen.Count > round * 100 + 20, "the round is under way");
            nodes.Enqueue(Join());
            await nodes.Dequeue().StopAsync();
        }

        await Corner.Until(() => seen.Count == 300, "all were seen");
        await corner.UntilNothingIsLeftAsync();
        // A broker refuses what a member of the classic kind commits while others join, so the last moment before may come again.
        if (profile != BrokerProfile.Classic)
            seen.Twice.ShouldBeEmpty();

        RunningConsumer Join() =>
            corner.Work(
                async (number, cancellation) =>
                {
                    await Task.Delay(5, cancellation);
                    seen.Add(number);
                    return Done;
                },
                options => options with { OnRevocation = RevocationPolicy.HandOver }
            );
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
