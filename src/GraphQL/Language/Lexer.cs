using static EventPipeline.GraphQL.Language.Characters;

namespace EventPipeline.GraphQL.Language;

/// <summary>Cuts a text into tokens. White space, commas, byte order marks and comments are passed over.</summary>
internal struct Lexer(string text)
{
    private readonly string text = text;
    private int position = 0;
    private int line = 1;
    private int lineStart = 0;

    /// <summary>The next token; at the end of the text the same end again and again.</summary>
    /// <exception cref="GraphQLSyntaxException">What follows is no token.</exception>
    public Token Next()
    {
        while (position < text.Length)
        {
            var character = text[position];
            switch (character)
            {
                case '\uFEFF' or '\t' or ' ' or ',':
                    position++;
                    break;
                case '\n' or '\r':
                    position = AfterLineEnd(position);
                    line++;
                    lineStart = position;
                    break;
                case '#':
                    SkipComment();
                    break;
                default:
                    return ReadToken(character);
            }
        }
        return Take(TokenKind.EndOfFile, 0);
    }

    private Token ReadToken(char character)
    {
        if (IsNameStart(character))
            return Take(TokenKind.Name, NameLength());
        switch (character)
        {
            case '!':
                return Take(TokenKind.Bang, 1);
            case '$':
                return Take(TokenKind.Dollar, 1);
            case '&':
                return Take(TokenKind.Ampersand, 1);
            case '(':
                return Take(TokenKind.ParenthesisLeft, 1);
            case ')':
                return Take(TokenKind.ParenthesisRight, 1);
            case '.':
                return ReadSpread();
            case ':':
                return Take(TokenKind.Colon, 1);
            case '=':
                return Take(TokenKind.EqualsSign, 1);
            case '@':
                return Take(TokenKind.At, 1);
            case '[':
                return Take(TokenKind.BracketLeft, 1);
            case ']':
                return Take(TokenKind.BracketRight, 1);
            case '{':
                return Take(TokenKind.BraceLeft, 1);
            case '|':
                return Take(TokenKind.Pipe, 1);
            case '}':
                return Take(TokenKind.BraceRight, 1);
            case '"':
                return At(position + 1) == '"' && At(position + 2) == '"' ? ReadBlockString() : ReadString();
            case '-' or (>= '0' and <= '9'):
                return ReadNumber();
            default:
                throw NoToken(character);
        }
    }

    private Token ReadSpread()
    {
        var next = At(position + 1);
        if (next == '.' && At(position + 2) == '.')
            return Take(TokenKind.Spread, 3);
        if (next == '.')
            throw Error(position, "Unexpected \"..\", did you mean \"...\"?");
        if (!IsDigit(next))
            throw NoToken('.');
        var digits = text.AsSpan(position + 1, AfterDigits(position + 1) - position - 1);
        throw Error(position, $"Invalid number, expected digit before \".\", did you mean \"0.{digits}\"?");
    }

    private Token ReadNumber()
    {
        var at = position;
        var kind = TokenKind.Int;
        if (At(at) == '-')
            at++;
        if (At(at) == '0')
        {
            at++;
            if (IsDigit(At(at)))
                throw Error(at, $"Invalid number, unexpected digit after 0: {Describe(at)}.");
        }
        else
        {
            at = AfterDigits(at);
        }
        if (At(at) == '.')
        {
            kind = TokenKind.Float;
            at = AfterDigits(at + 1);
        }
        if (At(at) is 'e' or 'E')
        {
            kind = TokenKind.Float;
            at++;
            if (At(at) is '+' or '-')
                at++;
            at = AfterDigits(at);
        }
        // A number may not run into a name or another number, such as 0xF1 or 1.2.3.
        if (At(at) == '.' || IsNameStart(At(at)))
            throw Error(at, $"Invalid number, expected digit but got: {Describe(at)}.");
        return Take(kind, at - position);
    }

    private readonly int AfterDigits(int at)
    {
        if (!IsDigit(At(at)))
            throw Error(at, $"Invalid number, expected digit but got: {Describe(at)}.");
        while (IsDigit(At(at)))
            at++;
        return at;
    }

    private Token ReadString()
    {
        var at = position + 1;
        while (At(at) is var code and >= 0 && code is not ('\n' or '\r'))
        {
            if (code == '"')
                return Take(TokenKind.String, at + 1 - position);
            at += code == '\\' ? StringValue.EscapeLength(text, at) : CharacterLength(at);
        }
        throw Error(at, "Unterminated string.");
    }

    private Token ReadBlockString()
    {
        var (at, lines, lastLine) = (position + 3, 0, lineStart);
        while (At(at) is var code and >= 0)
        {
            if (code == '"' && At(at + 1) == '"' && At(at + 2) == '"')
            {
                var token = Take(TokenKind.BlockString, at + 3 - position);
                line += lines;
                lineStart = lastLine;
                return token;
            }
            if (code is '\n' or '\r')
            {
                at = AfterLineEnd(at);
                lastLine = at;
                lines++;
            }
            else if (code == '\\' && At(at + 1) == '"' && At(at + 2) == '"' && At(at + 3) == '"')
            {
                at += 4;
            }
            else
            {
                at += CharacterLength(at);
            }
        }
        throw Error(at, "Unterminated string.");
    }

    private void SkipComment()
    {
        while (++position < text.Length && text[position] is not ('\n' or '\r'))
        {
            if (char.IsSurrogate(text[position]))
            {
                if (!IsPair(position))
                    return; // what stands there is no token either, and is reported as such
                position++;
            }
        }
    }

    private readonly int CharacterLength(int at)
    {
        if (!char.IsSurrogate(text[at]))
            return 1;
        return IsPair(at) ? 2 : throw Error(at, $"Invalid character within String: {Describe(at)}.");
    }

    private readonly int NameLength()
    {
        var at = position + 1;
        while (at < text.Length && IsNameContinue(text[at]))
            at++;
        return at - position;
    }

    private Token Take(TokenKind kind, int length)
    {
        var start = position;
        position += length;
        return new Token(kind, start, position, new Location(line, start - lineStart + 1));
    }

    private readonly int AfterLineEnd(int at) => text[at] == '\r' && At(at + 1) == '\n' ? at + 2 : at + 1;

    private readonly int At(int index) => index < text.Length ? text[index] : -1;

    private readonly bool IsPair(int at) => IsLeadingSurrogate(At(at)) && IsTrailingSurrogate(At(at + 1));

    private readonly GraphQLSyntaxException NoToken(char character) =>
        Error(
            position,
            character == '\''
                ? "Unexpected single quote character ('), did you mean to use a double quote (\")?"
                : $"{(IsUnicodeScalar(character) || IsPair(position) ? "Unexpected" : "Invalid")} character: {Describe(position)}."
        );

    private readonly string Describe(int at)
    {
        if (at >= text.Length)
            return TokenKind.EndOfFile.Describe();
        var code = IsPair(at) ? char.ConvertToUtf32(text, at) : text[at];
        return code switch
        {
            '"' => "'\"'",
            >= ' ' and <= '~' => $"\"{(char)code}\"",
            _ => $"U+{code:X4}",
        };
    }

    private readonly GraphQLSyntaxException Error(int at, string description) =>
        new(SyntaxProblem.Grammar, description, Location.Of(text, at));
}
