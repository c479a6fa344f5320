using System.Text;

namespace EventPipeline.GraphQL.Tests.Generation;

/// <summary>Writes documents that follow the grammar and nothing else: every construct, with names that clash.</summary>
public sealed class SyntaxGenerator(Random random)
{
    private static readonly string[] Names =
    [
        "a",
        "b",
        "user",
        "on",
        "type",
        "query",
        "fragment",
        "_",
        "__x",
        "T1",
        "implements",
        "repeatable",
        "null",
        "true",
        "extend",
    ];
    private static readonly string[] Spaces =
    [
        " ",
        " ",
        " ",
        " ",
        "\n",
        ",",
        "  ",
        "\t",
        "\r\n",
        "\r",
        "\uFEFF",
        "# note\n",
        "#\u00e9\ud83d\ude00\n",
    ];
    private static readonly string[] Strings =
    [
        "\"\"",
        "\"a\"",
        "\"\\n\\t\\\\\\\"\\/\\b\\f\\r\"",
        "\"\\u00e9\\u{1F600}\\uD83D\\uDE00\"",
        "\"\u00e9\ud83d\ude00\u0001\"",
        "\"\"\"\"\"\"",
        "\"\"\"a\"\"\"",
        "\"\"\"\n  a\n    b\n\n  c\n\"\"\"",
        "\"\"\" \\\"\"\" \"\"\"",
        "\"\"\"  a\n b\\\"\"\"\"\"\"",
        "\"\"\"a\r\nb\rc\"\"\"",
        "\"\"\"\n\n \t\n\"\"\"",
        "\"a longer text that goes on and on so that lines have to be broken somewhere near here\"",
    ];
    private static readonly string[] Numbers =
    [
        "0",
        "-1",
        "42",
        "-0",
        "1.5",
        "-0.0e10",
        "1E+3",
        "123456789012345678901234567890",
        "1e-2",
    ];
    private static readonly string[] Locations =
    [
        "QUERY",
        "FIELD",
        "SCALAR",
        "ENUM_VALUE",
        "ARGUMENT_DEFINITION",
        "DIRECTIVE_DEFINITION",
    ];
    private readonly StringBuilder text = new();
    private int depth;

    public static string Document(Random random)
    {
        var generator = new SyntaxGenerator(random);
        generator.Repeat(1, 4, generator.Definition);
        return generator.text.ToString();
    }

    private void Definition()
    {
        switch (random.Next(12))
        {
            case 0:
                SelectionSet();
                break;
            case <= 3:
                Operation();
                break;
            case <= 5:
                Maybe(Description);
                Put("fragment", Name("on"), "on", Name());
                Directives();
                SelectionSet();
                break;
            default:
                TypeSystem();
                break;
        }
    }

    private void Operation()
    {
        Maybe(Description);
        Put(Pick("query", "mutation", "subscription"));
        Maybe(() => Put(Name()));
        Maybe(() =>
            Around(
                "(",
                ")",
                1,
                3,
                () =>
                {
                    Maybe(Description, 5);
                    Put("$", Name(), ":");
                    Type();
                    Maybe(() =>
                    {
                        Put("=");
                        Value(isConstant: true);
                    });
                    Directives(isConstant: true);
                }
            )
        );
        Directives();
        SelectionSet();
    }

    private void SelectionSet() =>
        Around(
            "{",
            "}",
            random.Next(20) == 0 ? 0 : 1,
            3,
            () =>
            {
                switch (random.Next(6))
                {
                    case 0:
                        Put("...", Name("on"));
                        Directives();
                        break;
                    case 1 when depth < 4:
                        Put("...");
                        Maybe(() => Put("on", Name()));
                        Directives();
                        SelectionSet();
                        break;
                    default:
                        Maybe(() => Put(Name(), ":"));
                        Put(Name());
                        Arguments(isConstant: false);
                        Directives();
                        if (depth < 4)
                            Maybe(SelectionSet);
                        break;
                }
            }
        );

