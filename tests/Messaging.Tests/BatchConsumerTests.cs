using System.Collections.Concurrent;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

public sealed class BatchConsumerTests
{
    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task Messages_come_in_order_in_batches_of_what_waits(KafkaVersion version)
    {
        await using var corner = await Corner.SharedAsync(version);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendInOrderAsync(250);
        var batches = new ConcurrentQueue<int[]>();

        corner.ReadBatches(batch =>
        {
            batches.Enqueue([.. batch.Select(Corner.NumberOf)]);
            return Task.CompletedTask;
        });

        await Corner.Until(() => batches.Sum(batch => batch.Length) == 250, "all were seen");
        batches.SelectMany(batch => batch).ShouldBe(Enumerable.Range(0, 250));
        batches.Max(batch => batch.Length).ShouldBeInRange(2, 100);
        await corner.UntilNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_batch_that_fails_comes_again_and_is_never_skipped()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendInOrderAsync(30);
        var handled = new ConcurrentQueue<int>();
        var attempts = 0;

        var (consumer, _) = corner.ReadBatches(
            async batch =>
            {
                if (batch.Any(delivery => Corner.NumberOf(delivery) == 13) && Interlocked.Increment(ref attempts) < 4)
                {
                    await Task.Yield();
                    throw new IOException("The database is away.");
                }
                foreach (var delivery in batch)
                    handled.Enqueue(Corner.NumberOf(delivery));
            },
            maximum: 10
        );

        await Corner.Until(() => consumer.Status.Failure is not null, "the status says that it fails");
        await Corner.Until(() => handled.Count == 30, "all were handled");
        handled.ShouldBe(Enumerable.Range(0, 30));
        await corner.UntilNothingIsLeftAsync();
        await Corner.Until(() => consumer.Status is { Failure: null, Handled: 30 }, "the status says that all is well");
    }

    [Fact]
    public async Task A_failing_reader_hands_its_partitions_to_one_that_joins_without_loss()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 2);
        await corner.SendAsync(40);
        var broken = true;
        var handled = new ConcurrentQueue<int>();
        var (first, _) = corner.ReadBatches(Handle);
        await Corner.Until(() => first.Status.Failure is not null, "the first fails");

        var (second, stopSecond) = corner.ReadBatches(Handle);
        await Corner.Until(() => second.Status.Assigned.Count == 1, "the second has one of the partitions");
        await Corner.Until(() => first.Status.Assigned.Count == 1, "and the first the other");
        Volatile.Write(ref broken, false);

        await Corner.Until(() => handled.Distinct().Count() == 40, "all were handled");
        await stopSecond();
        await corner.UntilNothingIsLeftAsync();

        Task Handle(IReadOnlyList<Delivery> batch)
        {
            if (Volatile.Read(ref broken))
                throw new IOException("The database is away.");
            foreach (var delivery in batch)
                handled.Enqueue(Corner.NumberOf(delivery));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_partition_that_left_while_its_reader_failed_is_read_when_it_comes_back()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 2);
        await corner.SendAsync(40);
        var broken = true;
        var handled = new ConcurrentDictionary<int, Delivery>();
        var (first, _) = corner.ReadBatches(Handle);
        await Corner.Until(() => first.Status is { Failure: not null, Assigned.Count: 2 }, "the first fails");
        var (second, stopSecond) = corner.ReadBatches(Handle);
        await Corner.Until(
            () => first.Status.Assigned.Count == 1 && second.Status.Assigned.Count == 1,
            "each has a partition"
        );
        var moved = second.Status.Assigned.Single();
        Volatile.Write(ref broken, false);
        await Corner.Until(() => handled.Count == 40, "all were handled");

        await stopSecond();
        await Corner.Until(() => first.Status.Assigned.Count == 2, "the partition comes back");
        var there = handled.Values.First(it => new PartitionId(it.Topic, it.Partition).ToString() == moved);
        await corner.Producer.SendAsync(there.Topic, there.Key!, "40"u8.ToArray());

        await Corner.Until(() => handled.Count == 41, "what was sent to it is handled");

        Task Handle(IReadOnlyList<Delivery> batch)
        {
            if (Volatile.Read(ref broken))
                throw new IOException("The database is away.");
            foreach (var delivery in batch)
                handled[Corner.NumberOf(delivery)] = delivery;
            return Task.CompletedTask;
        }
    }
}
