using System.Text;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Tests.Language;

public sealed class ParserTests
{
    [Fact]
    public void Nodes_know_where_they_begin()
    {
        var document = Parser.Parse("query Q(\n  $a: Int\r\n) {\n  b: c @d\n\t... on E { f }\n}");

        var operation = (OperationNode)document.Definitions[0];
        operation.Location.ShouldBe(new Location(1, 1));
        operation.Name!.Value.Location.ShouldBe(new Location(1, 7));
        operation.Variables[0].Location.ShouldBe(new Location(2, 3));
        operation.SelectionSet.Location.ShouldBe(new Location(3, 3));
        operation.SelectionSet.Selections[0].Location.ShouldBe(new Location(4, 3));
        operation.SelectionSet.Selections[1].Location.ShouldBe(new Location(5, 2));
    }

    [Fact]
    public void Bytes_are_read_as_UTF_8_and_columns_count_UTF_16()
    {
        var error = Should.Throw<GraphQLSyntaxException>(() => Parser.Parse("{ a(b: \"é😀\" ?) }"u8));

        error.Error.Locations.ShouldBe([new Location(1, 14)]);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused()
    {
        var error = Should.Throw<GraphQLSyntaxException>(() => Parser.Parse([0x7B, 0x61, 0xC3, 0x28, 0x7D]));

        error.Problem.ShouldBe(SyntaxProblem.Encoding);
        error.Error.Message.ShouldBe("Syntax Error: The document is not UTF-8.");
    }

    [Fact]
    public void Tokens_are_limited_and_comments_do_not_count()
    {
        var options = new ParserOptions(MaximumTokens: 4);

        Parser.Parse("{ a # b c d e f\n b }", options).Definitions.Length.ShouldBe(1);
        var error = Should.Throw<GraphQLSyntaxException>(() => Parser.Parse("{ a b c }", options));
        error.Problem.ShouldBe(SyntaxProblem.TooManyTokens);
        error.Error.ToString().ShouldBe("Syntax Error: Document contains more than 4 tokens. Parsing aborted. (1:9)");
    }

    [Theory]
    [InlineData("{", "a", "}", "a{", "}")]
    [InlineData("{a(b:", "1", ")}", "[", "]")]
    [InlineData("{a(b:", "1", ")}", "{c:", "}")]
    [InlineData("query($a:", "B", "){c}", "[", "]")]
    public void Depth_is_limited(string before, string middle, string after, string open, string close)
    {
        string Nested(int levels) =>
            before
            + string.Concat(Enumerable.Repeat(open, levels))
            + middle
            + string.Concat(Enumerable.Repeat(close, levels))
            + after;

        Parser.Parse(Nested(198)).Definitions.Length.ShouldBe(1);
        var error = Should.Throw<GraphQLSyntaxException>(() => Parser.Parse(Nested(100_000)));
        error.Problem.ShouldBeOneOf(SyntaxProblem.TooDeep, SyntaxProblem.TooManyTokens);
        Should
            .Throw<GraphQLSyntaxException>(() => Parser.Parse(Nested(201)))
            .Message.ShouldBe("Syntax Error: Document is nested more than 200 levels deep. Parsing aborted.");
    }

    [Fact]
    public void A_value_and_a_type_can_be_read_alone()
    {
        Parser.ParseValue("[1, {a: $b}]").ToString().ShouldBe("[1, { a: $b }]");
        Parser.ParseType("[[A!]]!").ToString().ShouldBe("[[A!]]!");
        Should.Throw<GraphQLSyntaxException>(() => Parser.ParseValue("$a", isConstant: true));
        Should.Throw<GraphQLSyntaxException>(() => Parser.ParseType("A B"));
    }

    /// <summary>Random bytes and random tokens: an answer or the one exception, never another one and never a hang.</summary>
    [Fact]
    public void Nothing_crashes_the_parser()
    {
        foreach (var random in Seeds.For(20_000))
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            Survives(() => Parser.Parse(bytes));
            Survives(() => Parser.Parse(Encoding.Latin1.GetString(bytes)));
            Survives(() => Parser.Parse(Encoding.ASCII.GetString([.. bytes.Select(it => (byte)(32 + it % 95))])));
            Survives(() => Parser.Parse(string.Concat(bytes.Select(Token))));
        }
    }

    private static string Token(byte which)
    {
        string[] tokens =
        [
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "a ",
            "on ",
            "query ",
            "type ",
            "\"\"\"",
            "\"",
            "1 ",
            "-",
            ".",
            "...",
            "$",
            "@",
            ":",
            "=",
            "!",
            "|",
            "&",
            "#",
            "\n",
            "\\",
            "extend ",
            "enum ",
            "input ",
            "true ",
            "\"b\" ",
            "\uD800",
        ];
        return tokens[which % tokens.Length];
    }

    private static void Survives(Action parse)
    {
        try
        {
            parse();
        }
        catch (GraphQLSyntaxException)
        {
            // Refused, as most of these should be.
        }
    }
}
