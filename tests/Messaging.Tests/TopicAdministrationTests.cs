using Confluent.Kafka;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

public sealed class TopicAdministrationTests
{
    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task The_backlog_is_what_a_group_has_not_committed(KafkaVersion version)
    {
        await using var corner = await Corner.SharedAsync(version);
        (await corner.BacklogAsync()).ShouldBe(0, "there is no topic");
        await corner.MakeTopicAsync();
        (await corner.BacklogAsync()).ShouldBe(0, "the topic is empty");
        await corner.SendAsync(12);
        (await corner.BacklogAsync()).ShouldBe(12, "nobody committed anything");
        var held = new HeldWork();

        var worker = corner.Work(held.HandleAsync, options => options with { MaximumInFlight = 12 });

        await Corner.Until(() => held.Seen.Count == 12, "all run");
        (await corner.BacklogAsync()).ShouldBe(12, "what runs is not done");
        held.Finish(12);
        await corner.UntilNothingIsLeftAsync();
        await worker.StopAsync();
        await corner.SendAsync(3);
        (await corner.BacklogAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task The_backlog_of_a_topic_that_was_made_anew_is_that_of_the_new_one()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(20);
        var worker = corner.Work(_ => { });
        await corner.UntilNothingIsLeftAsync();
        await worker.StopAsync();

        await corner.Administration.DeleteTopicsAsync([corner.Topic]);
        (await corner.BacklogAsync()).ShouldBe(0);
        await corner.MakeTopicAsync();
        await corner.SendAsync(4);

        (await corner.BacklogAsync()).ShouldBe(4);
    }

    [Fact]
    public async Task Making_topics_again_changes_nothing()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 3);
        await corner.SendAsync(5);
        await corner.MakeTopicAsync(partitions: 9);
        (await corner.BacklogAsync()).ShouldBe(5);
    }

    [Theory]
    [InlineData(-1001, 0, 7, 7)] // nothing committed
    [InlineData(3, 0, 7, 4)]
    [InlineData(7, 0, 7, 0)]
    [InlineData(1, 4, 7, 3)] // what was committed has expired
    [InlineData(20, 0, 7, 7)] // committed on an earlier topic of the name
    public void A_backlog_counts_from_where_a_consumer_would_start(
        long committed,
        long first,
        long end,
        long backlog
    ) => TopicAdministration.Backlog(new Offset(committed), first, end).ShouldBe(backlog);

    [Theory]
    [InlineData(KafkaVersion.Modern, BrokerProfile.Modern)]
    [InlineData(KafkaVersion.Legacy, BrokerProfile.Legacy)]
    public async Task The_profile_of_a_broker_is_found_out_by_asking(KafkaVersion version, BrokerProfile expected)
    {
        await using var corner = await Corner.SharedAsync(version);
        (await BrokerProfiles.DetectAsync(corner.Broker.BootstrapServers, CancellationToken.None)).ShouldBe(expected);
    }

    [Fact]
    public async Task A_message_to_a_topic_that_does_not_exist_is_refused_with_its_name()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        var refusal = await Should.ThrowAsync<KafkaException>(() =>
            corner.Producer.SendAsync(corner.Topic, "k", new byte[2_000_000])
        );
        refusal.Message.ShouldContain(corner.Topic);
    }
}
