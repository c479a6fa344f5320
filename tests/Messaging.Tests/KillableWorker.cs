using System.Reflection;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>A work consumer in a process of its own. It says <c>(started N)</c> and <c>(done N)</c>; the numbers that it is
/// told to hang on never end.</summary>
internal static class KillableWorker
{
    public const string Command = "be-a-worker";

    public static ChildProcess Start(Corner corner, params int[] hangOn) =>
        ChildProcess.Start(
            "worker",
            Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null),
            [
                Command,
                corner.Broker.BootstrapServers,
                $"{corner.Broker.Profile}",
                corner.Group,
                corner.Topic,
                .. hangOn.Select(n => $"{n}"),
            ]
        );

    public static async Task RunAsync(string[] arguments)
    {
        var broker = new BrokerOptions(arguments[0], Enum.Parse<BrokerProfile>(arguments[1]));
        var hangOn = arguments.Skip(4).Select(int.Parse).ToHashSet();
        await using var producer = new MessageProducer(broker, Corner.Log);
        var consumer = new WorkConsumer(
            broker,
            new WorkConsumerOptions
            {
                GroupId = arguments[2],
                Topics = [arguments[3]],
                MaximumInFlight = 4,
            },
            producer,
            async (delivery, cancellation) =>
            {
                var number = Corner.NumberOf(delivery);
                await Console.Out.WriteLineAsync($"(started {number})");
                if (hangOn.Contains(number))
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                await Console.Out.WriteLineAsync($"(done {number})");
                return new Accept();
            },
            Corner.Log
        );
        await consumer.RunAsync(CancellationToken.None);
    }
}
