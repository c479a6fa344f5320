using System.Collections.Frozen;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Language;

/// <summary>A sentence of a transcript with the times of its words, which never run backwards or overlap.</summary>
internal sealed record Sentence(IReadOnlyList<TranscriptWord> Words)
{
    // A transcript without punctuation is cut where its own segments end after this long, and anywhere after twice as long.
    private const double LongSeconds = 15;
    private const double PauseSeconds = 1.0;

    private static readonly FrozenSet<string> Abbreviations = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "dr.",
        "mr.",
        "mrs.",
        "ms.",
        "prof.",
        "st.",
        "vs.",
        "e.g.",
        "i.e.",
        "etc.",
        "no.",
        "fig."
    );

    /// <summary>Start of the first word.</summary>
    public double Start => Words[0].Start;

    /// <summary>End of the last word.</summary>
    public double End => Words[^1].End;

    /// <summary>The words with spaces between them.</summary>
    public string Text { get; } = string.Join(' ', Words.Select(word => word.Text));

    /// <summary>Sentences of a transcript, whether its segments are sentences, captions that break off in the middle, or endless.</summary>
    /// <param name="duration">Length of the source; words beyond it are pulled in.</param>
    public static IReadOnlyList<Sentence> Split(IReadOnlyList<TranscriptSegment> segments, double duration)
    {
        var sentences = new List<Sentence>();
        var words = new List<TranscriptWord>();
        foreach (var segment in segments)
        {
            foreach (var word in InOrder(WordsOf(segment), words.Count > 0 ? words[^1].End : LastEnd(), duration))
            {
                if (words.Count > 0 && word.Start - words[^1].End >= PauseSeconds)
                    Close();
                words.Add(word);
                if (EndsSentence(word.Text) || word.End - words[0].Start > 2 * LongSeconds)
                    Close();
            }
            if (words.Count > 0 && words[^1].End - words[0].Start > LongSeconds)
                Close();
        }
        Close();
        return sentences;

        double LastEnd() => sentences.Count > 0 ? sentences[^1].End : 0;
        void Close()
        {
            if (words.Count > 0)
                sentences.Add(new Sentence([.. words]));
            words.Clear();
        }
    }

    private static IReadOnlyList<TranscriptWord> WordsOf(TranscriptSegment segment) =>
        segment.Words.Count > 0
            ? segment.Words
            : [new TranscriptWord(segment.Start, segment.End, segment.Text, segment.Confidence, IsEstimated: true)];

    private static IEnumerable<TranscriptWord> InOrder(
        IReadOnlyList<TranscriptWord> words,
        double earliest,
        double duration
    )
    {
        foreach (var word in words)
        {
            var start = Math.Min(Math.Max(word.Start, earliest), duration);
            var end = Math.Min(Math.Max(word.End, start), duration);
            if (string.IsNullOrWhiteSpace(word.Text) || end <= start)
                continue;
            yield return word with
            {
                Start = start,
                End = end,
            };
            earliest = end;
        }
    }

    private static bool EndsSentence(string word) =>
        word.TrimEnd('"', '\'', ')', '”', '’') is [.., '.' or '?' or '!' or '。' or '？' or '！'] text
        && !Abbreviations.Contains(text);
}
