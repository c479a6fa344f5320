using System.Text;

namespace EventPipeline.GraphQL.Language;

/// <summary>Strings in three double quotes: common indentation and empty lines around are not part of the value.</summary>
internal static class BlockString
{
    private const string Quotes = "\"\"\"";
    private const string EscapedQuotes = "\\\"\"\"";
    private const int LongestSingleLine = 70;

    /// <summary>The value of what stands between the quotes.</summary>
    public static string Read(ReadOnlySpan<char> content)
    {
        var lines = Lines(content.ToString().Replace(EscapedQuotes, Quotes));
        var (common, first, last) = (int.MaxValue, -1, -1);
        for (var number = 0; number < lines.Length; number++)
        {
            var indent = Indent(lines[number]);
            if (indent == lines[number].Length)
                continue;
            first = first < 0 ? number : first;
            last = number;
            if (number > 0)
                common = Math.Min(common, indent);
        }
        var value = new StringBuilder(content.Length);
        for (var number = Math.Max(first, 0); number <= last; number++)
        {
            if (number > first)
                value.Append('\n');
            var line = lines[number];
            value.Append(line.AsSpan(number == 0 ? 0 : Math.Min(common, line.Length)));
        }
        return value.ToString();
    }

    /// <summary>Whether a value comes back as it is after being printed as a block string and read again.</summary>
    public static bool CanHold(string value)
    {
        var (isEmptyLine, hasIndent, hasCommonIndent, seenNonEmptyLine) = (true, false, true, false);
        foreach (var character in value)
        {
            switch (character)
            {
                case '\n':
                    if (isEmptyLine && !seenNonEmptyLine)
                        return false;
                    (seenNonEmptyLine, isEmptyLine, hasIndent) = (true, true, false);
                    break;
                case '\t' or ' ':
                    hasIndent |= isEmptyLine;
                    break;
                case <= '\u000F':
                    return false;
                default:
                    hasCommonIndent &= hasIndent;
                    isEmptyLine = false;
                    break;
            }
        }
        return value.Length == 0 || !(isEmptyLine || (hasCommonIndent && seenNonEmptyLine));
    }

    /// <summary>A value in three double quotes, over several lines where that reads better or is necessary.</summary>
    public static string Print(string value)
    {
        var escaped = value.Replace(Quotes, EscapedQuotes);
        var lines = Lines(escaped);
        var isSingleLine = lines.Length == 1;
        var needsLeadingLine =
            !isSingleLine && lines.Skip(1).All(line => line.Length == 0 || Characters.IsWhiteSpace(line[0]));
        var endsWithQuotes = escaped.EndsWith(EscapedQuotes, StringComparison.Ordinal);
        var needsTrailingLine = (value.EndsWith('"') && !endsWithQuotes) || value.EndsWith('\\');
        var isLong = !isSingleLine || value.Length > LongestSingleLine || needsTrailingLine || endsWithQuotes;
        var beginsWithSpace = isSingleLine && value.Length > 0 && Characters.IsWhiteSpace(value[0]);
        return string.Concat(
            Quotes + ((isLong && !beginsWithSpace) || needsLeadingLine ? "\n" : ""),
            escaped,
            (isLong ? "\n" : "") + Quotes
        );
    }

    private static string[] Lines(string value) => value.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n');

    private static int Indent(string line)
    {
        var length = 0;
        while (length < line.Length && Characters.IsWhiteSpace(line[length]))
            length++;
        return length;
    }
}
