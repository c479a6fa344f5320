using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventPipeline.GraphQL.Http.Connections;

namespace EventPipeline.GraphQL.Http.WebSockets;

/// <summary>What a client says in graphql-transport-ws.</summary>
/// <param name="Type">The type of the message.</param>
/// <param name="Id">The operation, where there is one.</param>
/// <param name="Payload">What it carries; undefined if nothing.</param>
internal sealed record Incoming(string Type, string? Id, JsonElement Payload)
{
    private const int LongestId = 256;

    /// <summary>Reads a message.</summary>
    /// <returns>The message, or why it is none.</returns>
    public static (Incoming? Message, string? Problem) Read(ReadOnlySequence<byte> text)
    {
        JsonElement json;
        try
        {
            json = Json.Parse(text);
        }
        catch (JsonException)
        {
            return (null, "Message is not valid JSON");
        }
        if (json.ValueKind != JsonValueKind.Object)
            return (null, "Message is not an object");
        if (!json.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
            return (null, "Message is missing the 'type' property");
        var payload = json.TryGetProperty("payload", out var given) ? given : default;
        var hasId = json.TryGetProperty("id", out var id);
        return type.GetString() switch
        {
            "subscribe" or "complete" when !hasId || id.ValueKind != JsonValueKind.String => (
                null,
                "Message needs an 'id' that is a string"
            ),
            "subscribe" or "complete" when id.GetString() is not { Length: > 0 and <= LongestId } => (
                null,
                $"Message needs an 'id' of 1 to {LongestId} characters"
            ),
            "connection_init"
            or "ping"
            or "pong"
                when payload.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object) =>
                (null, "Message has a 'payload' that is not an object"),
            "subscribe" or "complete" => (new Incoming(type.GetString()!, id.GetString(), payload), null),
            "connection_init" or "ping" or "pong" => (new Incoming(type.GetString()!, null, payload), null),
            _ => (null, "Message has an unknown 'type'"),
        };
    }
}

/// <summary>What a server says in graphql-transport-ws.</summary>
internal static class Messages
{
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Write(IBufferWriter<byte> output, Outgoing message)
    {
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        if (message.Id is { } id)
            writer.WriteString("id"u8, id);
        writer.WriteString(
            "type"u8,
            message.Kind switch
            {
                OutgoingKind.Next => "next"u8,
                OutgoingKind.Error => "error"u8,
                OutgoingKind.Complete => "complete"u8,
                OutgoingKind.Acknowledge => "connection_ack"u8,
                _ => "pong"u8,
            }
        );
        if (message.Result is { } result)
        {
            writer.WritePropertyName("payload"u8);
            if (message.Kind == OutgoingKind.Error)
                result.WriteErrors(writer);
            else
                result.Write(writer);
        }
        else if (message.Payload.ValueKind == JsonValueKind.Object)
        {
            writer.WritePropertyName("payload"u8);
            message.Payload.WriteTo(writer);
        }
        writer.WriteEndObject();
    }
}
