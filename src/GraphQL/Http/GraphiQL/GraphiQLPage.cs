using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EventPipeline.GraphQL.Http.GraphiQL;

/// <summary>The page of GraphiQL and the files that it consists of. All of them come from here, and nothing else may run on it.</summary>
/// <param name="options">Where the files are.</param>
/// <param name="endpoint">The path of the API.</param>
public sealed class GraphiQLPage(GraphiQLOptions options, string endpoint)
{
    private const string Start = "start.js";

    // Styles are also written by its editor and by its dialogs.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The files that have to be in the folder, all of them or none.</summary>
    public static ImmutableArray<string> Files { get; } =
    [
        "react.production.min.js",
        "react-dom.production.min.js",
        "graphql-sse.min.js",
        "graphiql.min.js",
        "graphiql.min.css",
    ];

    /// <summary>Where the files are served.</summary>
    internal string FilesPattern => $"{endpoint}/ui/{{file}}";

    /// <summary>Whether a browser wants to see a page.</summary>
    internal static bool IsAskedFor(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    internal Task WriteAsync(HttpContext context)
    {
        Secure(context.Response, "text/html; charset=utf-8");
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>GraphiQL</title>
            <link rel="icon" href="data:,">
            {(IsInstalled ? $"<link rel=\"stylesheet\" href=\"{endpoint}/ui/graphiql.min.css\">" : "")}
            </head>
            {(IsInstalled ? Editor() : Message())}
            </html>
            """,
            context.RequestAborted
        );
    }

    internal async Task WriteFileAsync(HttpContext context)
    {
        var file = context.Request.RouteValues["file"] as string;
        if (file != Start && !(IsInstalled && Files.Contains(file!)))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        Secure(
            context.Response,
            file!.EndsWith(".css", StringComparison.Ordinal) ? "text/css" : "text/javascript; charset=utf-8"
        );
        if (file != Start)
        {
            await context.Response.SendFileAsync(Path.Combine(options.Folder!, file), context.RequestAborted);
            return;
        }
        await using var start = typeof(GraphiQLPage).Assembly.GetManifestResourceStream(typeof(GraphiQLPage), Start)!;
        await start.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private bool IsInstalled =>
        options.Folder is { } folder && Files.All(file => File.Exists(Path.Combine(folder, file)));

    private string Editor() =>
        $"""
            <body data-endpoint="{endpoint}" style="margin: 0">
            <div id="graphiql" style="height: 100vh"></div>
            <pre id="example" hidden>{WebUtility.HtmlEncode(options.Example)}</pre>
            {string.Join(
                '\n',
                Files.Where(file => file.EndsWith(".js", StringComparison.Ordinal)).Append(Start).Select(file =>
                    $"<script src=\"{endpoint}/ui/{file}\"></script>"
                )
            )}
            </body>
            """;

    private string Message() =>
        $"""
            <body>
            <h1>GraphQL</h1>
            <p>This is an API: send a POST with <code>{WebUtility.HtmlEncode(
                """{"query": "{ __typename }"}"""
            )}</code> as application/json to <code>{endpoint}</code>.</p>
            <p>GraphiQL, a page to try it out, is not installed here. <code>./run.sh serve</code> fetches it where there is npm.</p>
            </body>
            """;

    private static void Secure(HttpResponse response, string contentType)
    {
        response.ContentType = contentType;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-cache";
    }
}
