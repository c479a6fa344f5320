using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http;

/// <summary>Keeps pages of other sites from using a visitor's rights. A browser asks before it sends a body of JSON or an unusual header
/// to another site; what it sends without asking is looked at here.</summary>
internal static class SiteGuard
{
    public const string PreflightHeader = "GraphQL-Preflight";

    /// <summary>Whether a page of another site may have sent a request without its browser asking first.</summary>
    public static bool IsForged(HttpRequest request, ISet<string> allowedOrigins)
    {
        if (request.Headers.ContainsKey(PreflightHeader) || MediaTypes.IsJson(request.ContentType))
            return false;
        if (request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is not ("same-origin" or "none"))
            return !IsAllowed(request, allowedOrigins);
        return IsForeign(request, allowedOrigins);
    }

    /// <summary>Whether a page of another origin opens a WebSocket, for which browsers do not ask.</summary>
    public static bool IsForeign(HttpRequest request, ISet<string> allowedOrigins) =>
        request.Headers.Origin.Count > 0 && !IsAllowed(request, allowedOrigins);

    // The scheme is not compared: it is another one behind a proxy that ends TLS.
    private static bool IsAllowed(HttpRequest request, ISet<string> allowedOrigins) =>
        request.Headers.Origin is [{ } origin]
        && (
            allowedOrigins.Contains(origin)
            || (
                Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            )
        );
}
