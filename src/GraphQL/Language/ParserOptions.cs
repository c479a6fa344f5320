namespace EventPipeline.GraphQL.Language;

/// <summary>How much of a text is read before it is refused.</summary>
/// <param name="MaximumTokens">Comments and white space do not count.</param>
/// <param name="MaximumDepth">Of selection sets, lists, objects and list types in each other. What comes after the parser
/// recurses as deep, so this is what protects the stack.</param>
public sealed record ParserOptions(int MaximumTokens = 50_000, int MaximumDepth = 200)
{
    /// <summary>For texts of strangers.</summary>
    public static ParserOptions Default { get; } = new();

    /// <summary>For our own texts, such as schemas: any number of tokens.</summary>
    public static ParserOptions Trusted { get; } = new(int.MaxValue);
}
