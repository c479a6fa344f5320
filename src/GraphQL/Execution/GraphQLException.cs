namespace EventPipeline.GraphQL.Execution;

/// <summary>What a resolver throws to tell the client why a field has no value. The messages of all other exceptions stay here.</summary>
public sealed class GraphQLException : Exception
{
    /// <summary>An error without words of its own.</summary>
    public GraphQLException()
        : this("The field has no value.") { }

    /// <summary>An error with a message for the client.</summary>
    public GraphQLException(string message)
        : base(message) { }

    /// <summary>An error with a message for the client, and a cause that the client does not see.</summary>
    public GraphQLException(string message, Exception? innerException)
        : base(message, innerException) { }

    /// <summary>What programs read, such as a code; written as the extensions of the error.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }
}

/// <summary>Carries an error that knows its places to the field that it is an error of.</summary>
internal sealed class LocatedErrorException(GraphQLError error) : Exception(error.Message)
{
    public GraphQLError Error { get; } = error;
}
