using Confluent.Kafka;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>A broker tells a member of a group once what it shall take or leave.</summary>
public sealed class MissedNewsTests
{
    /// <summary>The broker waits five minutes for an answer from a member that does not know it was asked.</summary>
    [Fact]
    public async Task Promise_5_a_member_that_could_not_hear_what_it_shall_leave_keeps_no_partition_from_the_others()
    {
        var door = FreePort.Next();
        await using var link = new Link(door);
        await using var corner = await Corner.OwnAsync(KafkaVersion.Modern, [new KafkaListener(door, link.Port)]);
        await corner.MakeTopicAsync(partitions: 2);
        var heard = new RecordedLog<WorkConsumer>();
        var first = corner.WorkRaw(
            (_, _) => Task.FromResult<Settlement>(new Accept()),
            broker: corner.Broker with
            {
                BootstrapServers = $"127.0.0.1:{link.Port}",
            },
            log: heard
        );
        await Corner.Until(() => first.Status.Assigned.Count == 2, "the first one has everything");

        link.State = LinkState.Frozen;
        var second = corner.Work(_ => { });
        await Corner.Until(
            () => heard.Lines.Any(line => line.Contains("Timed out ConsumerGroupHeartbeatRequest")),
            "the first one waits no longer for the answer to what is on its way to the broker"
        );
        using var administrator = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = corner.Broker.BootstrapServers }
        ).Build();
        await Corner.Until(
            async () =>
                (await administrator.DescribeConsumerGroupsAsync([corner.Group]))
                    .ConsumerGroupDescriptions[0]
                    .Members
                    .Count == 2,
            "the second one has joined"
        );
        link.State = LinkState.Open;

        await Corner.Until(() => second.Status.Assigned.Count == 1, "the second one has its share");
        await corner.SendAsync(20);
        await corner.UntilNothingIsLeftAsync();
    }
}
