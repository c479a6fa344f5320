using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventPipeline.Contracts;

/// <summary>How contracts are written as JSON, in the log, in Kafka and in documents: camel case, enums by name, no nulls.</summary>
public static class ContractJson
{
    /// <summary>The one set of options; read-only.</summary>
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new FactConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>A fact where any fact may stand is written as <c>{"type": NAME, "data": {...}}</c>.</summary>
    private sealed class FactConverter : JsonConverter<Fact>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(Fact);

        public override Fact Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("type", out var type)
                || type.ValueKind != JsonValueKind.String
                || !document.RootElement.TryGetProperty("data", out var data)
            )
                throw new JsonException("A fact needs a type and data.");
            return EventTypes.All.TryGetValue(type.GetString()!, out var known) && known.IsSubclassOf(typeof(Fact))
                ? (Fact?)data.Deserialize(known, options) ?? throw new JsonException("A fact's data is null.")
                : throw new JsonException($"'{type.GetString()}' is not the name of a fact.");
        }

        public override void Write(Utf8JsonWriter writer, Fact value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("type", EventTypes.NameOf(value));
            writer.WritePropertyName("data");
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
            writer.WriteEndObject();
        }
    }
}
