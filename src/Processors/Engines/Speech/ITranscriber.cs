using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Outside;

namespace EventPipeline.Processors.Engines.Speech;

/// <summary>Speech to text. Two engines: Moonshine on this machine, and any server that speaks OpenAI's protocol.</summary>
public interface ITranscriber
{
    /// <summary>Engine and model, as they are recorded with what they find.</summary>
    string Id { get; }

    /// <summary>Files of the model catalogue that it needs; a service needs none.</summary>
    IReadOnlyCollection<string> Models => [];

    /// <summary>Whether it understands a language.</summary>
    /// <param name="language">BCP 47 tag.</param>
    bool Supports(string language);

    /// <summary>The service behind it; null for an engine of this machine.</summary>
    OutsideEngine? Outside => null;

    /// <summary>Writes down what is said.</summary>
    /// <param name="says">Is told, in a few words, what it waits for.</param>
    /// <exception cref="StageException">The engine cannot do it now, or never can; the reason says what to do.</exception>
    Task<Recognition> TranscribeAsync(
        SpeechAudio audio,
        string language,
        CancellationToken cancellation,
        Action<string>? says = null
    );
}

/// <summary>Sound with speech.</summary>
/// <param name="Pieces">Stretches of the sound that were apart in the source, in order; together they are all of it.</param>
public sealed record SpeechAudio(WavSound Sound, IReadOnlyList<TimeRange> Pieces);

/// <summary>What was understood. All times are seconds of the sound that was given.</summary>
/// <param name="Texts">In the order of time.</param>
/// <param name="Dropped">How many texts were thrown away because nobody can have said them.</param>
public sealed record Recognition(IReadOnlyList<RecognizedText> Texts, int Dropped);

/// <summary>A stretch with its words.</summary>
public sealed record RecognizedText(TimeRange Range, IReadOnlyList<RecognizedWord> Words);

/// <summary>A word as it is written, punctuation included.</summary>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Range">When it is said; null if the engine does not tell.</param>
public sealed record RecognizedWord(string Text, double Confidence, TimeRange? Range = null);
