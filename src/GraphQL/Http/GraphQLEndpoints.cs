using EventPipeline.GraphQL.Http.EventStreams;
using EventPipeline.GraphQL.Http.GraphiQL;
using EventPipeline.GraphQL.Http.WebSockets;
using EventPipeline.GraphQL.Types;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventPipeline.GraphQL.Http;

/// <summary>Serves a schema with ASP.NET Core.</summary>
public static class GraphQLEndpoints
{
    /// <summary>Says what is served.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="schema">Makes the schema, once.</param>
    /// <param name="configure">Changes how it is served.</param>
    public static IServiceCollection AddGraphQLServer(
        this IServiceCollection services,
        Func<IServiceProvider, Schema> schema,
        Action<GraphQLServerOptions>? configure = null
    )
    {
        var options = new GraphQLServerOptions();
        configure?.Invoke(options);
        return services.AddSingleton(provider => new GraphQLServer(
            schema(provider),
            options,
            provider.GetRequiredService<ILogger<GraphQLServer>>()
        ));
    }

    /// <summary>Serves it at a path: HTTP by GET and POST, server-sent events, WebSockets, and a page for developers if there is to be
    /// one.</summary>
    /// <exception cref="SchemaException">The schema makes no sense.</exception>
    public static IEndpointConventionBuilder MapGraphQL(this IEndpointRouteBuilder endpoints, string path = "/graphql")
    {
        var services = endpoints.ServiceProvider;
        var server = services.GetRequiredService<GraphQLServer>();
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var streams = new EventStreamTransport(server, services.GetRequiredService<IServiceScopeFactory>(), lifetime);
        var http = new HttpTransport(server, streams, new Reservations(server, streams));
        var sockets = new WebSocketTransport(server, lifetime);
        var page = server.Options.GraphiQL is { } graphiQL ? new GraphiQLPage(graphiQL, path) : null;
        if (page is not null)
            endpoints.MapGet(page.FilesPattern, page.WriteFileAsync);
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(context =>
            context.WebSockets.IsWebSocketRequest ? sockets.HandleAsync(context)
            : page is not null && GraphiQLPage.IsAskedFor(context.Request) ? page.WriteAsync(context)
            : http.HandleAsync(context)
        );
        return endpoints.Map(path, pipeline.Build()).WithDisplayName($"GraphQL {path}");
    }
}
