using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>The recorded facts that a selection rests on.</summary>
/// <param name="Sentences">In order; no clip begins or ends inside one of their words.</param>
/// <param name="Voices">Where a voice was heard, in order. If what was said is not known, clips keep their edges out of these.</param>
internal sealed record SelectionInput(
    double DurationSeconds,
    SegmentsAnalyzed Analysis,
    IReadOnlyList<Sentence> Sentences,
    IReadOnlyList<TimeRange> Silences,
    IReadOnlyList<SceneCut> Cuts,
    IReadOnlyList<TimeRange> Voices,
    string Language
)
{
    /// <summary>Whether segments were made of sentences, so that clips are too.</summary>
    public bool IsSpoken => Sentences.Count > 0 && Analysis.Signals.Contains("speech");
}
