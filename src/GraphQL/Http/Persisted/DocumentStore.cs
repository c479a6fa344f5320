namespace EventPipeline.GraphQL.Http.Persisted;

/// <summary>Finds the text of the document that a client means.</summary>
internal sealed class DocumentStore(PersistedOperationOptions options)
{
    private const string NotFound = "PersistedQueryNotFound"; // clients compare the message
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Hash, string Text)>> automatic = new(
        StringComparer.Ordinal
    );
    private readonly LinkedList<(string Hash, string Text)> byUse = [];
    private long characters;

    /// <summary>Finds it.</summary>
    /// <returns>The text and whether it is trusted, or why there is none.</returns>
    public (string? Text, bool IsTrusted, GraphQLError? Error) Find(GraphQLRequest request)
    {
        if (request.DocumentId is { } id)
        {
            return options.Trusted.Find(id) is { } trusted
                ? (trusted, true, null)
                : Refuse($"There is no document \"{id}\".", "DOCUMENT_NOT_FOUND");
        }
        var hash = request.DocumentHash;
        if (hash is not null && options.Trusted.Find(hash) is { } known)
            return (known, true, null);
        if (request.Query is { } text && options.Trusted.Contains(text))
            return (text, true, null);
        if (options.OnlyTrusted)
        {
            return Refuse(
                "Only documents that this server knows are executed. Send the id of one as documentId.",
                "DOCUMENT_NOT_TRUSTED"
            );
        }
        if (hash is null)
            return (request.Query, false, null);
        if (!options.Automatic)
            return Refuse("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED");
        if (request.Query is null)
            return Recall(hash) is { } kept ? (kept, false, null) : Refuse(NotFound, "PERSISTED_QUERY_NOT_FOUND");
        return TrustedDocuments.HashOf(request.Query) == hash
            ? (request.Query, false, null)
            : Refuse("The hash is not that of the document.", "PERSISTED_QUERY_HASH_MISMATCH");
    }

    /// <summary>Keeps the document of a request, once it is known to be valid.</summary>
    public void Keep(GraphQLRequest request)
    {
        if (!options.Automatic || request.Query is not { } text || request.DocumentHash is not { } hash)
            return;
        lock (gate)
        {
            if (automatic.ContainsKey(hash))
                return;
            automatic[hash] = byUse.AddFirst((hash, text));
            characters += text.Length;
            while (automatic.Count > options.AutomaticCapacity || characters > options.AutomaticCharacters)
            {
                var (oldest, forgotten) = byUse.Last!.Value;
                byUse.RemoveLast();
                automatic.Remove(oldest);
                characters -= forgotten.Length;
            }
        }
    }

    private string? Recall(string hash)
    {
        lock (gate)
        {
            if (!automatic.TryGetValue(hash, out var node))
                return null;
            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Text;
        }
    }

    private static (string?, bool, GraphQLError?) Refuse(string message, string code) =>
        (null, false, GraphQLError.WithCode(message, code));
}
