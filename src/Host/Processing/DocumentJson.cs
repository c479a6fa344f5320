using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventPipeline.Host.Processing;

/// <summary>How what users read is written as JSON: the document of <c>process --json</c> and the files of the result folder. Camel case,
/// plain text unescaped, and numbers to thousandths: a millisecond is finer than anything that is measured here.</summary>
internal static class DocumentJson
{
    /// <summary>For files that programs read.</summary>
    public static readonly JsonSerializerOptions Compact = Create(indented: false);

    /// <summary>For documents that people read too.</summary>
    public static readonly JsonSerializerOptions Indented = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new Thousandths() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class Thousandths : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble();

        // The sum makes a zero of a rounded -0.0001, which would be written as -0.
        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(Math.Round(value, 3) + 0.0);
    }
}
