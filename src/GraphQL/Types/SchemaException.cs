namespace EventPipeline.GraphQL.Types;

/// <summary>A schema does not make sense.</summary>
public sealed class SchemaException(IReadOnlyList<GraphQLError> errors)
    : Exception(string.Join("\n\n", errors.Select(error => error.ToString())))
{
    /// <summary>All that is wrong with it.</summary>
    public IReadOnlyList<GraphQLError> Errors { get; } = errors;
}
