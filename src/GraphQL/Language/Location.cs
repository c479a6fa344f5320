namespace EventPipeline.GraphQL.Language;

/// <summary>A place in a document: line and column from 1. Columns count UTF-16 code units, as those of the reference
/// implementation do. The default value is the place of what was not read from a text.</summary>
public readonly record struct Location(int Line, int Column)
{
    /// <summary>Whether this is a place in a text.</summary>
    public bool IsKnown => Line > 0;

    /// <summary>The place of a position.</summary>
    public static Location Of(ReadOnlySpan<char> text, int position)
    {
        var (line, lineStart) = (1, 0);
        for (var at = 0; at < position && at < text.Length; at++)
        {
            if (text[at] == '\n' || (text[at] == '\r' && !(at + 1 < text.Length && text[at + 1] == '\n')))
                (line, lineStart) = (line + 1, at + 1);
        }
        return new Location(line, position - lineStart + 1);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Line}:{Column}";
}
