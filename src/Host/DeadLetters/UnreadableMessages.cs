using EventPipeline.Contracts;
using EventPipeline.Messaging;
using Microsoft.Extensions.Logging;
using DeadMessage = EventPipeline.Messaging.DeadLetter;

namespace EventPipeline.Host.DeadLetters;

/// <summary>Messages that nobody could read, on the dead letter topics. Work that ran out of attempts is there too, for others who read
/// these topics; here the log tells of it.</summary>
internal sealed class UnreadableMessages(BrokerOptions broker, Topics topics, ILoggerFactory loggers)
{
    private const int PerPartition = 1000;

    /// <summary>Oldest first.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">The broker cannot be reached.</exception>
    public async Task<IReadOnlyList<DeadMessage>> ReadAsync(CancellationToken cancellation)
    {
        var reader = new DeadLetterReader(broker, loggers.CreateLogger<DeadLetterReader>());
        var found = new List<DeadMessage>();
        foreach (var topic in Sources())
            found.AddRange(await reader.ReadAsync(topic, PerPartition, cancellation));
        return [.. found.Where(letter => letter.Partition >= 0).OrderBy(letter => letter.At)];
    }

    /// <summary>The name that commands know a message by: where it came from.</summary>
    public static string NameOf(DeadMessage letter) => $"{letter.Topic}/{letter.Partition}/{letter.Offset}";

    private IEnumerable<string> Sources() =>
        Pipelines
            .All.Values.SelectMany(pipeline => pipeline.Stages)
            .Select(stage => topics.Stage(stage.Name))
            .Append(topics.Results)
            .Distinct(StringComparer.Ordinal);
}
