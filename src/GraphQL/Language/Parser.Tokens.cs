using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EventPipeline.GraphQL.Language;

public sealed partial class Parser
{
    private ReadOnlySpan<char> TextOf(Token which) => text.AsSpan(which.Start, which.End - which.Start);

    private void Advance()
    {
        token = peeked ?? lexer.Next();
        peeked = null;
        if (token.Kind != TokenKind.EndOfFile && ++tokens > options.MaximumTokens)
        {
            throw new GraphQLSyntaxException(
                SyntaxProblem.TooManyTokens,
                $"Document contains more than {options.MaximumTokens} tokens. Parsing aborted.",
                token.Location
            );
        }
    }

    private Token Peek() => peeked ??= lexer.Next();

    /// <summary>One level deeper; the caller takes it back.</summary>
    private void Descend()
    {
        if (++depth > options.MaximumDepth)
        {
            throw new GraphQLSyntaxException(
                SyntaxProblem.TooDeep,
                $"Document is nested more than {options.MaximumDepth} levels deep. Parsing aborted.",
                token.Location
            );
        }
    }

    private Token Expect(TokenKind kind)
    {
        var found = token;
        if (found.Kind != kind)
            throw Error(found, $"Expected {kind.Describe()}, found {Describe(found)}.");
        Advance();
        return found;
    }

    private bool Skip(TokenKind kind)
    {
        if (token.Kind != kind)
            return false;
        Advance();
        return true;
    }

    private void ExpectKeyword(string keyword)
    {
        if (!SkipKeyword(keyword))
            throw Error(token, $"Expected \"{keyword}\", found {Describe(token)}.");
    }

    private bool SkipKeyword(string keyword)
    {
        if (token.Kind != TokenKind.Name || !TextOf(token).SequenceEqual(keyword))
            return false;
        Advance();
        return true;
    }

    /// <summary>What stands between two tokens, or nothing if the first is not there.</summary>
    private ImmutableArray<T> OptionalMany<T>(TokenKind open, Func<Parser, T> parse, TokenKind close) =>
        Skip(open) ? Many(parse, close) : [];

    /// <summary>One or more, up to a token.</summary>
    private ImmutableArray<T> Many<T>(Func<Parser, T> parse, TokenKind close)
    {
        var nodes = new NodeList<T>();
        do nodes.Add(parse(this));
        while (!Skip(close));
        return nodes.ToImmutable();
    }

    /// <summary>None or more, up to a token.</summary>
    private ImmutableArray<T> Any<T>(Func<Parser, T> parse, TokenKind close) => Skip(close) ? [] : Many(parse, close);

    /// <summary>One or more, with a token between them and by choice before them.</summary>
    private ImmutableArray<T> Delimited<T>(TokenKind delimiter, Func<Parser, T> parse)
    {
        Skip(delimiter);
        var nodes = new NodeList<T>();
        do nodes.Add(parse(this));
        while (Skip(delimiter));
        return nodes.ToImmutable();
    }

    private GraphQLSyntaxException Unexpected(Token found) => Error(found, $"Unexpected {Describe(found)}.");

    private static GraphQLSyntaxException Error(Token at, string description) =>
        new(SyntaxProblem.Grammar, description, at.Location);

    private string Describe(Token which) =>
        which.Kind switch
        {
            TokenKind.Name or TokenKind.Int or TokenKind.Float => $"{which.Kind} \"{TextOf(which)}\"",
            TokenKind.String or TokenKind.BlockString => $"{which.Kind} \"{StringOf(which)}\"",
            _ => which.Kind.Describe(),
        };

    private string StringOf(Token which) =>
        which.Kind == TokenKind.String
            ? StringValue.Read(TextOf(which)[1..^1])
            : BlockString.Read(TextOf(which)[3..^3]);

    /// <summary>A list that grows and becomes an array without a copy where it is just full.</summary>
    private struct NodeList<T>()
    {
        private T[] nodes = new T[4];
        private int count = 0;

        public void Add(T node)
        {
            if (count == nodes.Length)
                Array.Resize(ref nodes, count * 2);
            nodes[count++] = node;
        }

        public ImmutableArray<T> ToImmutable()
        {
            Array.Resize(ref nodes, count);
            return ImmutableCollectionsMarshal.AsImmutableArray(nodes);
        }
    }
}
