using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>What pauses, slide changes and turns of phrase say about a new topic, as logarithms of odds. The figures are judgement: each
/// alone stays below what a segment of its own costs in <see cref="TopicalSegmentation"/> (6 to 9), so the words decide.</summary>
internal static class BoundaryEvidence
{
    private const double Reach = 0.5;
    private const double SlideChange = 2;
    private const double NoSlideChange = -0.5;
    private const double TurnOfPhrase = 1;
    private const double LongestPause = 3;

    private static readonly string[] Turns =
    [
        "now ",
        "next ",
        "finally ",
        "let us ",
        "let's ",
        "moving on",
        "turning to",
        "our next",
        "in conclusion",
        "to conclude",
        "to summarize",
        "in summary",
    ];

    /// <summary>For the place before each sentence; 0 for the first.</summary>
    public static double[] Of(
        IReadOnlyList<Sentence> sentences,
        IReadOnlyList<TimeRange> silences,
        IReadOnlyList<SceneCut> cuts
    )
    {
        if (sentences.Count == 0)
            return [];
        var gaps = sentences.Zip(sentences.Skip(1), (a, b) => new TimeRange(a.End, b.Start)).ToArray();
        var pauses = gaps.Select(gap => Pause(gap, silences)).ToArray();
        var usual = Math.Max(0.1, Median(pauses));
        // In a film that is cut at every breath a cut says nothing.
        var cutsSpeak = cuts.Count > 0 && cuts.Count <= sentences.Count / 2;
        return
        [
            0,
            .. gaps.Select(
                (gap, i) =>
                    Math.Clamp(2 * Math.Log(Math.Max(pauses[i], 0.01) / usual), -0.5, LongestPause)
                    + (cutsSpeak ? (HasCut(gap) ? SlideChange : NoSlideChange) : 0)
                    + (IsTurn(sentences[i + 1].Text) ? TurnOfPhrase : 0)
            ),
        ];

        bool HasCut(TimeRange gap) => cuts.Any(cut => cut.Time >= gap.Start - Reach && cut.Time <= gap.End + Reach);
    }

    // The sound knows better than word times, which may be estimates.
    private static double Pause(TimeRange gap, IReadOnlyList<TimeRange> silences) =>
        silences
            .Where(silence => silence.Overlaps(new TimeRange(gap.Start - Reach / 2, gap.End + Reach / 2)))
            .Select(silence => silence.Duration)
            .Append(gap.Duration)
            .Max();

    private static bool IsTurn(string text) =>
        Turns.Any(turn => text.StartsWith(turn, StringComparison.OrdinalIgnoreCase));

    private static double Median(double[] values) =>
        values.Length == 0 ? 0 : values.Order().ElementAt(values.Length / 2);
}
