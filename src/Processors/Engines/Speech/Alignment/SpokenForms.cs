using System.Globalization;
using System.Text.RegularExpressions;

namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>How a written word is said, as words of a dictionary. Pure.</summary>
internal static partial class SpokenForms
{
    private static readonly Dictionary<string, string[]> Signs = new(StringComparer.Ordinal)
    {
        ["&"] = ["and"],
        ["+"] = ["plus"],
        ["="] = ["equals"],
        ["%"] = ["percent"],
        ["@"] = ["at"],
        ["mr."] = ["mister"],
        ["mrs."] = ["missus"],
        ["ms."] = ["miss"],
        ["dr."] = ["doctor"],
        ["st."] = ["saint"],
        ["vs."] = ["versus"],
        ["etc."] = ["etcetera"],
        ["e.g."] = ["for", "example"],
        ["i.e."] = ["that", "is"],
    };

    private static readonly Dictionary<char, string> Currencies = new()
    {
        ['$'] = "dollars",
        ['€'] = "euros",
        ['£'] = "pounds",
    };

    /// <summary>Possible forms, the likeliest first; none for a word that is not said, such as a dash.</summary>
    public static IEnumerable<string[]> Of(string written)
    {
        var word = written.ToLowerInvariant().Replace('’', '\'').Trim('"', '“', '”', '(', ')', '[', ']', '…', '-', '–');
        if (Signs.TryGetValue(word, out var sign))
            return [sign];
        word = word.Trim('.', ',', ';', ':', '!', '?', '\'', '*');
        if (!word.Any(char.IsLetterOrDigit))
            return [];
        if (word.Any(char.IsAsciiDigit))
            return OfNumber(word);
        List<string[]> forms =
        [
            [word],
        ];
        var parts = NotInWords().Split(word).Where(part => part.Length > 0).ToArray();
        if (parts.Length > 1 || parts is [var only] && only != word)
        {
            forms.Add(parts);
            forms.Add([string.Concat(parts)]);
        }
        if (word.EndsWith("'s", StringComparison.Ordinal))
            forms.Add([word[..^2]]);
        if (word.Length <= 6 && written.Count(char.IsUpper) > 1)
            forms.Add([.. word.Where(char.IsAsciiLetter).Select(letter => letter.ToString())]);
        return forms.Where(form => form.Length > 0);
    }

    /// <summary>"$2,500", "3.5%", "21st", "10:30", "GPT-4", "1990s".</summary>
    private static IEnumerable<string[]> OfNumber(string word)
    {
        var after = word.EndsWith('%') ? "percent" : Currencies.GetValueOrDefault(word[0]);
        var tokens = NumberTokens()
            .Matches(word.Replace(",", "", StringComparison.Ordinal))
            .Select(match => match.Value);
        // "1,500" and "$1500" are amounts, whatever year they look like.
        var isAmount = after is not null || word.Contains(',', StringComparison.Ordinal);
        IEnumerable<string[]> forms =
        [
            [],
        ];
        var afterPoint = false;
        foreach (var token in tokens)
        {
            var readings = Readings(token, isAmount, afterPoint).ToArray();
            forms = forms.SelectMany(form => readings.Select(reading => (string[])[.. form, .. reading]));
            afterPoint = token == ".";
        }
        return forms.Take(4).Select(form => after is null ? form : [.. form, after]);
    }

    private static IEnumerable<string[]> Readings(string token, bool isAmount, bool afterPoint)
    {
        if (token == ".")
            return
            [
                ["point"],
            ];
        if (!char.IsAsciiDigit(token[0]))
            return
            [
                [token],
                [.. token.Select(letter => letter.ToString())],
            ];
        if (token.Length <= 17 && OrdinalOrPlural().Match(token) is { Success: true } match)
        {
            var number = long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            return match.Groups["suffix"].Value == "s"
                ? NumberWords
                    .Readings(match.Groups["number"].Value, isAmount)
                    .Select(reading => (string[])[.. reading[..^1], Plural(reading[^1])])
                :
                [
                    [.. NumberWords.Ordinal(number)],
                ];
        }
        var digits = token.TakeWhile(char.IsAsciiDigit).Count();
        var readings = NumberWords.Readings(token[..digits], isAmount);
        return afterPoint ? readings.Reverse() : readings;
    }

    private static string Plural(string number) =>
        number.EndsWith('y') ? number[..^1] + "ies"
        : number.EndsWith('x') ? number + "es"
        : number + "s";

    [GeneratedRegex("[^\\p{L}']+", RegexOptions.None, 1000)]
    private static partial Regex NotInWords();

    [GeneratedRegex("\\d+(?:st|nd|rd|th|s)?(?![a-z])|\\d+|[a-z]+|\\.(?=\\d)", RegexOptions.None, 1000)]
    private static partial Regex NumberTokens();

    [GeneratedRegex("^(?<number>\\d+)(?<suffix>st|nd|rd|th|s)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OrdinalOrPlural();
}
