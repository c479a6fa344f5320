using System.Buffers.Binary;
using System.Text;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>The Kafka client calls a message acknowledged, and knows no place of it: nobody has answered for this one.</summary>
public sealed class WithoutPlaceTests
{
    private const short DuplicateSequenceNumber = 46;

    [Fact]
    public async Task Promise_4_a_message_that_is_acknowledged_without_a_place_is_sent_again()
    {
        var door = FreePort.Next();
        await using var link = new AlteringLink(door, key: 0, firstVersion: 9, lastVersion: 12, AsIfItWereThere);
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern, [new KafkaListener(door, link.Port)]);
        await corner.MakeTopicAsync(partitions: 1);
        await using var producer = new MessageProducer(
            corner.Broker with
            {
                BootstrapServers = $"127.0.0.1:{link.Port}",
            },
            Corner.Log
        );

        link.IsAltering = true;
        var told = new TaskCompletionSource<QueueMark?>(TaskCreationOptions.RunContinuationsAsynchronously);
        producer.Send(corner.Topic, "key", Encoding.UTF8.GetBytes("7"), (_, mark) => told.TrySetResult(mark));
        await Corner.Until(() => link.Altered > 0, "the client was told that it is there");
        told.Task.IsCompleted.ShouldBeFalse();
        link.IsAltering = false;

        var mark = await told.Task.WaitAsync(Corner.Deadline);

        mark.ShouldNotBeNull();
        (await corner.ReadTopicAsync(2)).ShouldAllBe(number => number == 7, "the broker had written it in truth");
    }

    /// <summary>An answer to what was produced: its number, tags, topics (name, partitions: number, error, place ...).</summary>
    private static byte[] AsIfItWereThere(byte[] answer)
    {
        var place = new MessagePlace(answer, 4 + 1);
        place.Length().ShouldBe(1, "one topic");
        place.SkipText();
        place.Length().ShouldBe(1, "one partition");
        place.Skip(4);
        BinaryPrimitives.WriteInt16BigEndian(answer.AsSpan(place.At), DuplicateSequenceNumber);
        BinaryPrimitives.WriteInt64BigEndian(answer.AsSpan(place.At + 2), -1);
        return answer;
    }
}
