using System.Text.RegularExpressions;

namespace EventPipeline.Processors.Stages.Transcript;

/// <summary>What the sentence rules need to know about single words. Pure.</summary>
internal static partial class SentenceText
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr.",
        "mrs.",
        "ms.",
        "dr.",
        "prof.",
        "st.",
        "vs.",
        "e.g.",
        "i.e.",
        "etc.",
        "no.",
        "fig.",
        "al.",
        "u.s.",
        "u.k.",
        "a.m.",
        "p.m.",
        "jr.",
        "sr.",
        "inc.",
        "approx.",
    };

    /// <summary>Words that a sentence goes on after: it cannot have ended there.</summary>
    private static readonly HashSet<string> Connecting = new(StringComparer.OrdinalIgnoreCase)
    {
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "into",
        "and",
        "or",
        "but",
        "nor",
        "as",
        "than",
        "that",
        "which",
        "who",
        "whose",
        "because",
        "if",
        "when",
        "while",
        "my",
        "your",
        "our",
        "their",
        "its",
        "his",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "must",
        "very",
        "more",
        "not",
        "so",
    };

    /// <summary>Whether a sentence ends with the word.</summary>
    public static bool EndsSentence(string word) =>
        word.AsSpan().TrimEnd("\"')]”’") is [.., '.' or '!' or '?' or '…']
        && !Abbreviations.Contains(word)
        && !SingleInitial().IsMatch(word);

    /// <summary>Whether a sentence has to go on after the word, whatever sign stands behind it.</summary>
    public static bool MustGoOn(string word) => Connecting.Contains(Bare(word));

    /// <summary>Whether the word begins with a small letter.</summary>
    public static bool IsSmall(string word) => FirstLetter(word) is { } at && char.IsLower(word[at]);

    /// <summary>With a capital, if it begins with a letter.</summary>
    public static string Capital(string word) =>
        FirstLetter(word) is { } at ? $"{word[..at]}{char.ToUpperInvariant(word[at])}{word[(at + 1)..]}" : word;

    /// <summary>With a small letter, unless it is written in capitals or is "I".</summary>
    public static string Small(string word) =>
        FirstLetter(word) is { } at
        && !(word.Count(char.IsUpper) > 1)
        && Bare(word) is not "I"
        && !word.StartsWith("I'", StringComparison.Ordinal)
            ? $"{word[..at]}{char.ToLowerInvariant(word[at])}{word[(at + 1)..]}"
            : word;

    /// <summary>The word without the signs around it.</summary>
    public static string Bare(string word) => Signs().Replace(word, "");

    /// <summary>The word without the sign at its end.</summary>
    public static string WithoutEnd(string word) => word.TrimEnd('.', ',', ';', ':', '…');

    /// <summary>Doubled signs become one; three points or more are an ellipsis.</summary>
    public static string WithoutDoubles(string word) =>
        DoubledSign()
            .Replace(
                Ellipsis().Replace(word, "…"),
                match => match.Value.Contains('?', StringComparison.Ordinal) ? "?" : match.Value[^1..]
            );

    private static int? FirstLetter(string word)
    {
        for (var i = 0; i < word.Length; i++)
            if (char.IsLetter(word[i]))
                return i;
            else if (char.IsDigit(word[i]))
                return null;
        return null;
    }

    [GeneratedRegex(@"^[A-Z]\.$", RegexOptions.None, 1000)]
    private static partial Regex SingleInitial();

    [GeneratedRegex(@"^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$", RegexOptions.None, 1000)]
    private static partial Regex Signs();

    [GeneratedRegex(@"\.{3,}", RegexOptions.None, 1000)]
    private static partial Regex Ellipsis();

    [GeneratedRegex(@"[,.;:!?]{2,}$", RegexOptions.None, 1000)]
    private static partial Regex DoubledSign();
}
