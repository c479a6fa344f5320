using EventPipeline.Contracts;
using static EventPipeline.Processors.Stages.Transcript.SentenceText;

namespace EventPipeline.Processors.Stages.Transcript;

/// <summary>Makes sentences of recognised pieces. A recogniser hears one piece at a time: it ends a piece with a full stop though the sentence
/// goes on, begins the next with a capital, doubles commas, and goes on in small letters after a full stop. Words and their times stay as
/// they are; only signs and the case of first letters change. Pure.</summary>
internal static class Sentences
{
    /// <summary>Over a longer pause nobody goes on with a sentence that could have ended.</summary>
    private const double PauseSeconds = 0.9;

    /// <summary>A longer sentence is one whose end was not heard; it is cut at its longest pause.</summary>
    private const double LongestSeconds = 30;

    /// <summary>Sentences in order.</summary>
    /// <param name="pieces">Recognised pieces, in order.</param>
    public static IReadOnlyList<TranscriptSegment> Of(IEnumerable<TranscriptSegment> pieces)
    {
        var words = new List<TranscriptWord>();
        foreach (var piece in pieces)
        {
            var cleaned = Cleaned(piece.Words);
            if (words.Count > 0 && cleaned.Count > 0)
                (words[^1], cleaned[0]) = Mended(words[^1], cleaned[0]);
            words.AddRange(cleaned);
        }
        for (var i = 0; i < words.Count; i++)
            if (IsSmall(words[i].Text) && (i == 0 || EndsSentence(words[i - 1].Text)))
                words[i] = words[i] with { Text = Capital(words[i].Text) };
        if (words.Count > 0 && char.IsLetterOrDigit(words[^1].Text[^1]))
            words[^1] = words[^1] with { Text = words[^1].Text + "." };
        return [.. Split(words).SelectMany(ShortEnough).Select(Segment)];
    }

    /// <summary>Signs that stand alone join the word before; doubled signs become one.</summary>
    private static List<TranscriptWord> Cleaned(IReadOnlyList<TranscriptWord> words)
    {
        var cleaned = new List<TranscriptWord>(words.Count);
        foreach (var word in words)
            if (word.Text.Any(char.IsLetterOrDigit))
                cleaned.Add(word with { Text = WithoutDoubles(word.Text) });
            else if (cleaned.Count > 0 && word.Text is [',' or '.' or ';' or ':' or '!' or '?' or '…', ..])
                cleaned[^1] = cleaned[^1] with { Text = WithoutDoubles(cleaned[^1].Text + word.Text) };
        return cleaned;
    }

    /// <summary>The last word of a piece and the first of the next, as they belong together.</summary>
    private static (TranscriptWord Last, TranscriptWord First) Mended(TranscriptWord last, TranscriptWord first)
    {
        var pause = first.Start - last.End;
        if (MustGoOn(last.Text) && pause < PauseSeconds && last.Text[^1] is not ('?' or '!'))
            return (last with { Text = WithoutEnd(last.Text) }, first with { Text = Small(first.Text) });
        if (IsSmall(first.Text) && last.Text.EndsWith('.') && pause < PauseSeconds && EndsSentence(last.Text))
            return (last with { Text = WithoutEnd(last.Text) }, first);
        if (!EndsSentence(last.Text) && !IsSmall(first.Text) && pause >= PauseSeconds)
            return (last with { Text = WithoutEnd(last.Text) + "." }, first);
        return (last, first);
    }

    private static IEnumerable<TranscriptWord[]> Split(List<TranscriptWord> words)
    {
        var start = 0;
        for (var i = 0; i < words.Count; i++)
            if (i == words.Count - 1 || EndsSentence(words[i].Text))
            {
                yield return [.. words[start..(i + 1)]];
                start = i + 1;
            }
    }

    private static IEnumerable<TranscriptWord[]> ShortEnough(TranscriptWord[] words)
    {
        if (words.Length < 2 || words[^1].End - words[0].Start <= LongestSeconds)
            return [words];
        var cut = Enumerable.Range(1, words.Length - 1).MaxBy(i => words[i].Start - words[i - 1].End);
        return [.. ShortEnough(words[..cut]), .. ShortEnough(words[cut..])];
    }

    private static TranscriptSegment Segment(TranscriptWord[] words) =>
        new(
            words[0].Start,
            words[^1].End,
            string.Join(' ', words.Select(word => word.Text)),
            Math.Round(words.Average(word => word.Confidence), 3),
            words
        );
}
