using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using EventPipeline.Contracts;
using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Gathering;
using EventPipeline.Faults.Installation;
using EventPipeline.Faults.Schedule;

namespace EventPipeline.Faults.Injecting;

/// <summary>Puts messages into the topics that a network or a broker at its worst could have put there: copies, early, late and in another
/// order; and some that nobody can read.</summary>
internal sealed class MessageForger(RunningInstallation installation, TopicLog topics, int seed)
{
    private const int Most = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<Garbage> garbage = [];
    private readonly Random random = new(seed ^ 0xF0);

    public IReadOnlyList<Garbage> Garbage
    {
        get
        {
            lock (garbage)
                return [.. garbage];
        }
    }

    public async Task ForgeAsync(FaultKind kind, TimeSpan delay)
    {
        try
        {
            var originals = topics.Snapshot().Where(IsOfThePipeline).ToArray();
            random.Shuffle(originals);
            var some = originals.Take(Most).OrderBy(message => message.At).ToList();
            if (kind == FaultKind.MessagesDelayed)
                await Task.Delay(delay);
            if (kind == FaultKind.MessagesReordered)
                some.Reverse();
            if (kind == FaultKind.MessagesCorrupted)
                await CorruptAsync(some);
            else
                foreach (var message in some)
                    await SendAsync(message.Topic, message.Key, message.Value);
        }
        catch (Exception away) when (away is KafkaException or TimeoutException)
        {
            // The broker is down at the same time: there is nothing to forge.
        }
    }

    private static bool IsOfThePipeline(TopicMessage message) =>
        message.Topic.StartsWith("stage.", StringComparison.Ordinal)
        && !message.Topic.EndsWith(".dlq", StringComparison.Ordinal);

    private async Task CorruptAsync(IReadOnlyList<TopicMessage> originals)
    {
        foreach (var message in originals.Take(12))
        {
            var bytes = Corrupted(message);
            await SendAsync(message.Topic, message.Key, bytes);
            // Progress is news: what cannot be read of it is passed over.
            if (message.Topic != new Topics().Progress)
                lock (garbage)
                    garbage.Add(new Garbage(message.Topic, bytes));
        }
    }

    private byte[] Corrupted(TopicMessage message)
    {
        var whole = message.Value.Span;
        switch (random.Next(5))
        {
            case 0:
                return whole[..random.Next(whole.Length)].ToArray();
            case 1:
                var noise = new byte[random.Next(1, 200)];
                random.NextBytes(noise);
                return noise;
            case 2:
                return "[]"u8.ToArray();
            case 3:
                return new CloudEvent(
                    $"{random.Next()}",
                    "faults",
                    "nobody_knows",
                    "nothing",
                    DateTimeOffset.UnixEpoch,
                    JsonSerializer.SerializeToUtf8Bytes(random.Next())
                ).Write();
            default:
                return Encoding.UTF8.GetBytes(
                    Encoding.UTF8.GetString(whole).Replace("\"jobId\":\"", "\"jobId\":\"?", StringComparison.Ordinal)
                );
        }
    }

    private Task SendAsync(string topic, string? key, ReadOnlyMemory<byte> value) =>
        installation.Producer.SendAsync(installation.Topics.Prefix + topic, key ?? "", value).WaitAsync(Patience);
}
