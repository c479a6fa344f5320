using System.Collections.Immutable;
using System.Text;

namespace EventPipeline.GraphQL.Language;

/// <summary>Reads documents of the September 2025 specification, and like the reference implementation also empty selection
/// sets and directives on the definitions of directives. Recursive descent with one token in hand.</summary>
public sealed partial class Parser
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string text;
    private readonly ParserOptions options;
    private Lexer lexer;
    private Token token;
    private Token? peeked;
    private int tokens;
    private int depth;

    private Parser(string text, ParserOptions options)
    {
        this.text = text;
        this.options = options;
        lexer = new Lexer(text);
        Advance();
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="GraphQLSyntaxException">The text is none, or is beyond a limit.</exception>
    public static DocumentNode Parse(string text, ParserOptions? options = null)
    {
        var parser = new Parser(text, options ?? ParserOptions.Default);
        return new DocumentNode(parser.Many(static it => it.ParseDefinition(), TokenKind.EndOfFile))
        {
            Location = new Location(1, 1),
        };
    }

    /// <summary>Reads a document from UTF-8.</summary>
    /// <exception cref="GraphQLSyntaxException">The bytes are none, or are beyond a limit.</exception>
    public static DocumentNode Parse(ReadOnlySpan<byte> utf8, ParserOptions? options = null)
    {
        try
        {
            return Parse(Utf8.GetString(utf8), options);
        }
        catch (DecoderFallbackException)
        {
            throw new GraphQLSyntaxException(SyntaxProblem.Encoding, "The document is not UTF-8.", default);
        }
    }

    /// <summary>Reads a value, by choice one without variables.</summary>
    /// <exception cref="GraphQLSyntaxException">The text is none, or is beyond a limit.</exception>
    public static ValueNode ParseValue(string text, bool isConstant = false, ParserOptions? options = null)
    {
        var parser = new Parser(text, options ?? ParserOptions.Default);
        var value = parser.ParseValue(isConstant);
        parser.Expect(TokenKind.EndOfFile);
        return value;
    }

    /// <summary>Reads the use of a type, such as <c>[String!]</c>.</summary>
    /// <exception cref="GraphQLSyntaxException">The text is none, or is beyond a limit.</exception>
    public static TypeNode ParseType(string text, ParserOptions? options = null)
    {
        var parser = new Parser(text, options ?? ParserOptions.Default);
        var type = parser.ParseType();
        parser.Expect(TokenKind.EndOfFile);
        return type;
    }

    private DefinitionNode ParseDefinition()
    {
        if (token.Kind == TokenKind.BraceLeft)
            return ParseOperation();
        var hasDescription = HasDescription;
        var keyword = hasDescription ? Peek() : token;
        if (hasDescription && keyword.Kind == TokenKind.BraceLeft)
            throw Error(token, "Unexpected description, descriptions are not supported on shorthand queries.");
        if (keyword.Kind != TokenKind.Name)
            throw Unexpected(keyword);
        switch (TextOf(keyword))
        {
            case "query" or "mutation" or "subscription":
                return ParseOperation();
            case "fragment":
                return ParseFragment();
            case "extend" when !hasDescription:
                return ParseExtension();
            case var word:
                if (ParseTypeSystemDefinition(word) is { } definition)
                    return definition;
                throw hasDescription
                    ? Error(token, "Unexpected description, only GraphQL definitions support descriptions.")
                    : Unexpected(keyword);
        }
    }

    private bool HasDescription => token.Kind is TokenKind.String or TokenKind.BlockString;

    private StringValueNode? ParseDescription() => HasDescription ? ParseString() : null;

    private Name ParseName()
    {
        var name = Expect(TokenKind.Name);
        return new Name(TextOf(name).ToString(), name.Location);
    }

    private TypeNode ParseType()
    {
        var start = token.Location;
        TypeNode type;
        if (Skip(TokenKind.BracketLeft))
        {
            Descend();
            type = new ListTypeNode(ParseType()) { Location = start };
            Expect(TokenKind.BracketRight);
            depth--;
        }
        else
        {
            type = ParseNamedType();
        }
        return Skip(TokenKind.Bang) ? new NonNullTypeNode(type) { Location = start } : type;
    }

    private NamedTypeNode ParseNamedType()
    {
        var name = ParseName();
        return new NamedTypeNode(name) { Location = name.Location };
    }

    private ImmutableArray<DirectiveNode> ParseDirectives(bool isConstant)
    {
        if (token.Kind != TokenKind.At)
            return [];
        var directives = new NodeList<DirectiveNode>();
        while (token.Kind == TokenKind.At)
        {
            var start = token.Location;
            Advance();
            directives.Add(new DirectiveNode(ParseName(), ParseArguments(isConstant)) { Location = start });
        }
        return directives.ToImmutable();
    }

    private ImmutableArray<ArgumentNode> ParseArguments(bool isConstant) =>
        OptionalMany<ArgumentNode>(
            TokenKind.ParenthesisLeft,
            isConstant
                ? static it => it.ParseArgument(isConstant: true)
                : static it => it.ParseArgument(isConstant: false),
            TokenKind.ParenthesisRight
        );

    private ArgumentNode ParseArgument(bool isConstant)
    {
        var name = ParseName();
        Expect(TokenKind.Colon);
        return new ArgumentNode(name, ParseValue(isConstant)) { Location = name.Location };
    }
}
