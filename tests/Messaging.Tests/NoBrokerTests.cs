using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>A broker that stood still for so long that its controller gave it up says for a moment that there is no broker. A Kafka client may
/// take that for granted, for ever.</summary>
public sealed class NoBrokerTests
{
    [Fact]
    public async Task Promise_5_who_was_told_that_there_is_no_broker_finds_it_again()
    {
        var door = FreePort.Next();
        await using var link = new AlteringLink(door, key: 3, firstVersion: 9, lastVersion: 13, WithoutBrokers);
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern, [new KafkaListener(door, link.Port)]);
        await corner.MakeTopicAsync(partitions: 1);
        // The longer an answer is, the likelier is the client to drop its last broker before it has read it all, and then to stay blind.
        await corner.Administration.EnsureTopicsAsync(
            Enumerable.Range(0, 100).Select(number => corner.Name($"further-{number}")),
            3
        );
        var behind = corner.Broker with { BootstrapServers = $"127.0.0.1:{link.Port}" };
        await using var producer = new MessageProducer(behind, Corner.Log);
        using var administration = new TopicAdministration(behind, Corner.Log);
        var (seen, heard) = (new Seen(), new Seen());
        var worker = corner.WorkRaw(
            (delivery, _) =>
            {
                seen.Add(Corner.NumberOf(delivery));
                return Task.FromResult<Settlement>(new Accept());
            },
            broker: behind
        );
        await corner.Listen(BroadcastStart.End, heard.Add, behind).Started;
        await SendAsync(1);
        (await administration.BacklogAsync(corner.Name("nobody"), corner.Topic)).ShouldBe(1);
        await Corner.Until(() => seen.Count == 1 && heard.Count == 1, "all is well");

        link.IsAltering = true;
        var asking = administration.BacklogAsync(corner.Name("nobody"), corner.Topic);
        await Corner.Until(() => link.Altered > 10, "they were told that there is no broker");
        link.IsAltering = false;

        (await asking).ShouldBe(1);
        await SendAsync(2);
        (await administration.BacklogAsync(corner.Name("nobody"), corner.Topic)).ShouldBe(2);
        await Corner.Until(() => seen.Count == 2, "the member works");
        await Corner.Until(() => heard.Count == 2, "the reader hears");

        Task SendAsync(int number) =>
            producer.SendAsync(corner.Topic, "key", new[] { (byte)('0' + number) }).WaitAsync(Corner.Deadline);
    }

    /// <summary>An answer about metadata: its number, tags, a time to wait, the brokers (number, host, port, rack, tags), and what follows.</summary>
    private static byte[] WithoutBrokers(byte[] answer)
    {
        const int Brokers = 4 + 1 + 4;
        var place = new MessagePlace(answer, Brokers);
        for (var left = place.Length(); left > 0; left--)
        {
            place.Skip(4);
            place.SkipText();
            place.Skip(4);
            place.SkipText();
            place.Length().ShouldBe(0, "there are no tags");
        }
        return [.. answer[..Brokers], 1, .. answer[place.At..]];
    }
}
