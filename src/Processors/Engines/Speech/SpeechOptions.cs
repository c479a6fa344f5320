using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>Which engine writes down speech.</summary>
/// <param name="Moonshine">The local model, or null.</param>
/// <param name="OpenAi">The service, or null.</param>
public sealed record SpeechOptions(MoonshineModel? Moonshine, OpenAiSpeechOptions? OpenAi)
{
    /// <summary>From <c>EVENTPIPELINE_TRANSCRIBER</c>: <c>moonshine-base</c> (the default), <c>moonshine-tiny</c>, or <c>openai</c> with
    /// <c>OPENAI_BASE_URL</c>, <c>OPENAI_API_KEY</c> and <c>EVENTPIPELINE_TRANSCRIBER_MODEL</c>.</summary>
    /// <param name="setting">Reads a setting by name; null or empty if it is not set.</param>
    /// <exception cref="ArgumentException">A setting has no meaning; the message says which ones have.</exception>
    public static SpeechOptions From(Func<string, string?> setting)
    {
        var engine = Setting("EVENTPIPELINE_TRANSCRIBER") ?? "moonshine-base";
        if (engine != "openai")
            return engine is "moonshine-base" or "moonshine-tiny"
                ? new SpeechOptions(MoonshineModel.Named(engine), null)
                : throw new ArgumentException(
                    $"EVENTPIPELINE_TRANSCRIBER is '{engine}'; it can be moonshine-base, moonshine-tiny or openai.",
                    nameof(setting)
                );
        var address = Setting("OPENAI_BASE_URL");
        Uri? endpoint = null;
        if (
            address is not null
            && !(Uri.TryCreate(address, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https")
        )
            throw new ArgumentException(
                $"OPENAI_BASE_URL is '{address}', which is not a web address.",
                nameof(setting)
            );
        var key = Setting("OPENAI_API_KEY");
        if (key is null && endpoint is null)
            throw new ArgumentException(
                "EVENTPIPELINE_TRANSCRIBER is openai: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.",
                nameof(setting)
            );
        return new SpeechOptions(
            null,
            new OpenAiSpeechOptions(endpoint, key ?? "none", Setting("EVENTPIPELINE_TRANSCRIBER_MODEL") ?? "whisper-1")
        );

        string? Setting(string name) => setting(name) is { Length: > 0 } value ? value : null;
    }

    /// <summary>The engine.</summary>
    public ITranscriber Transcriber(ModelStore models, OnnxPool pool) =>
        OpenAi is not null ? new OpenAiTranscriber(OpenAi)
        : Moonshine is not null ? new MoonshineTranscriber(Moonshine, models, pool)
        : throw new InvalidOperationException("No speech engine is chosen.");
}
