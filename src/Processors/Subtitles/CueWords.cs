using System.Globalization;
using System.Text;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Subtitles;

/// <summary>A word as it is set: no white space, no control characters, never longer than a line.</summary>
internal readonly record struct CueWord(double Start, double End, string Text);

/// <summary>Takes words out of segments, whatever they hold: text comes from models and from files of strangers. Pure.</summary>
internal static class CueWords
{
    /// <summary>The words of a segment; times are spread over the text where the segment has no words.</summary>
    public static IReadOnlyList<CueWord> Of(TranscriptSegment segment) =>
        segment.Words.Count > 0
            ? [.. segment.Words.SelectMany(word => Spread(word.Text, word.Start, word.End))]
            : [.. Spread(segment.Text, segment.Start, segment.End)];

    /// <summary>Cuts a text at white space, and what is longer than a line inside; time is shared out by length.</summary>
    private static IEnumerable<CueWord> Spread(string text, double start, double end)
    {
        var parts = Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(ShortEnough).ToArray();
        var total = parts.Sum(part => part.Length);
        var before = 0;
        foreach (var part in parts)
        {
            yield return new CueWord(At(before), At(before += part.Length), part);
        }

        double At(int characters) => start + (end - start) * characters / total;
    }

    private static IEnumerable<string> ShortEnough(string word)
    {
        var part = new StringBuilder();
        foreach (var element in Elements(word))
        {
            if (part.Length > 0 && part.Length + element.Length > CueLayout.LineLength)
            {
                yield return part.ToString();
                part.Clear();
            }
            part.Append(element);
        }
        yield return part.ToString();
    }

    /// <summary>What a reader sees as one character stays whole, unless it is a line of its own (a letter can carry any number of accents).</summary>
    private static IEnumerable<string> Elements(string word)
    {
        var elements = StringInfo.GetTextElementEnumerator(word);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (element.Length <= CueLayout.LineLength)
                yield return element;
            else
                foreach (var rune in element.EnumerateRunes())
                    yield return rune.ToString();
        }
    }

    /// <summary>White space of any kind becomes a space; controls, and marks that turn the direction of what follows, are left out.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
                clean.Append(' ');
            else if (rune.Value is not ((>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF))
                clean.Append(rune.ToString());
        return clean.ToString();
    }
}
