namespace EventPipeline.Messaging.Tests;

public sealed class MemberWatchTests
{
    private static readonly HashSet<PartitionId> Owned = [new("work", 0)];

    [Fact]
    public void Late_answers_are_followed_by_joining_anew_when_answers_come_in_time_again()
    {
        var watch = new MemberWatch();
        (long Answered, long Unanswered)[] requests = [(5, 0), (9, 0), (9, 1), (11, 3), (11, 3), (13, 3)];
        requests
            .Select(it => watch.Look(Statistics(it.Answered, it.Unanswered), Owned))
            .ShouldBe([
                MemberCondition.Good,
                MemberCondition.Good,
                MemberCondition.Good,
                MemberCondition.Good,
                MemberCondition.Good,
                MemberCondition.Uninformed,
            ]);
    }

    [Fact]
    public void Without_a_connection_nothing_is_known()
    {
        var watch = new MemberWatch();
        watch.Look(Statistics(unanswered: 1), Owned).ShouldBe(MemberCondition.Good);
        watch.Look(Statistics(1, 1, state: "CONNECT"), Owned).ShouldBe(MemberCondition.Unconnected);
        watch.Look(Statistics(2, 1), Owned).ShouldBe(MemberCondition.Uninformed);
    }

    [Fact]
    public void An_owned_partition_that_is_not_fetched_for_long_makes_the_client_useless()
    {
        var watch = new MemberWatch();
        string[] states = ["offset-query", "active", "offset-wait", "offset-wait", "offset-wait"];
        states
            .Select(state => watch.Look(Statistics(fetchState: state), Owned) == MemberCondition.Idle)
            .ShouldBe([false, false, false, false, true]);
        watch.Look(Statistics(fetchState: "offset-wait"), new HashSet<PartitionId>()).ShouldBe(MemberCondition.Good);
    }

    /// <summary>The members of librdkafka's statistics that count here, named as in its STATISTICS.md.</summary>
    private static string Statistics(
        long answered = 0,
        long unanswered = 0,
        string state = "UP",
        string fetchState = "active"
    ) =>
        string.Concat(
            $$"""{"brokers":{"127.0.0.1:9092/bootstrap":{"state":"{{state}}","rx":9,"req_timeouts":7},""",
            $$""" "GroupCoordinator":{"state":"{{state}}","rx":{{answered}},"req_timeouts":{{unanswered}} } },""",
            $$""" "topics":{"work":{"partitions":{"0":{"partition":0,"fetch_state":"{{fetchState}}"} } } } }"""
        );
}
