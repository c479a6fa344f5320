using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>One member, on a broker that is well. Several members: <see cref="WorkSharingTests"/>; brokers that die:
/// <see cref="BrokerOutageTests"/>.</summary>
public sealed class WorkConsumerTests
{
    private static readonly Settlement Done = new Accept();

    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task Every_message_is_worked_on_once_and_committed(KafkaVersion version)
    {
        await using var corner = await Corner.SharedAsync(version);
        await corner.MakeTopicAsync();
        await corner.SendAsync(500);
        var seen = new Seen();

        var worker = corner.Work(number => seen.Add(number));

        await Corner.Until(() => seen.Count == 500, "all were seen");
        await corner.UntilNothingIsLeftAsync();
        seen.Twice.ShouldBeEmpty();
        await Corner.Until(() => worker.Status is { InFlight: 0, Accepted: 500, Trouble: null }, "the status says so");
    }

    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task A_full_node_takes_no_more_and_goes_on_when_there_is_room(KafkaVersion version)
    {
        await using var corner = await Corner.SharedAsync(version);
        await corner.MakeTopicAsync();
        await corner.SendAsync(20);
        var held = new HeldWork();

        var worker = corner.Work(held.HandleAsync, options => options with { MaximumInFlight = 3 });

        await Corner.Until(() => worker.Status.InFlight == 3, "the node is full");
        held.Finish(1);
        await Corner.Until(() => held.Seen.Count == 4, "there was room for one more");
        worker.Status.InFlight.ShouldBeLessThanOrEqualTo(3);
        worker.Status.Buffered.ShouldBeLessThanOrEqualTo(1);
        held.Finish(19);
        await Corner.Until(() => held.Seen.Count == 20, "all were seen");
        await corner.UntilNothingIsLeftAsync();
        held.Seen.Twice.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task A_handler_that_runs_longer_than_the_poll_interval_keeps_its_membership(KafkaVersion version)
    {
        await using var corner = await Corner.SharedAsync(version);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendAsync(2);
        var interval = TimeSpan.FromSeconds(6.1); // the least that the client allows beside its session time-out
        var held = new HeldWork();
        var worker = corner.Work(
            held.HandleAsync,
            options => options with { MaximumInFlight = 1 },
            new Dictionary<string, string> { ["max.poll.interval.ms"] = $"{interval.TotalMilliseconds:F0}" }
        );
        await Corner.Until(() => held.Seen.Count == 1, "the handler runs");
        var assigned = worker.Status.Assigned;

        var since = Stopwatch.StartNew();
        await Corner.Until(() => since.Elapsed > interval * 1.3, "the interval is long over");

        worker.Status.Assigned.ShouldBeSameAs(assigned, "nothing was revoked or assigned meanwhile");
        held.Finish(2);
        await corner.UntilNothingIsLeftAsync();
        held.Seen.Twice.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task What_nobody_can_do_lies_in_the_dead_letters_with_its_origin_and_holds_nothing_up(
        KafkaVersion version
    )
    {
        await using var corner = await Corner.SharedAsync(version);
        await corner.MakeTopicAsync(partitions: 1);
        byte[] binary = [0xFF, 0x00, 0x80];
        await corner.Producer.SendAsync(corner.Topic, "text", "not a number"u8.ToArray());
        await corner.Producer.SendAsync(corner.Topic, "binary", binary);
        await corner.SendAsync(1, from: 7);
        var seen = new Seen();
        var rejected = new ConcurrentQueue<(string, int, long, string?, string)>();

        corner.WorkRaw(
            (delivery, _) =>
            {
                if (!int.TryParse(Encoding.UTF8.GetString(delivery.Value.Span), out var number))
                {
                    rejected.Enqueue((delivery.Topic, delivery.Partition, delivery.Offset, delivery.Key, "No number."));
                    return Task.FromResult<Settlement>(new Reject("No number."));
                }
                seen.Add(number);
                return Task.FromResult(Done);
            }
        );

        await Corner.Until(() => seen.Count == 1, "the readable one was done");
        await corner.UntilNothingIsLeftAsync();
        var letters = await new DeadLetterReader(corner.Broker, Corner.Log).ReadAsync(corner.Topic);
        rejected.Count.ShouldBe(2);
        letters
            .Select(letter => (letter.Topic, letter.Partition, letter.Offset, letter.Key, letter.Reason))
            .ShouldBe(rejected, ignoreOrder: true);
        letters.Single(letter => letter.Key == "binary").Value.ToArray().ShouldBe(binary);
        letters.Single(letter => letter.Key == "text").Value.ToArray().ShouldBe("not a number"u8.ToArray());
    }

    [Fact]
    public async Task What_is_released_is_delivered_again()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(5);
        var seen = new Seen();

        var worker = corner.Work(
            (number, _) =>
            {
                seen.Add(number);
                return Task.FromResult(
                    number == 3 && seen.TimesOf(number) < 3 ? new Release("The model is not loaded yet.") : Done
                );
            }
        );

        await Corner.Until(() => seen.Count == 5 && seen.TimesOf(3) == 3, "the third time succeeds");
        await corner.UntilNothingIsLeftAsync();
        seen.Twice.ShouldBe([3]);
        worker.Status.Released.ShouldBe(2);
    }

    [Fact]
    public async Task A_handler_that_throws_is_tried_again_and_at_last_rejected_with_the_reason()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(4);
        var seen = new Seen();

        var worker = corner.Work(
            (number, _) =>
            {
                seen.Add(number);
                return number == 2 ? throw new InvalidDataException("The disk is on fire.") : Task.FromResult(Done);
            },
            options => options with { MaximumFaults = 2 }
        );

        await corner.UntilNothingIsLeftAsync();
        seen.TimesOf(2).ShouldBe(2);
        var letter = (
            await new DeadLetterReader(corner.Broker, Corner.Log).ReadAsync(corner.Topic)
        ).ShouldHaveSingleItem();
        letter.Reason.ShouldContain("The disk is on fire.");
        worker.Status.Faults.ShouldBe(2);
    }

