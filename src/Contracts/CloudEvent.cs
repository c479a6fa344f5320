using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EventPipeline.Contracts;

/// <summary>The envelope of every Kafka message: CloudEvents 1.0, structured JSON, everything in the value, because some
/// brokers drop headers. Extensions: <c>traceparent</c>, <c>correlationid</c>, <c>causationid</c>, and for events of the log
/// <c>streamversion</c> and <c>headers</c>.</summary>
/// <param name="Id">Unique with <paramref name="Source"/>; a repeated delivery has the same id.</param>
/// <param name="Type">Name in <see cref="EventTypes"/>, or <c>work_item</c>, <c>outcome</c>, <c>progress</c>.</param>
/// <param name="Subject">The stream, or the job.</param>
/// <param name="Data">JSON of the data.</param>
/// <param name="StreamVersion">Place of the event in its stream, from 1; null for messages that are no events.</param>
public sealed record CloudEvent(
    string Id,
    string Source,
    string Type,
    string Subject,
    DateTimeOffset Time,
    ReadOnlyMemory<byte> Data,
    string? CorrelationId = null,
    string? CausationId = null,
    string? TraceParent = null,
    long? StreamVersion = null,
    EventHeaders? Headers = null
)
{
    /// <summary>Type of a message that carries a <see cref="Contracts.WorkItem"/>.</summary>
    public const string WorkItem = "work_item";

    /// <summary>Type of a message that carries an <see cref="Contracts.Outcome"/>.</summary>
    public const string Outcome = "outcome";

    /// <summary>Type of a message that carries a <see cref="Contracts.Progress"/>.</summary>
    public const string Progress = "progress";

    /// <summary>The envelope as JSON.</summary>
    public byte[] Write()
    {
        // Room for all of it: growing in steps would cost more than the writing.
        var buffer = new ArrayBufferWriter<byte>(Data.Length + (Headers is null ? 1024 : 2048));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion"u8, "1.0"u8);
            writer.WriteString("id"u8, Id);
            writer.WriteString("source"u8, Source);
            writer.WriteString("type"u8, Type);
            writer.WriteString("subject"u8, Subject);
            writer.WriteString("time"u8, Time);
            writer.WriteString("datacontenttype"u8, "application/json"u8);
            WriteOptional(writer, "traceparent", TraceParent);
            WriteOptional(writer, "correlationid", CorrelationId);
            WriteOptional(writer, "causationid", CausationId);
            if (StreamVersion is { } version)
                writer.WriteNumber("streamversion"u8, version);
            if (Headers is not null)
            {
                writer.WritePropertyName("headers"u8);
                JsonSerializer.Serialize(writer, Headers, ContractJson.Options);
            }
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(Data.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The data as a contract.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public T DataAs<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Data.Span, ContractJson.Options)
                ?? throw new JsonException($"The data of a {Type} message is null.");
        }
        catch (NotSupportedException lacksDiscriminator)
        {
            throw new JsonException($"The data of a {Type} message does not say what it is.", lacksDiscriminator);
        }
    }

    /// <summary>Reads an envelope.</summary>
    /// <exception cref="JsonException">The bytes are not a CloudEvents 1.0 message with JSON data; the message says what is missing.</exception>
    public static CloudEvent Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (InvalidOperationException badText)
        {
            throw new JsonException("The message holds text that is not valid UTF-8.", badText);
        }
    }

    private static CloudEvent Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("A message must be a JSON object.");
        if (Required("specversion") != "1.0")
            throw new JsonException("Only CloudEvents 1.0 is understood.");
        if (!root.TryGetProperty("data", out var data))
            throw new JsonException("The message has no data.");
        return new CloudEvent(
            Required("id"),
            Required("source"),
            Required("type"),
            Required("subject"),
            Find("time", JsonValueKind.String) is { } time && time.TryGetDateTimeOffset(out var parsed)
                ? parsed
                : throw new JsonException("The message has no valid time."),
            JsonMarshal.GetRawUtf8Value(data).ToArray(),
            OptionalText("correlationid"),
            OptionalText("causationid"),
            OptionalText("traceparent"),
            Find("streamversion", JsonValueKind.Number) is { } version
                ? version.TryGetInt64(out var number)
                    ? number
                    : throw new JsonException("The message's streamversion is not a whole number.")
                : null,
            Find("headers", JsonValueKind.Object)?.Deserialize<EventHeaders>(ContractJson.Options)
        );

        string Required(string name) => OptionalText(name) ?? throw new JsonException($"The message has no {name}.");
        string? OptionalText(string name) => Find(name, JsonValueKind.String)?.GetString();
        JsonElement? Find(string name, JsonValueKind kind) =>
            root.TryGetProperty(name, out var value)
                ? value.ValueKind == kind
                    ? value
                    : throw new JsonException($"The message's {name} is not a {kind}.")
                : null;
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }
}
