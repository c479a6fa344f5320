using System.Globalization;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>What a segment is about, in words of its own. Candidates are runs of content words between stop words and punctuation, as in
/// RAKE (Rose, Engel, Cramer and Cowley, 2010). A candidate counts as often as it is said outside longer ones (C-value; Frantzi, Ananiadou
/// and Mima, 2000), and more if few other segments have its words (tf-idf), because a keyword tells segments apart.</summary>
internal static class KeyPhrases
{
    private const int MaximumKeywords = 6;
    private const int LongestPhrase = 3;

    // A topic is usually named when it begins (as YAKE has it).
    private const int OpeningWords = 20;
    private const double OpeningBonus = 1.3;

    /// <summary>The best first, at most six for each segment.</summary>
    /// <param name="segments">The words of each segment.</param>
    public static IReadOnlyList<IReadOnlyList<KeyPhrase>> Of(
        IReadOnlyList<IReadOnlyList<Token>> segments,
        TextLanguage language
    )
    {
        var segmentsWith = segments
            .SelectMany(tokens => tokens.Where(token => !token.IsStopWord).Select(token => token.Stem).Distinct())
            .CountBy(stem => stem)
            .ToDictionary();
        return [.. segments.Select(tokens => OfSegment(tokens, Rarity, language))];

        double Rarity(string stem) => Math.Log(1 + (double)segments.Count / segmentsWith[stem]);
    }

    /// <summary>A title of two to five words, or one where the segment has no more to offer.</summary>
    public static string? Title(IReadOnlyList<KeyPhrase> phrases) =>
        phrases switch
        {
            [] => null,
            [var only] => TitleCase(only.Text),
            [{ WordCount: > 1 } first, ..] => TitleCase(first.Text),
            [var first, ..] => TitleCase(
                phrases.Skip(1).FirstOrDefault(other => other.WordCount == 1 && other.Stems[0] != first.Stems[0])
                    is { } second
                    ? $"{first.Text} and {second.Text}"
                    : $"{first.Text} and {phrases[1].Text}"
            ),
        };

    private static KeyPhrase[] OfSegment(
        IReadOnlyList<Token> tokens,
        Func<string, double> rarity,
        TextLanguage language
    )
    {
        var nounness = Nounness(tokens, language);
        var opening = tokens.Take(OpeningWords).Select(token => token.Stem).ToHashSet(StringComparer.Ordinal);
        var candidates = Candidates(tokens)
            .GroupBy(words => string.Join(' ', words.Select(word => word.Stem)))
            // A phrase must be said again to be more than two words that met once.
            .Where(group => group.First().Length == 1 || group.Skip(1).Any())
            .ToDictionary(group => group.Key, group => group.ToArray());
        var ranked = candidates
            .Select(candidate =>
            {
                var stems = candidate.Key.Split(' ');
                var inLonger = candidates
                    .Where(longer =>
                        longer.Key.Length > candidate.Key.Length && $" {longer.Key} ".Contains($" {candidate.Key} ")
                    )
                    .Select(longer => longer.Value.Length)
                    .DefaultIfEmpty(0)
                    .Max();
                var score =
                    Math.Log2(1 + stems.Length)
                    * (candidate.Value.Length - inLonger)
                    * stems.Average(rarity)
                    * nounness(stems[^1])
                    * (stems.Any(opening.Contains) ? OpeningBonus : 1);
                return new KeyPhrase(CommonForm(candidate.Value), stems, score);
            })
            .Where(phrase => phrase.Score > 0)
            .OrderByDescending(phrase => phrase.Score)
            .ThenBy(phrase => phrase.Text, StringComparer.Ordinal);
        var chosen = new List<KeyPhrase>();
        foreach (var phrase in ranked)
        {
            if (chosen.Count == MaximumKeywords)
                break;
            if (!chosen.Any(other => other.Stems.Intersect(phrase.Stems).Any()))
                chosen.Add(phrase);
        }
        return [.. chosen];
    }

    private static string CommonForm(IEnumerable<Token[]> occurrences) =>
        occurrences
            .CountBy(words => string.Join(' ', words.Select(word => word.Word)))
            .OrderByDescending(form => form.Value)
            .ThenBy(form => form.Key.Length)
            .ThenBy(form => form.Key, StringComparer.Ordinal)
            .First()
            .Key;

    /// <summary>All phrases of one to three words.</summary>
    private static IEnumerable<Token[]> Candidates(IReadOnlyList<Token> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        for (var length = 1; length <= LongestPhrase && i + length <= tokens.Count; length++)
        {
            var last = tokens[i + length - 1];
            if (last.IsStopWord || (length > 1 && last.AfterBreak))
                break;
            yield return [.. tokens.Skip(i).Take(length)];
        }
    }

    /// <summary>From a half to one: how often a word stands where nouns stand, at the end of a phrase that a noun marker begins.</summary>
    private static Func<string, double> Nounness(IReadOnlyList<Token> tokens, TextLanguage language)
    {
        var seen = new Dictionary<string, (int Noun, int All)>();
        var inNounPhrase = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.IsStopWord || token.AfterBreak)
                inNounPhrase = language.AnnouncesNoun(token.Word);
            if (token.IsStopWord)
                continue;
            var endsPhrase = i + 1 == tokens.Count || tokens[i + 1].IsStopWord || tokens[i + 1].AfterBreak;
            var (noun, all) = seen.GetValueOrDefault(token.Stem);
            seen[token.Stem] = (noun + (inNounPhrase && endsPhrase ? 1 : 0), all + 1);
        }
        return stem => 0.5 + 0.5 * seen[stem].Noun / seen[stem].All;
    }

    private static string TitleCase(string text) =>
        string.Join(
            ' ',
            text.Split(' ')
                .Select(word => word == "and" ? word : CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word))
        );
}

/// <summary>A word or a few that a segment is about.</summary>
internal sealed record KeyPhrase(string Text, IReadOnlyList<string> Stems, double Score)
{
    /// <summary>How many words it has.</summary>
    public int WordCount => Stems.Count;
}
