using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EventPipeline.Contracts;

/// <summary>How contracts are written as JSON, in the log, in Kafka and in documents: camel case, enums by name, no nulls. What a record
/// needs must be there when it is read; what may be null or has a default may be missing, and unknown members are passed over.</summary>
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
            RespectNullableAnnotations = true,
            AllowOutOfOrderMetadataProperties = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatCannotBeMissing } },
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new FactConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static void RequireWhatCannotBeMissing(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property is { Set: not null, AssociatedParameter: { HasDefaultValue: false } parameter })
                property.IsRequired = !MayBeNull(parameter);
        }

        static bool MayBeNull(JsonParameterInfo parameter) =>
            parameter.ParameterType.IsValueType
                ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null
                : parameter.IsNullable;
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
