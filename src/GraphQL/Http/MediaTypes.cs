using System.Collections.Concurrent;
using Microsoft.Net.Http.Headers;

namespace EventPipeline.GraphQL.Http;

/// <summary>How a response is written.</summary>
internal enum ResponseFormat
{
    /// <summary><c>application/json</c>: the status says only whether the request was understood.</summary>
    Json,

    /// <summary><c>application/graphql-response+json</c>: the status also says whether the operation was executed.</summary>
    GraphQLResponse,

    /// <summary><c>text/event-stream</c>.</summary>
    EventStream,
}

/// <summary>Media types of requests and responses.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json; charset=utf-8";
    public const string GraphQLResponse = "application/graphql-response+json; charset=utf-8";
    public const string EventStream = "text/event-stream; charset=utf-8";

    private static readonly (string Type, ResponseFormat Format)[] Known =
    [
        ("application/json", ResponseFormat.Json),
        ("application/graphql-response+json", ResponseFormat.GraphQLResponse),
        ("text/event-stream", ResponseFormat.EventStream),
    ];

    // A client says the same each time, and there are few clients.
    private const int MostRemembered = 200;
    private static readonly ConcurrentDictionary<string, IReadOnlyList<ResponseFormat>> Remembered = new(
        StringComparer.Ordinal
    );

    /// <summary>The formats that a client accepts, what it likes best first, and of what it likes alike what it names first. Whoever says
    /// nothing gets JSON.</summary>
    public static IReadOnlyList<ResponseFormat> Accepted(IList<string> accept)
    {
        if (accept.Count == 0)
            return [ResponseFormat.Json];
        if (accept is not [{ } line])
            return Read(accept);
        if (Remembered.TryGetValue(line, out var known))
            return known;
        var formats = Read(accept);
        if (Remembered.Count < MostRemembered)
            Remembered[line] = formats;
        return formats;
    }

    private static IReadOnlyList<ResponseFormat> Read(IList<string> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
            return [];
        return
        [
            .. ranges
                .Where(range => range.Quality is null or > 0)
                .OrderByDescending(range => range.Quality ?? 1)
                .SelectMany(range => Known.Where(known => Includes(range, known.Type)))
                .Select(known => known.Format)
                .Distinct(),
        ];
    }

    /// <summary>Whether a body is JSON in UTF-8.</summary>
    public static bool IsJson(string? contentType) =>
        contentType == "application/json" // as most clients write it
        || (
            MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (
                !type.Charset.HasValue
                || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            )
        );

    private static bool Includes(MediaTypeHeaderValue range, string type) =>
        range.MatchesAllTypes
        || (range.MatchesAllSubTypes && type.StartsWith($"{range.Type}/", StringComparison.OrdinalIgnoreCase))
        || range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);
}