    [Theory]
    [InlineData(RevocationPolicy.FinishRunning)]
    [InlineData(RevocationPolicy.HandOver)]
    public async Task A_node_that_stops_ends_what_runs_takes_nothing_new_and_commits(RevocationPolicy policy)
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(10);
        var held = new HeldWork();
        var worker = corner.Work(
            held.HandleAsync,
            options => options with { MaximumInFlight = 2, OnRevocation = policy }
        );
        await Corner.Until(() => worker.Status.InFlight == 2, "two run");

        var stopping = worker.StopAsync();
        await Corner.Until(() => !worker.Status.Assigned.Any() || policy != RevocationPolicy.HandOver, "it left");
        held.Finish(2);
        await stopping;

        held.Seen.Count.ShouldBe(2);
        held.Ended.ShouldBe(2);
        var seen = new Seen();
        corner.Work(number => seen.Add(number), options => options with { OnRevocation = policy });
        await corner.UntilNothingIsLeftAsync();
        seen.Numbers.Concat(held.Seen.Numbers).Order().ShouldBe(Enumerable.Range(0, 10));
    }

    [Theory]
    [InlineData(RevocationPolicy.FinishRunning)]
    [InlineData(RevocationPolicy.HandOver)]
    [InlineData(RevocationPolicy.CancelRunning)]
    public async Task What_does_not_end_within_the_grace_period_is_cancelled_and_delivered_again(
        RevocationPolicy policy
    )
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(3);
        var held = new HeldWork();
        var worker = corner.Work(
            held.HandleAsync,
            options => options with { OnRevocation = policy, GracePeriod = TimeSpan.FromMilliseconds(200) }
        );
        await Corner.Until(() => worker.Status.InFlight == 3, "all three run");

        await worker.StopAsync();

        held.Cancelled.ShouldBe(3);
        var seen = new Seen();
        corner.Work(number => seen.Add(number), options => options with { OnRevocation = policy });
        await corner.UntilNothingIsLeftAsync();
        seen.Numbers.ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Work_waits_for_a_topic_that_does_not_exist_yet()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        var seen = new Seen();
        corner.Work(number => seen.Add(number));

        await corner.MakeTopicAsync();
        await corner.SendAsync(3);

        await Corner.Until(() => seen.Count == 3, "all were seen");
        await corner.UntilNothingIsLeftAsync();
    }
}
