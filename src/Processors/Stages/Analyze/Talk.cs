using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>What is said in a video, divided by topic. Pure: the same transcript and measurements give the same segments.</summary>
internal sealed class Talk
{
    /// <summary>Recorded with the segments; its parts are named where they are.</summary>
    public const string Method = "utiyama-isahara+textrank@1";

    private static readonly string[] EmphasisCues =
    [
        "important",
        "remember",
        "key point",
        "key idea",
        "main point",
        "main idea",
        "crucial",
        "essential",
        "fundamental",
        "never forget",
        "keep in mind",
        "the point is",
        "take away",
        "takeaway",
        "in summary",
        "to summarize",
        "in conclusion",
        "above all",
        "surprising",
        "remarkable",
    ];

    private readonly IReadOnlyList<Sentence> sentences;
    private readonly SoundAndPicture measured;
    private readonly TextLanguage language;
    private readonly Token[][] tokens;
    private readonly int[][] terms;

    /// <param name="sentences">At least one.</param>
    public Talk(IReadOnlyList<Sentence> sentences, SoundAndPicture measured, TextLanguage language)
    {
        this.sentences = sentences;
        this.measured = measured;
        this.language = language;
        tokens = [.. sentences.Select(sentence => language.Read(sentence.Text).ToArray())];
        terms = TermIds(tokens);
        Limits = SegmentLimits.For(sentences[^1].End - sentences[0].Start);
    }

    /// <summary>How many segments it is divided into.</summary>
    public SegmentLimits Limits { get; }

    /// <summary>Its topics, from first word to last word each, in order.</summary>
    public IReadOnlyList<ContentSegment> Segments() => Describe(Divide());

    /// <summary>The sentences with which topics begin, the first included.</summary>
    public IReadOnlyList<int> Divide() =>
        TopicalSegmentation.Divide(
            terms,
            BoundaryEvidence.Of(sentences, measured.Silences, measured.Cuts),
            [.. sentences.Select(sentence => sentence.Start), sentences[^1].End],
            Limits
        );

    /// <summary>Segments from first word to last word each, in order.</summary>
    /// <param name="starts">The sentences with which they begin, from 0, rising.</param>
    public IReadOnlyList<ContentSegment> Describe(IReadOnlyList<int> starts)
    {
        var ranges = starts
            .Select((start, i) => start..(i + 1 < starts.Count ? starts[i + 1] : sentences.Count))
            .ToArray();
        var phrases = KeyPhrases.Of([.. ranges.Select(range => tokens[range].SelectMany(t => t).ToArray())], language);
        var ranks = TextRank.Of(terms);
        var centrality = RelativeToMost([.. ranges.Select(range => ranks[range].Average())]);
        var density = RelativeToMost([.. ranges.Select(Density)]);
        return
        [
            .. ranges.Select(
                (range, i) =>
                {
                    var time = Time(range);
                    var emphasis = Emphasis(sentences.Take(range));
                    var measures = new Dictionary<string, double>(StringComparer.Ordinal)
                    {
                        [Measures.Centrality] = Rounded(centrality[i]),
                        [Measures.Emphasis] = Rounded(emphasis),
                        [Measures.Density] = Rounded(density[i]),
                    };
                    if (measured.PerSecondLufs.Count > 0)
                        measures[Measures.Loudness] = Rounded(measured.Loudness(time));
                    return new ContentSegment(
                        time.Start,
                        time.End,
                        KeyPhrases.Title(phrases[i]) ?? $"Part {i + 1}",
                        [.. phrases[i].Select(phrase => phrase.Text)],
                        // What the words say; how they sound is left to the selection.
                        Rounded(0.6 * centrality[i] + 0.25 * emphasis + 0.15 * density[i]),
                        measures
                    );
                }
            ),
        ];
    }

    private TimeRange Time(Range range) => new(sentences[range.Start].Start, sentences[range.End.Value - 1].End);

    private double Density(Range range) =>
        terms[range].SelectMany(ids => ids).Distinct().Count() / Time(range).Duration;

    private static int[][] TermIds(Token[][] sentences)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        return
        [
            .. sentences.Select(tokens =>
                tokens
                    .Where(token => !token.IsStopWord)
                    .Select(token => ids.TryGetValue(token.Stem, out var id) ? id : ids[token.Stem] = ids.Count)
                    .ToArray()
            ),
        ];
    }

    private static double Emphasis(IEnumerable<Sentence> sentences) =>
        Math.Min(
            1,
            0.5
                * sentences.Count(sentence =>
                    EmphasisCues.Any(cue => sentence.Text.Contains(cue, StringComparison.OrdinalIgnoreCase))
                )
        );

    private static double[] RelativeToMost(double[] values)
    {
        var most = values.Max();
        return [.. values.Select(value => most > 0 ? value / most : 0)];
    }

    private static double Rounded(double value) => Math.Round(value, 4);
}
