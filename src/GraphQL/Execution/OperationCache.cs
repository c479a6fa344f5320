using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Limits;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Execution;

/// <summary>Keeps the operations that clients ask again and again: read, validated and prepared once. It is bounded, what was not used
/// for the longest time goes first, and documents that are not valid are not kept.</summary>
/// <param name="schema">The schema.</param>
/// <param name="parserOptions">The limits of documents.</param>
/// <param name="capacity">How many operations are kept.</param>
/// <param name="limits">How much an operation may ask for; null for anything.</param>
public sealed class OperationCache(
    Schema schema,
    ParserOptions parserOptions,
    int capacity = 1000,
    OperationLimits? limits = null
)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Text, string? Name), LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = [];

    private sealed record Entry((string Text, string? Name) Key, PreparedOperation Operation);

    /// <summary>How many operations there are now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return entries.Count;
        }
    }

    /// <summary>Prepares an operation, or finds it.</summary>
    /// <param name="text">The document.</param>
    /// <param name="name">Which operation of it; null if there is only one.</param>
    /// <param name="validationOptions">How the document is validated.</param>
    /// <returns>The operation, or what is wrong with the document.</returns>
    public (PreparedOperation? Operation, IReadOnlyList<GraphQLError> Errors) Prepare(
        string text,
        string? name,
        ValidationOptions? validationOptions = null
    )
    {
        if (Find((text, name)) is { } known)
            return (known, []);
        DocumentNode document;
        try
        {
            document = Parser.Parse(text, parserOptions);
        }
        catch (GraphQLSyntaxException exception)
        {
            return (null, [WithCode(exception)]);
        }
        var errors = DocumentValidator.Validate(schema, document, validationOptions);
        if (errors.Count > 0)
            return (null, errors);
        var (operation, error) = PreparedOperation.Prepare(schema, document, name);
        if (operation is null)
            return (null, [error!]);
        if (Exceeded(document, operation) is { Count: > 0 } exceeded)
            return (null, exceeded);
        return (Keep(new Entry((text, name), operation)), []);
    }

    /// <summary>Limits come last: of a document that is wrong the client hears what is wrong with it.</summary>
    private IReadOnlyList<GraphQLError> Exceeded(DocumentNode document, PreparedOperation operation)
    {
        if (limits is null)
            return [];
        if (Repetitions.Check(document, limits) is { } repeated)
            return [repeated];
        try
        {
            return operation.Measure.Check(limits);
        }
        catch (InsufficientExecutionStackException)
        {
            return [GraphQLError.WithCode("The operation is too deep to be looked at.", "DEPTH_LIMIT_EXCEEDED")];
        }
    }

    private static GraphQLError WithCode(GraphQLSyntaxException exception) =>
        exception.Problem switch
        {
            SyntaxProblem.TooManyTokens => exception.Error.WithCode("TOO_MANY_TOKENS"),
            SyntaxProblem.TooDeep => exception.Error.WithCode("DOCUMENT_TOO_DEEP"),
            _ => exception.Error,
        };

    private PreparedOperation? Find((string Text, string? Name) key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
                return null;
            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Operation;
        }
    }

    private PreparedOperation Keep(Entry entry)
    {
        lock (gate)
        {
            // Somebody else may have been faster.
            if (entries.TryGetValue(entry.Key, out var node))
                return node.Value.Operation;
            entries.Add(entry.Key, byUse.AddFirst(entry));
            if (entries.Count > capacity)
            {
                entries.Remove(byUse.Last!.Value.Key);
                byUse.RemoveLast();
            }
            return entry.Operation;
        }
    }
}
