using System.Text;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>A broker that is killed, away for a while, and back.</summary>
public sealed class BrokerOutageTests
{
    private const int Messages = 400;

    /// <summary>A broker that has just started finds its groups' coordinators while it answers; this once ended the process.</summary>
    [Fact]
    public async Task A_groups_position_can_be_asked_for_as_soon_as_a_broker_answers()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        (await corner.BacklogAsync()).ShouldBe(0);
        await corner.SendAsync(3);
        corner.Kafka.Kill();
        await corner.Kafka.RestartAsync();
        (await corner.BacklogAsync()).ShouldBe(3);
    }

    /// <summary>Promise 5: a broker that lost what it knew of producers refuses everything that an old one sends, for ever. The library's own
    /// way to get there is used, because a broker only now and then does it.</summary>
    [Fact]
    public async Task Promise_5_a_producer_that_the_broker_refuses_is_replaced_without_loss_and_in_order()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendInOrderAsync(10);
        var broken = corner.Producer.Client!;

        var sent = new List<Task>();
        for (var number = 10; number < 30; number++)
        {
            if (number == 20)
                FatalError.RaiseIn(broken);
            sent.Add(corner.Producer.SendAsync(corner.Topic, "one key", Encoding.UTF8.GetBytes($"{number}")));
        }
        await Task.WhenAll(sent).WaitAsync(Corner.Deadline);

        corner.Producer.Client.ShouldNotBe(broken);
        (await corner.ReadDifferentAsync(30)).ShouldBe(Enumerable.Range(0, 30));
    }

    [Fact]
    public async Task Promise_5_what_a_refused_producer_was_not_told_about_is_sent_by_the_next_one()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendInOrderAsync(10);
        var broken = corner.Producer.Client!;

        var handle = FatalError.HandleOf(broken);
        corner.Kafka.Pause();
        var sent = Enumerable
            .Range(10, 10)
            .Select(number => corner.Producer.SendAsync(corner.Topic, "one key", Encoding.UTF8.GetBytes($"{number}")))
            .ToList();
        FatalError.RaiseIn(broken);
        // Longer than the old client is waited for.
        await Corner.Until(() => handle.IsClosed, "the old client is closed");
        corner.Kafka.Resume();
        await Task.WhenAll(sent).WaitAsync(Corner.Deadline);

        (await corner.ReadDifferentAsync(20)).ShouldBe(Enumerable.Range(0, 20));
    }

    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task An_outage_of_the_broker_is_survived_without_loss_and_in_order(KafkaVersion version)
    {
        await using var corner = await Corner.OwnAsync(version);
        await corner.MakeTopicAsync(partitions: 1);
        var seen = new Seen();
        var worker = corner.Work(number => seen.Add(number));
        await corner.SendInOrderAsync(Messages / 4);
        await Corner.Until(() => seen.Count == Messages / 4, "a quarter is done");

        // Sent in order, without waiting, before, during and after the outage.
        var refused = new List<Exception>();
        var acknowledged = 0;
        for (var number = Messages / 4; number < Messages; number++)
        {
            if (number == Messages / 2)
            {
                corner.Kafka.Kill();
                await Corner.Until(() => worker.Status.Trouble is not null, "the status says that the broker is away");
            }
            corner.Producer.Send(
                corner.Topic,
                "one key",
                Encoding.UTF8.GetBytes($"{number}"),
                failure =>
                {
                    if (failure is null)
                        Interlocked.Increment(ref acknowledged);
                    else
                        lock (refused)
                            refused.Add(failure);
                }
            );
        }
        await corner.Kafka.RestartAsync();

        await Corner.Until(() => acknowledged == Messages * 3 / 4, "all were acknowledged");
        refused.ShouldBeEmpty();
        await Corner.Until(() => seen.Count == Messages, "all were seen");
        await Corner.Until(() => worker.Status.Trouble is null, "the status says that all is well");
        await corner.UntilNothingIsLeftAsync();

        (await corner.ReadDifferentAsync(Messages)).ShouldBe(
            Enumerable.Range(0, Messages),
            "repeated at most, and in order"
        );
    }

    /// <summary>Not on a legacy broker: it has no topic ids, so a client that lived through the loss may go on at its old
    /// position in the new log and skip what is before. There, the coordinator issues the skipped work again.</summary>
    [Fact]
    public async Task A_broker_that_lost_everything_is_worked_with_as_soon_as_the_topics_are_made_again()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(20);
        var seen = new Seen();
        var heard = new Seen();
        var worker = corner.Work(number => seen.Add(number));
        await corner.Listen(BroadcastStart.End, number => heard.Add(number)).Started;
        await Corner.Until(() => seen.Count == 20, "all were seen");

        await corner.Kafka.WipeAsync();
        await corner.MakeTopicAsync();
        await corner.SendAsync(80, from: 100);

        await Corner.Until(() => seen.Count == 100, "the new ones were seen");
        // News that was told while a listener did not know that the log is a new one may have passed it; what is told now does not.
        await corner.SendAsync(20, from: 200);
        await Corner.Until(() => heard.Numbers.Count(number => number >= 200) == 20, "and the latest heard");
        await corner.UntilNothingIsLeftAsync();
        worker.Status.InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task A_node_can_stop_while_the_broker_is_away()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(10);
        var seen = new Seen();
        var worker = corner.Work(number => seen.Add(number));
        await Corner.Until(() => seen.Count == 10, "all were seen");

        corner.Kafka.Kill();
        await worker.StopAsync();
    }

    [Fact]
    public async Task Who_sends_waits_when_too_much_waits_for_a_broker()
    {
        var producer = new MessageProducer(new BrokerOptions($"127.0.0.1:{FreePort.Next()}"), Corner.Log);
        var (megabyte, sent) = (new byte[1 << 20], 0);
        var sending = Task.Run(() =>
        {
            for (; sent < 10_000; sent++)
                producer.Send("topic", "key", megabyte, (Exception? _) => { });
        });
        await Corner.Until(() => sent >= 60, "much was sent");

        await producer.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(sending);
        sent.ShouldBeLessThan(70);
    }

    [Fact]
    public async Task Everything_waits_for_a_broker_that_is_not_there_yet()
    {
        await using var corner = await Corner.OwnAsync(KafkaVersion.Legacy);
        corner.Kafka.Kill();
        var seen = new Seen();
        var worker = corner.Work(number => seen.Add(number));
        var sending = corner.SendAsync(5);
        await Corner.Until(() => worker.Status.Trouble is not null, "the status says that the broker is away");

        await corner.Kafka.RestartAsync();

        await sending;
        await Corner.Until(() => seen.Count == 5, "all were seen");
    }
}
