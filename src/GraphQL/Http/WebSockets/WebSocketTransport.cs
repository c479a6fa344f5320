using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventPipeline.GraphQL.Http.WebSockets;

/// <summary>Accepts WebSockets that speak graphql-transport-ws.</summary>
internal sealed class WebSocketTransport(GraphQLServer server, IHostApplicationLifetime lifetime)
{
    private const string Protocol = "graphql-transport-ws";

    public async Task HandleAsync(HttpContext context)
    {
        if (SiteGuard.IsForeign(context.Request, server.Options.AllowedOrigins))
        {
            await HttpTransport.WriteAsync(context, RequestError.ForeignOrigin, ResponseFormat.Json);
            return;
        }
        var speaks = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol, StringComparer.Ordinal);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext
            {
                SubProtocol = speaks ? Protocol : null,
                KeepAliveInterval = server.Options.Connections.KeepAlive,
                KeepAliveTimeout = server.Options.Connections.SendTimeout,
            }
        );
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            lifetime.ApplicationStopping,
            context.RequestAborted
        );
        var scopes = context.RequestServices.GetRequiredService<IServiceScopeFactory>();
        var connection = new WebSocketConnection(server, context, socket, scopes);
        await connection.RunAsync(speaks ? null : Close.WrongProtocol, stopping.Token);
    }
}
