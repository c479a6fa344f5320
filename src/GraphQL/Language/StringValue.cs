using System.Text;
using static EventPipeline.GraphQL.Language.Characters;

namespace EventPipeline.GraphQL.Language;

/// <summary>Strings in double quotes: their escapes, read and written.</summary>
internal static class StringValue
{
    /// <summary>The value between the quotes of a string that the lexer has accepted.</summary>
    public static string Read(ReadOnlySpan<char> content)
    {
        if (!content.Contains('\\'))
            return content.ToString();
        var value = new StringBuilder(content.Length);
        for (var at = 0; at < content.Length; )
        {
            if (content[at] != '\\')
                value.Append(content[at++]);
            else
                at += AppendEscape(value, content, at);
        }
        return value.ToString();
    }

    /// <summary>The length of the escape at a position.</summary>
    /// <exception cref="GraphQLSyntaxException">There is none that means a character.</exception>
    public static int EscapeLength(string text, int at) =>
        At(text, at + 1) switch
        {
            'u' when At(text, at + 2) == '{' => VariableWidth(text, at).Length,
            'u' => FixedWidth(text, at).Length,
            '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't' => 2,
            _ => throw Invalid(text, at, 2, "character"),
        };

    /// <summary>A value as a string in double quotes.</summary>
    public static string Print(string value)
    {
        var result = new StringBuilder(value.Length + 2).Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\b' => result.Append("\\b"),
                '\f' => result.Append("\\f"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                _ when char.IsControl(character) => result.Append($"\\u{(int)character:X4}"),
                _ => result.Append(character),
            };
        }
        return result.Append('"').ToString();
    }

    private static int AppendEscape(StringBuilder value, ReadOnlySpan<char> content, int at)
    {
        if (content[at + 1] == 'u')
        {
            var (point, length) = content[at + 2] == '{' ? VariableWidth(content, at) : FixedWidth(content, at);
            value.Append(char.ConvertFromUtf32(point));
            return length;
        }
        value.Append(
            content[at + 1] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                var itself => itself,
            }
        );
        return 2;
    }

    /// <summary>Such as <c>\u{1F600}</c>.</summary>
    private static (int Point, int Length) VariableWidth(ReadOnlySpan<char> text, int at)
    {
        const int longest = 12;
        var (point, length) = (0, 3);
        while (length < longest)
        {
            var code = At(text, at + length++);
            if (code == '}')
            {
                if (length < 5 || !IsUnicodeScalar(point))
                    break;
                return (point, length);
            }
            point = (point << 4) | HexDigit(code);
            if (point < 0)
                break;
        }
        throw Invalid(text, at, length, "Unicode");
    }

    /// <summary>Such as <c>\u00e9</c>, or two of them that are a pair of surrogates.</summary>
    private static (int Point, int Length) FixedWidth(ReadOnlySpan<char> text, int at)
    {
        var code = FourDigits(text, at + 2);
        if (IsUnicodeScalar(code))
            return (code, 6);
        if (IsLeadingSurrogate(code) && At(text, at + 6) == '\\' && At(text, at + 7) == 'u')
        {
            var trailing = FourDigits(text, at + 8);
            if (IsTrailingSurrogate(trailing))
                return (char.ConvertToUtf32((char)code, (char)trailing), 12);
        }
        throw Invalid(text, at, 6, "Unicode");
    }

    private static int FourDigits(ReadOnlySpan<char> text, int at) =>
        (HexDigit(At(text, at)) << 12)
        | (HexDigit(At(text, at + 1)) << 8)
        | (HexDigit(At(text, at + 2)) << 4)
        | HexDigit(At(text, at + 3));

    private static int At(ReadOnlySpan<char> text, int index) => index < text.Length ? text[index] : -1;

    private static GraphQLSyntaxException Invalid(ReadOnlySpan<char> text, int at, int length, string kind) =>
        new(
            SyntaxProblem.Grammar,
            $"Invalid {kind} escape sequence: \"{text[at..Math.Min(text.Length, at + length)]}\".",
            Location.Of(text, at)
        );
}
