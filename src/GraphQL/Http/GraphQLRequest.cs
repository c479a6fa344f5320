using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http;

/// <summary>What a client sends for an operation, by whichever transport.</summary>
/// <param name="Query">The document; null if the server is to know it already.</param>
/// <param name="OperationName">Which operation of it; null if there is only one.</param>
/// <param name="Variables">A JSON object, or nothing.</param>
/// <param name="Extensions">A JSON object, or nothing.</param>
/// <param name="DocumentId">Names a document that the server knows.</param>
internal sealed record GraphQLRequest(
    string? Query,
    string? OperationName,
    JsonElement Variables,
    JsonElement Extensions,
    string? DocumentId = null
)
{
    /// <summary>The SHA-256 of the document, if the client sends it as for automatic persisted queries.</summary>
    public string? DocumentHash { get; } =
        Extensions.ValueKind == JsonValueKind.Object
        && Extensions.TryGetProperty("persistedQuery", out var persisted)
        && persisted.ValueKind == JsonValueKind.Object
        && persisted.TryGetProperty("sha256Hash", out var hash)
        && hash.ValueKind == JsonValueKind.String
            ? hash.GetString()
            : null;

    /// <summary>Reads the text of JSON.</summary>
    public static (GraphQLRequest? Request, RequestError? Error) Read(ReadOnlySequence<byte> json)
    {
        try
        {
            return Read(Json.Parse(json));
        }
        catch (JsonException exception)
        {
            return (null, RequestError.BadRequest($"The body is not valid JSON: {exception.Message}"));
        }
    }

    /// <summary>Reads the object that a body or a message has.</summary>
    public static (GraphQLRequest? Request, RequestError? Error) Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
            return (null, RequestError.Batching);
        if (json.ValueKind != JsonValueKind.Object)
            return (null, RequestError.BadRequest("The body has to be a JSON object."));
        var query = Member(json, "query", JsonValueKind.String, out var problem);
        var name = Member(json, "operationName", JsonValueKind.String, out var nameProblem);
        var variables = Member(json, "variables", JsonValueKind.Object, out var variablesProblem);
        var extensions = Member(json, "extensions", JsonValueKind.Object, out var extensionsProblem);
        var id = Member(json, "documentId", JsonValueKind.String, out var idProblem);
        problem ??= nameProblem ?? idProblem ?? variablesProblem ?? extensionsProblem;
        return problem is null
            ? Check(new GraphQLRequest(Text(query), Text(name), variables, extensions, Text(id)))
            : (null, RequestError.BadRequest(problem));
    }

    /// <summary>Reads the parameters of an address.</summary>
    public static (GraphQLRequest? Request, RequestError? Error) Read(IQueryCollection parameters)
    {
        try
        {
            var variables = Object("variables");
            var extensions = Object("extensions");
            return Check(
                new GraphQLRequest(One("query"), One("operationName"), variables, extensions, One("documentId"))
            );
        }
        catch (JsonException exception)
        {
            return (null, RequestError.BadRequest(exception.Message));
        }

        string? One(string name) => parameters[name] is [{ Length: > 0 } value, ..] ? value : null;

        JsonElement Object(string name)
        {
            if (One(name) is not { } text)
                return default;
            var json = Json.Parse(new ReadOnlySequence<byte>(System.Text.Encoding.UTF8.GetBytes(text)));
            return json.ValueKind is JsonValueKind.Object or JsonValueKind.Null
                ? json
                : throw new JsonException($"The parameter \"{name}\" has to be a JSON object.");
        }
    }

    private static (GraphQLRequest? Request, RequestError? Error) Check(GraphQLRequest request) =>
        request is { Query: null, DocumentId: null, DocumentHash: null }
            ? (null, RequestError.BadRequest("\"query\" is missing: the document to execute."))
            : (request, null);

    private static JsonElement Member(JsonElement json, string name, JsonValueKind kind, out string? problem)
    {
        problem = null;
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return default;
        if (value.ValueKind != kind)
            problem = $"\"{name}\" has to be {(kind == JsonValueKind.String ? "a string" : "a JSON object")}.";
        return value;
    }

    private static string? Text(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString() : null;
}
