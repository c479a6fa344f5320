using System.Text;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>A broker that was restarted, so that its partitions are in a later epoch, and then lost everything, so that they are in the
/// first one again.</summary>
public sealed class LostMemoryTests
{
    [Fact]
    public async Task Promise_4_a_reader_hears_what_is_said_after_a_restarted_broker_lost_everything()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        var heard = new Seen();
        await corner.Listen(BroadcastStart.End, heard.Add).Started;
        await corner.Kafka.RestartAsync();
        await corner.SendAsync(10);
        await Corner.Until(() => heard.Count == 10, "it hears the restarted broker");

        await corner.Kafka.WipeAsync();
        await corner.MakeTopicAsync(partitions: 1);

        await UntilHeardAsync(corner, () => heard.Numbers.Any(number => number >= 100));
    }

    [Fact]
    public async Task Promise_5_a_member_whose_group_others_made_anew_works_after_a_restarted_broker_lost_everything()
    {
        var door = FreePort.Next();
        await using var link = new Link(door);
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern, [new KafkaListener(door, link.Port)]);
        await corner.MakeTopicAsync(partitions: 1);
        var seen = new Seen();
        var survivor = corner.WorkRaw(
            (delivery, _) =>
            {
                seen.Add(Corner.NumberOf(delivery));
                return Task.FromResult<Settlement>(new Accept());
            },
            broker: corner.Broker with
            {
                BootstrapServers = $"127.0.0.1:{link.Port}",
            }
        );
        await corner.Kafka.RestartAsync();
        await corner.SendAsync(10);
        await Corner.Until(() => seen.Count == 10, "it works with the restarted broker");
        await corner.UntilNothingIsLeftAsync();

        link.State = LinkState.Frozen;
        await corner.Kafka.WipeAsync();
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendAsync(1, from: 50);
        var fresh = new Seen();
        var other = corner.Work(fresh.Add);
        await Corner.Until(() => fresh.Count == 1, "another one has made the group anew");
        link.State = LinkState.Open;
        await other.StopAsync();

        await Corner.Until(() => survivor.Status.Assigned.Count == 1, "the survivor owns the partition");
        await UntilHeardAsync(corner, () => seen.Numbers.Any(number => number >= 100));
    }

    /// <summary>A broker without memory gives the same identities out again, and takes what the old bearer sends for what the new one has
    /// sent.</summary>
    [Fact]
    public async Task Promise_4_what_is_acknowledged_after_a_broker_lost_everything_lies_in_the_topic()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        for (var number = 0; number < 17; number++)
            await corner.SendAsync(1, from: number);
        var old = corner.Producer.Client!;

        await corner.Kafka.WipeAsync();
        await corner.MakeTopicAsync(partitions: 1);
        // One of them has the identity that the old one had.
        for (var namesake = 0; namesake < 4; namesake++)
        {
            await using var producer = new MessageProducer(corner.Broker, Corner.Log);
            for (var number = 0; number < 20; number++)
                await producer.SendAsync(corner.Topic, "one key", Encoding.UTF8.GetBytes($"{number + 100}"));
        }
        await Corner.Until(() => corner.Producer.Client is { } client && client != old, "the producer is a new one");
        for (var number = 200; number < 205; number++)
            await corner.SendAsync(1, from: number);

        (await corner.ReadDifferentAsync(25)).Where(number => number >= 200).ShouldBe(Enumerable.Range(200, 5));
    }

    /// <summary>To a topic that it did not know, so that it hears of nothing.</summary>
    [Fact]
    public async Task Promise_4_a_producer_that_next_sends_after_a_broker_lost_everything_has_an_identity_of_its_own()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendAsync(1);

        await corner.Kafka.WipeAsync();
        var other = corner.Name("other");
        await corner.Administration.EnsureTopicsAsync([other], 1);
        for (var namesake = 0; namesake < 4; namesake++)
        {
            await using var producer = new MessageProducer(corner.Broker, Corner.Log);
            await SendOneByOneAsync(producer, 100);
        }
        await SendOneByOneAsync(corner.Producer, 200);

        (await corner.Administration.PositionAsync(corner.Group, other)).Backlog.ShouldBe(25);

        async Task SendOneByOneAsync(MessageProducer producer, int from)
        {
            for (var number = from; number < from + 5; number++)
                await producer.SendAsync(other, "one key", Encoding.UTF8.GetBytes($"{number}"));
        }
    }

    /// <summary>To a topic that it did not know, so that the message is its first one there, as the next one's of a namesake is.</summary>
    [Fact]
    public async Task Promise_4_what_was_on_its_way_when_a_broker_lost_everything_is_sent_under_a_new_identity()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendAsync(1);
        var other = corner.Name("other");

        corner.Kafka.Pause();
        var waiting = corner.Producer.SendAsync(other, "one key", Encoding.UTF8.GetBytes("200"));
        await corner.Kafka.WipeAsync();
        await corner.Administration.EnsureTopicsAsync([other], 1);
        await waiting.WaitAsync(Corner.Deadline);
        for (var namesake = 0; namesake < 4; namesake++)
        {
            await using var producer = new MessageProducer(corner.Broker, Corner.Log);
            await producer.SendAsync(other, "one key", Encoding.UTF8.GetBytes($"{namesake + 100}"));
        }

        (await corner.Administration.PositionAsync(corner.Group, other)).Backlog.ShouldBe(5);
    }

    private static async Task UntilHeardAsync(Corner corner, Func<bool> condition)
    {
        var number = 100;
        await Corner.Until(
            async () =>
            {
                await corner.SendAsync(1, from: number++);
                return condition();
            },
            "it hears something"
        );
    }
}
