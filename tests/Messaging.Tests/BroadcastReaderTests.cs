using System.Collections.Concurrent;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

public sealed class BroadcastReaderTests
{
    [Theory]
    [InlineData(KafkaVersion.Modern)]
    [InlineData(KafkaVersion.Legacy)]
    public async Task Every_reader_gets_everything_that_is_sent_after_it_started(KafkaVersion version)
    {
        await using var corner = await Corner.SharedAsync(version);
        await corner.MakeTopicAsync();
        await corner.SendAsync(10);
        var one = new ConcurrentQueue<int>();
        var other = new ConcurrentQueue<int>();
        await Task.WhenAll(
                corner.Listen(BroadcastStart.End, one.Enqueue).Started,
                corner.Listen(BroadcastStart.End, other.Enqueue).Started
            )
            .WaitAsync(Corner.Deadline);

        await corner.SendAsync(50, from: 10);

        await Corner.Until(() => one.Count >= 50 && other.Count >= 50, "both got all");
        one.Order().ShouldBe(Enumerable.Range(10, 50));
        other.Order().ShouldBe(Enumerable.Range(10, 50));
    }

    [Fact]
    public async Task A_reader_can_begin_at_the_beginning()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync();
        await corner.SendAsync(10);
        var heard = new ConcurrentQueue<int>();

        corner.Listen(BroadcastStart.Beginning, heard.Enqueue);

        await Corner.Until(() => heard.Count == 10, "it got all");
    }

    [Fact]
    public async Task A_topic_that_is_made_after_the_reader_or_made_anew_is_read_from_its_beginning()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        var heard = new ConcurrentQueue<int>();
        await corner.Listen(BroadcastStart.End, heard.Enqueue).Started.WaitAsync(Corner.Deadline);

        await corner.MakeTopicAsync();
        await corner.SendAsync(10);
        await Corner.Until(() => heard.Count == 10, "it found the topic");

        await corner.Administration.DeleteTopicsAsync([corner.Topic]);
        await corner.MakeTopicAsync();
        await corner.SendAsync(5, from: 10);
        await Corner.Until(() => heard.Distinct().Count() == 15, "it found the new topic");
    }

    [Fact]
    public async Task A_handler_that_throws_does_not_end_the_reading()
    {
        await using var corner = await Corner.SharedAsync(KafkaVersion.Modern);
        await corner.MakeTopicAsync(partitions: 1);
        await corner.SendInOrderAsync(3);
        var heard = new ConcurrentQueue<int>();

        corner.Listen(
            BroadcastStart.Beginning,
            number =>
            {
                heard.Enqueue(number);
                if (number == 0)
                    throw new FormatException("It is no progress.");
            }
        );

        await Corner.Until(() => heard.Count == 3, "it got all");
    }
}
