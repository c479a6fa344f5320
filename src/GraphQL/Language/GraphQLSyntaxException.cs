namespace EventPipeline.GraphQL.Language;

/// <summary>Why a text is not read as a document.</summary>
public enum SyntaxProblem
{
    /// <summary>It does not follow the grammar.</summary>
    Grammar,

    /// <summary>It has more tokens than allowed.</summary>
    TooManyTokens,

    /// <summary>It is nested deeper than allowed.</summary>
    TooDeep,

    /// <summary>Its bytes are not UTF-8.</summary>
    Encoding,
}

/// <summary>A text is not a GraphQL document, or is one beyond a limit.</summary>
public sealed class GraphQLSyntaxException(SyntaxProblem problem, string description, Location location)
    : Exception($"Syntax Error: {description}")
{
    /// <summary>Which kind of problem.</summary>
    public SyntaxProblem Problem { get; } = problem;

    /// <summary>The same as an error for the client.</summary>
    public GraphQLError Error { get; } = GraphQLError.At($"Syntax Error: {description}", location);
}
