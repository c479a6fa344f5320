using System.Text;
using System.Text.Json;
using EventPipeline.Contracts;

namespace EventPipeline.Messaging;

/// <summary>A message that nobody could do, with where it came from and why. It lies in <see cref="Topics.DeadLettersOf"/> its
/// topic, as a CloudEvent of the type <see cref="MessageType"/>.</summary>
/// <param name="Topic">Where it came from; with partition and offset it names the message.</param>
/// <param name="Reason">A sentence for the one who looks at the dead letters.</param>
/// <param name="Value">The message as it was, byte for byte.</param>
public sealed record DeadLetter(
    string Topic,
    int Partition,
    long Offset,
    string? Key,
    string Reason,
    DateTimeOffset At,
    ReadOnlyMemory<byte> Value
)
{
    /// <summary>Type of the CloudEvent.</summary>
    public const string MessageType = "dead_letter";

    /// <summary>The dead letter of a delivery.</summary>
    public static DeadLetter Of(Delivery delivery, string reason, DateTimeOffset at) =>
        new(delivery.Topic, delivery.Partition, delivery.Offset, delivery.Key, reason, at, delivery.Value);

    /// <summary>Sends it, and waits until it has arrived.</summary>
    public Task SendAsync(MessageProducer producer, CancellationToken cancellation) =>
        producer.SendAsync(Topics.DeadLettersOf(Topic), Key ?? "", Write(), cancellation);

    /// <summary>The message for the dead letters' topic.</summary>
    public byte[] Write()
    {
        using var data = new MemoryStream();
        using (var writer = new Utf8JsonWriter(data))
        {
            writer.WriteStartObject();
            writer.WriteString("topic"u8, Topic);
            writer.WriteNumber("partition"u8, Partition);
            writer.WriteNumber("offset"u8, Offset);
            writer.WriteString("key"u8, Key);
            writer.WriteString("reason"u8, Reason);
            // Text where it is text, so that people can read it with any tool.
            if (IsText(Value.Span))
                writer.WriteString("text"u8, Value.Span);
            else
                writer.WriteBase64String("base64"u8, Value.Span);
            writer.WriteEndObject();
        }
        var origin = $"{Topic}/{Partition}/{Offset}";
        return new CloudEvent(origin, "messaging", MessageType, origin, At, data.ToArray()).Write();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is not a dead letter.</exception>
    public static DeadLetter Read(ReadOnlyMemory<byte> message)
    {
        var envelope = CloudEvent.Read(message);
        using var document = JsonDocument.Parse(envelope.Data);
        var data = document.RootElement;
        try
        {
            return new DeadLetter(
                data.GetProperty("topic").GetString()!,
                data.GetProperty("partition").GetInt32(),
                data.GetProperty("offset").GetInt64(),
                data.GetProperty("key").GetString(),
                data.GetProperty("reason").GetString()!,
                envelope.Time,
                data.TryGetProperty("text", out var text)
                    ? Encoding.UTF8.GetBytes(text.GetString()!)
                    : data.GetProperty("base64").GetBytesFromBase64()
            );
        }
        catch (Exception mismatch)
            when (mismatch is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException($"A message of the type {envelope.Type} is not a dead letter.", mismatch);
        }
    }

    private static bool IsText(ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
            if (octet < 0x20 && octet is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                return false;
        return System.Text.Unicode.Utf8.IsValid(value);
    }
}
