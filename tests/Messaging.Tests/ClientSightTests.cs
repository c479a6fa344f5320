using Confluent.Kafka;

namespace EventPipeline.Messaging.Tests;

public sealed class ClientSightTests
{
    private readonly ManualClock clock = new();
    private readonly ClientSight sight;

    public ClientSightTests() => sight = new ClientSight(clock);

    [Fact]
    public void Who_hears_of_no_broker_and_of_none_since_is_blind()
    {
        Hear("1 brokers, 12 topics").ShouldBeFalse();
        Hear("0 brokers, 12 topics").ShouldBeTrue();
        Hear("0 brokers, 3 topics").ShouldBeFalse("it is known");
        sight.IsBlind.ShouldBeFalse("it may find one yet");

        clock.Elapsed += ClientSight.Patience;

        sight.IsBlind.ShouldBeTrue();
        sight.KnowsOldTopic.ShouldBeFalse();
    }

    [Fact]
    public void Who_hears_of_a_broker_in_time_is_not()
    {
        Hear("0 brokers, 12 topics");
        Hear("10 brokers, 12 topics").ShouldBeFalse();
        clock.Elapsed += ClientSight.Patience;
        sight.IsBlind.ShouldBeFalse();
    }

    [Theory]
    [InlineData("0 brokers, 0 topics")]
    [InlineData("Requesting metadata for 1/1 topics: 0 brokers, 1 topics are not known")]
    public void An_answer_that_the_client_asks_again_after_is_no_trouble(string message)
    {
        Hear(message).ShouldBeFalse();
        clock.Elapsed += ClientSight.Patience;
        sight.IsBlind.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Topic work changed id from D8l1F/51THSOKEwtVHc+iQ to liJeQxdSRfKlLTNyE/FyOw", true)]
    [InlineData("Topic work changed id from AAAAAAAAAAAAAAAAAAAAAA to liJeQxdSRfKlLTNyE/FyOw", false)]
    public void A_topic_made_anew_is_one_that_had_another_id(string message, bool isAnother)
    {
        Hear(message).ShouldBe(isAnother);
        sight.KnowsOldTopic.ShouldBe(isAnother);
        sight.IsBlind.ShouldBeFalse();
    }

    private bool Hear(string message) =>
        sight.Hear(
            new LogMessage("client#1", SyslogLevel.Debug, "METADATA", $"[thrd:main]: 127.0.0.1:9092/1: {message}")
        );

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Elapsed { get; set; } = TimeSpan.FromSeconds(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
