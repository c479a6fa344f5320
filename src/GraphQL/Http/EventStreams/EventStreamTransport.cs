using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Http.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventPipeline.GraphQL.Http.EventStreams;

/// <summary>Server-sent events in the mode of graphql-sse in which each operation has a connection of its own.</summary>
internal sealed class EventStreamTransport(
    GraphQLServer server,
    IServiceScopeFactory scopes,
    IHostApplicationLifetime lifetime
)
{
    /// <summary>Answers with all results of an operation, or with the only one if it is refused.</summary>
    public async Task StreamAsync(HttpContext context, ServedOperation? operation, ExecutionResult? refused)
    {
        await using var connection = Connect(context.RequestAborted);
        if (operation is not null)
            (_, refused) = connection.Start("", operation);
        if (refused is not null)
            await connection.SendAsync(new Outgoing(OutgoingKind.Error, "", refused));
        await SendAllAsync(context, connection, hasIds: false);
    }

    /// <summary>A connection that ends with the server, or with a client.</summary>
    public OperationConnection Connect(CancellationToken left) =>
        new(server, scopes, left, lifetime.ApplicationStopping);

    /// <summary>Sends what a connection has to say until it closes. A stream that the server ends has no last event, so that clients come
    /// back.</summary>
    public async Task SendAllAsync(HttpContext context, OperationConnection connection, bool hasIds)
    {
        try
        {
            await new EventStream(context.Response, server.Options.Connections, hasIds).SendAllAsync(connection);
        }
        catch (OperationCanceledException) when (connection.Closing.IsCancellationRequested)
        {
            // The client has left, or the server stops.
        }
    }
}
