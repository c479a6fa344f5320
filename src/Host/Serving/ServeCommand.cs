using EventPipeline.Api;
using EventPipeline.Api.Reading;
using EventPipeline.Api.Videos;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Http;
using EventPipeline.GraphQL.Http.GraphiQL;
using EventPipeline.Host.Operations;
using EventPipeline.Objects;
using EventPipeline.Processors.Engines.Outside;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventPipeline.Host.Serving;

/// <summary>Everything in one process until it is stopped: the API, the files that it names, and health checks over HTTP on loopback.</summary>
internal static class ServeCommand
{
    private const string Example = """
        # The newest jobs. Ctrl-Space completes names, Ctrl-Enter asks.
        query NewestJobs {
          jobs(first: 5) {
            nodes {
              id
              status
              progress
              video {
                fileName
              }
            }
          }
        }

        """;

    public static async Task<int> RunAsync(Settings settings, ServeOptions serve, CancellationToken cancellation)
    {
        var root = $"http://127.0.0.1:{serve.Port}";
        var secret = Secret.ReadOrMake(settings.DataFolder);
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder.WebHost.UseUrls(root);
        builder.Logging.AddLogs(settings, console: true);
        builder
            .Services.AddStorage(settings)
            .AddSingleton(services => new FileLinks(
                secret.KeyFor("file links"),
                root,
                services.GetRequiredService<IObjectStore>(),
                services.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<ArtifactLinks>(services =>
                artifact => services.GetRequiredService<FileLinks>().LinkTo(artifact.Key)
            )
            .AddSingleton<FindFile>(services =>
                (key, cancellation) => FindAsync(services.GetRequiredService<IObjectStore>(), key, cancellation)
            )
            .AddApi(
                secret.KeyFor("cursors"),
                options =>
                {
                    options.AllowIntrospection = _ => serve.Introspection;
                    options.AllowedOrigins.UnionWith(serve.CorsOrigins);
                    if (serve.GraphiQL)
                        options.GraphiQL = new GraphiQLOptions(settings.GraphiQLFolder, Example);
                }
            )
            .AddHostedService<ProgressListener>()
            .AddCors();
        if (serve.Workers)
            builder.Services.AddWorkers(settings);
        await using var application = builder.Build();
        if (serve.CorsOrigins.Count > 0)
            application.UseCors(cors => cors.WithOrigins([.. serve.CorsOrigins]).AllowAnyHeader().AllowAnyMethod());
        if (serve.Workers)
            await ModelsCommand.EnsureAsync(application.Services, [], cancellation);
        await Composition.PrepareAsync(application.Services, cancellation);
        application.MapGraphQL("/graphql");
        application.MapGet(
            FileLinks.Path + "/{**key}",
            (
                string key,
                long expires,
                string signature,
                FileLinks links,
                HttpResponse response,
                CancellationToken left
            ) => links.ServeAsync(key, expires, signature, response, left)
        );
        application.MapGet("/health", () => Results.Json(new { status = "ok" }));
        application.MapGet("/health/live", () => Results.Json(new { status = "ok" }));
        application.MapGet("/health/ready", IsReadyAsync);
        await application.StartAsync(cancellation);
        await Console.Error.WriteLineAsync(
            $"Serving GraphQL at {root}/graphql, health at {root}/health. Stop it with Ctrl-C."
        );
        await application.WaitForShutdownAsync(cancellation);
        return ExitCode.Completed;
    }

    private static async Task<ArtifactReference?> FindAsync(
        IObjectStore objects,
        string key,
        CancellationToken cancellation
    ) =>
        await objects.FindAsync(key, cancellation) is { Sha256: { } sha256 } found
            ? new ArtifactReference(found.Key, sha256, found.ByteCount, found.ContentType)
            : null;

    /// <summary>An outside engine that fails does not make the node unready: work waits for it.</summary>
    private static async Task<IResult> IsReadyAsync(
        EventLog log,
        IServiceProvider services,
        CancellationToken cancellation
    )
    {
        try
        {
            await log.EndAsync(cancellation);
            return Results.Json(
                new
                {
                    status = "ok",
                    engines = (services.GetService<OutsideEngines>()?.Status ?? []).Select(engine => new
                    {
                        engine.Name,
                        circuit = engine.Circuit.ToString(),
                        engine.Calls,
                        engine.Failures,
                        engine.Retries,
                        engine.Waiting,
                    }),
                }
            );
        }
        catch (Npgsql.NpgsqlException)
        {
            return Results.Json(new { status = "the event log cannot be reached" }, statusCode: 503);
        }
    }
}
