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
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task A_group_has_passed_a_message_when_it_has_committed_it(KafkaVersion version)
    {
        await using var corner = await Corner.SharedAsync(version);
        await corner.MakeTopicAsync();
        var first = await SendAsync();
        var second = await SendAsync();
        (await PassedAsync(first)).ShouldBeFalse();
        var held = new HeldWork();
        corner.Work(held.HandleAsync, options => options with { MaximumInFlight = 1 });
        await Corner.Until(() => held.Seen.Count == 1, "the first runs");

        held.Finish(1);

        await Corner.Until(() => PassedAsync(first), "the first is committed");
        (await PassedAsync(second)).ShouldBeFalse();
        held.Finish(1);
        await Corner.Until(() => PassedAsync(second), "the second is committed");

        async Task<bool> PassedAsync(QueueMark mark) =>
            (await corner.Administration.PositionAsync(corner.Group, corner.Topic)).HasPassed(mark);

        async Task<QueueMark> SendAsync()
        {
            var sent = new TaskCompletionSource<QueueMark>();
            corner.Producer.Send(
                corner.Topic,
                "one key",
                "0"u8.ToArray(),
                (failure, mark) =>
                {
                    if (mark is null)
                        sent.SetException(failure ?? new InvalidOperationException("There is no mark."));
                    else
                        sent.SetResult(mark);
                }
            );
            return await sent.Task;
        }
    }

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
