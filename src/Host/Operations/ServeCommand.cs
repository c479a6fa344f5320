using EventPipeline.EventStore;
using EventPipeline.Processors.Engines.Outside;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace EventPipeline.Host.Operations;

/// <summary>Everything in one process until it is stopped, with health checks over HTTP on loopback.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(Settings settings, int port, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.AddLogs(settings, console: true);
        builder.Services.AddStorage(settings).AddWorkers(settings);
        await using var application = builder.Build();
        await ModelsCommand.EnsureAsync(application.Services, [], cancellation);
        await Composition.PrepareAsync(application.Services, cancellation);
        application.MapGet("/health", () => Results.Json(new { status = "ok" }));
        application.MapGet("/health/live", () => Results.Json(new { status = "ok" }));
        application.MapGet("/health/ready", IsReadyAsync);
        await application.StartAsync(cancellation);
        await Console.Error.WriteLineAsync(
            $"Serving; health at http://127.0.0.1:{port}/health. Give it work with './run.sh process VIDEO', stop it with Ctrl-C."
        );
        await application.WaitForShutdownAsync(cancellation);
        return ExitCode.Completed;
    }

    /// <summary>An outside engine that fails does not make the node unready: work waits for it.</summary>
    private static async Task<IResult> IsReadyAsync(
        EventLog log,
        OutsideEngines engines,
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
                    engines = engines.Status.Select(engine => new
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
