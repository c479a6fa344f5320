using EventPipeline.Processors.Engines.Models;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>One size of Moonshine.</summary>
/// <param name="Layers">Layers of the decoder, each with four cached tensors.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="HeadSize">Values of a head.</param>
public sealed record MoonshineModel(string Name, string Encoder, string Decoder, int Layers, int Heads, int HeadSize)
{
    /// <summary>The default: half the errors of tiny.</summary>
    public static readonly MoonshineModel Base = new(
        "moonshine-base",
        ModelCatalogue.MoonshineBaseEncoder,
        ModelCatalogue.MoonshineBaseDecoder,
        8,
        8,
        52
    );

    /// <summary>A third cheaper.</summary>
    public static readonly MoonshineModel Tiny = new(
        "moonshine-tiny",
        ModelCatalogue.MoonshineTinyEncoder,
        ModelCatalogue.MoonshineTinyDecoder,
        6,
        8,
        36
    );

    /// <summary>By its name, with or without <c>moonshine-</c>.</summary>
    /// <exception cref="ArgumentException">There is no such size.</exception>
    public static MoonshineModel Named(string name) =>
        name switch
        {
            "base" or "moonshine-base" => Base,
            "tiny" or "moonshine-tiny" => Tiny,
            _ => throw new ArgumentException($"'{name}' is not a size of Moonshine; use base or tiny.", nameof(name)),
        };

    /// <summary>All files it needs.</summary>
    public IReadOnlyList<string> Files =>
        [ModelCatalogue.OnnxRuntime, Encoder, Decoder, ModelCatalogue.LlamaVocabulary];
}
