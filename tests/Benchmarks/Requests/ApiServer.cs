using EventPipeline.Api;
using EventPipeline.Api.Reading;
using EventPipeline.Api.Videos;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Http;
using EventPipeline.Objects;
using EventPipeline.Projections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Benchmarks.Requests;

/// <summary>The API of the product alone, without what works beside it in one process: this program, started with <see cref="Command"/>.</summary>
internal static class ApiServer
{
    public const string Command = "api-server";

    public static async Task RunAsync()
    {
        var builder = ServerSettings.CreateBuilder();
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton(EventLogDataSource.Create(ServerSettings.Postgres))
            .AddSingleton(new EventLogOptions())
            .AddSingleton<EventLog>()
            .AddSingleton(ObjectStores.Open(Path.GetTempPath()))
            .AddReadModels()
            .AddSingleton<Commands>()
            .AddSingleton(new ArtifactLinks(_ => null))
            .AddSingleton(new FindFile((_, _) => Task.FromResult<ArtifactReference?>(null)))
            .AddApi(new byte[32]);
        await using var application = builder.Build();
        application.MapGraphQL();
        await application.RunAsync();
    }
}

/// <summary>How the servers that are compared are told where they listen and where the tables are.</summary>
internal static class ServerSettings
{
    public const string PostgresVariable = "BENCH_POSTGRES";
    public const string PortVariable = "BENCH_PORT";

    public static string Postgres => Environment.GetEnvironmentVariable(PostgresVariable)!;

    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable(PortVariable)}");
        return builder;
    }
}
