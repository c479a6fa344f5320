using System.Text.RegularExpressions;

namespace EventPipeline.GraphQL.Tests.Generation;

/// <summary>Spoils the meaning of documents and not their syntax: most results can be read, and say something else.</summary>
public static partial class WordMutation
{
    private static readonly string[] Literals =
    [
        "1",
        "1.5",
        "\"text\"",
        "true",
        "null",
        "DONE",
        "[]",
        "[1]",
        "{}",
        "{a: 1}",
    ];

    /// <summary>One to three changes: a word replaced by one of its kind, a literal by another one, words doubled or taken out.</summary>
    public static string Of(string text, Random random)
    {
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var words = Word().Matches(text);
            if (words.Count < 2)
                return text;
            var one = words[random.Next(words.Count)];
            var alike = words.Where(other => Kind(other.Value) == Kind(one.Value)).ToArray();
            var other = alike[random.Next(alike.Length)].Value;
            var (before, after) = (text[..one.Index], text[(one.Index + one.Length)..]);
            text = random.Next(12) switch
            {
                0 => before + after,
                1 => $"{before}{one.Value} {other}{after}",
                2 => $"{before}{one.Value}x{after}",
                3 => $"{before}{one.Value}!{after}",
                4 => $"{before}{one.Value} @skip(if: true){after}",
                5 or 6 when Kind(one.Value) is '"' or '0' => before + Literals[random.Next(Literals.Length)] + after,
                _ => before + other + after,
            };
        }
        return text;
    }

    /// <summary>Words that may stand in each other's place begin alike.</summary>
    private static char Kind(string word) =>
        word[0] switch
        {
            '@' or '$' or '.' or '"' => word[0],
            >= '0' and <= '9' => '0',
            >= 'A' and <= 'Z' => 'A',
            _ => 'a',
        };

    [GeneratedRegex(@"\.\.\.\s*[A-Z]\w*|[@$]?\w+|""[^""]*""")]
    private static partial Regex Word();
}