    private void TypeSystem()
    {
        var isExtension = random.Next(4) == 0;
        if (isExtension)
            Put("extend");
        else
            Maybe(Description);
        switch (random.Next(8))
        {
            case 0:
                Put("schema");
                Directives(isConstant: true);
                Around("{", "}", 1, 3, () => Put(Pick("query", "mutation", "subscription"), ":", Name()));
                break;
            case 1:
                Put("scalar", Name());
                Put("@", Name());
                break;
            case 2:
                Put("type", Name());
                Composite();
                break;
            case 3:
                Put("interface", Name());
                Composite();
                break;
            case 4:
                Put("union", Name());
                Directives(isConstant: true);
                Put("=");
                Maybe(() => Put("|"));
                Put(Name());
                Repeat(0, 3, () => Put("|", Name()));
                break;
            case 5:
                Put("enum", Name());
                Directives(isConstant: true);
                Around(
                    "{",
                    "}",
                    1,
                    3,
                    () =>
                    {
                        Maybe(Description);
                        Put(Name("true", "null"));
                        Directives(isConstant: true);
                    }
                );
                break;
            case 6:
                Put("input", Name());
                Directives(isConstant: true);
                Around("{", "}", 1, 3, InputValue);
                break;
            case 7 when isExtension:
                Put("directive", "@", Name(), "@", Name());
                break;
            default:
                Put("directive", "@", Name());
                Maybe(() => Around("(", ")", 1, 3, InputValue));
                Directives(isConstant: true);
                Maybe(() => Put("repeatable"));
                Put("on");
                Maybe(() => Put("|"));
                Put(Pick(Locations));
                Repeat(0, 2, () => Put("|", Pick(Locations)));
                break;
        }
    }

    private void Composite()
    {
        Maybe(() =>
        {
            Put("implements");
            Maybe(() => Put("&"));
            Put(Name());
            Repeat(0, 2, () => Put("&", Name()));
        });
        Directives(isConstant: true);
        Around(
            "{",
            "}",
            1,
            3,
            () =>
            {
                Maybe(Description);
                Put(Name());
                Maybe(() => Around("(", ")", 1, 3, InputValue));
                Put(":");
                Type();
                Directives(isConstant: true);
            }
        );
    }

    private void InputValue()
    {
        Maybe(Description);
        Put(Name(), ":");
        Type();
        Maybe(() =>
        {
            Put("=");
            Value(isConstant: true);
        });
        Directives(isConstant: true);
    }

    private void Type()
    {
        if (random.Next(3) == 0 && depth < 4)
            Around("[", "]", 1, 1, Type);
        else
            Put(Name());
        Maybe(() => Put("!"));
    }

    private void Directives(bool isConstant = false) =>
        Repeat(
            0,
            random.Next(4) == 0 ? 2 : 0,
            () =>
            {
                Put("@", Name());
                Arguments(isConstant);
            }
        );

    private void Arguments(bool isConstant) =>
        Maybe(() =>
            Around(
                "(",
                ")",
                1,
                3,
                () =>
                {
                    Put(Name(), ":");
                    Value(isConstant);
                }
            )
        );

    private void Value(bool isConstant)
    {
        switch (random.Next(depth < 5 ? 9 : 6))
        {
            case 0 or 1:
                Put(Pick(Strings));
                break;
            case 2:
                Put(Pick(Numbers));
                break;
            case 3 when !isConstant:
                Put("$", Name());
                break;
            case 3 or 4 or 5:
                Put(Name());
                break;
            case 6:
                Around("[", "]", 0, 6, () => Value(isConstant));
                break;
            default:
                Around(
                    "{",
                    "}",
                    0,
                    4,
                    () =>
                    {
                        Put(Name(), ":");
                        Value(isConstant);
                    }
                );
                break;
        }
    }

    private void Description() => Put(Pick(Strings));

    private string Name(params string[] except)
    {
        string name;
        do name = Pick(Names);
        while (except.Contains(name) || (except.Contains("true") && name is "true" or "null"));
        return name;
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    private void Maybe(Action write, int oneIn = 2)
    {
        if (random.Next(oneIn) == 0)
            write();
    }

    private void Repeat(int least, int most, Action write)
    {
        for (var left = random.Next(least, most + 1); left > 0; left--)
            write();
    }

    private void Around(string open, string close, int least, int most, Action write)
    {
        Put(open);
        depth++;
        Repeat(least, most, write);
        depth--;
        Put(close);
    }

    private void Put(params string[] tokens)
    {
        foreach (var token in tokens)
            text.Append(token).Append(Pick(Spaces));
    }
}
