using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>Moonshine (Useful Sensors, 2024) on this machine: English, with case and punctuation, without word times.</summary>
public sealed class MoonshineTranscriber(MoonshineModel model, ModelStore models, OnnxPool pool) : ITranscriber
{
    // Shorter pieces hold no word, and the model answers them with anything.
    private const double ShortestSeconds = 0.1;
    private LlamaVocabulary? vocabulary;

    /// <inheritdoc />
    public string Id { get; } = $"{model.Name}@{ModelCatalogue.MoonshineVersion}";

    /// <inheritdoc />
    public IReadOnlyCollection<string> Models => model.Files;

    /// <inheritdoc />
    public bool Supports(string language) => language.Split('-')[0].Equals("en", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public async Task<Recognition> TranscribeAsync(
        SpeechAudio audio,
        string language,
        CancellationToken cancellation,
        Action<string>? says = null
    )
    {
        vocabulary ??= LlamaVocabulary.Parse(
            await File.ReadAllTextAsync(
                await models.PathOfAsync(ModelCatalogue.LlamaVocabulary, cancellation),
                cancellation
            )
        );
        var texts = new List<RecognizedText>();
        var dropped = 0;
        foreach (var piece in audio.Pieces.Where(piece => piece.Duration >= ShortestSeconds))
        {
            // A turn for each piece: attempts that run at the same time advance together.
            using var lease = await pool.RentAsync([model.Encoder, model.Decoder], cancellation);
            var decoding = new MoonshineDecoding(model, lease.Sessions[0], lease.Sessions[1]);
            var samples = audio.Sound.Slice(piece).ToArray();
            var tokens = await Task.Run(() => decoding.Run(samples, cancellation), cancellation);
            dropped += tokens.Invented ? 1 : 0;
            var words = vocabulary.Words(tokens.Tokens);
            if (words.Count > 0)
                texts.Add(new RecognizedText(piece, words));
        }
        return new Recognition(texts, dropped);
    }
}
