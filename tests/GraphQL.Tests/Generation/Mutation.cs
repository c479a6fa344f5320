namespace EventPipeline.GraphQL.Tests.Generation;

/// <summary>Spoils documents as careless and hostile people do.</summary>
public static class Mutation
{
    private static readonly string[] Pieces =
    [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "!",
        "|",
        "&",
        "=",
        ":",
        "$",
        "@",
        "...",
        "..",
        ".",
        ".5",
        "\"",
        "\"\"\"",
        "\\",
        "\\u{110000}",
        "\\uD800",
        "\\x",
        "\"\\u{0}\"",
        "on",
        "fragment",
        "query",
        "extend",
        "type",
        "input",
        "0",
        "00",
        "-",
        "1.",
        "1e",
        "0x1",
        "1.2.3",
        "'",
        "\u0000",
        "\u00e9",
        "\ud83d\ude00",
        "\ud83d",
        "\ude00",
        "#",
        "\n",
        "\r",
        "\t",
        "null",
        "true",
        "\ufeff",
        "?",
        "~",
        "^",
    ];

    /// <summary>One to three changes: a piece put in, taken out, doubled, moved or replaced, or the end cut off.</summary>
    public static string Of(string text, Random random)
    {
        for (var left = random.Next(1, 4); left > 0 && text.Length > 0; left--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 6), text.Length - at);
            text = random.Next(6) switch
            {
                0 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                1 => text.Remove(at, length),
                2 => text.Insert(at, text.Substring(at, length)),
                3 => text[..at],
                4 => text.Remove(at, length).Insert(random.Next(text.Length - length + 1), text.Substring(at, length)),
                _ => text.Remove(at, 1).Insert(at, Pieces[random.Next(Pieces.Length)]),
            };
        }
        return text;
    }
}
