using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Coordinator;

internal static class Program
{
    private static async Task Main(string[] arguments)
    {
        // Settings do not change while it runs; to look for it would cost a glance at every file that is written near.
        var builder = Host.CreateApplicationBuilder([.. arguments, "--hostBuilder:reloadConfigOnChange=false"]);
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton(_ => EventLogDataSource.Create(Required("EVENTPIPELINE_POSTGRES"), "coordinator"))
            .AddSingleton(services => new EventLog(services.GetRequiredService<NpgsqlDataSource>(), new()))
            .AddSingleton(new BrokerOptions(Required("KAFKA_BOOTSTRAP_SERVERS")) { ClientId = "coordinator" })
            .AddSingleton(services => new MessageProducer(
                services.GetRequiredService<BrokerOptions>(),
                services.GetRequiredService<ILogger<MessageProducer>>()
            ))
            .AddSingleton(_ => ObjectStores.Open(Required("EVENTPIPELINE_OBJECTS")))
            .AddCoordinator(new CoordinatorOptions { Topics = new Topics(Optional("EVENTPIPELINE_TOPIC_PREFIX")) });
        await builder.Build().RunAsync();
    }

    private static string Required(string variable) =>
        Optional(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{variable} is not set; docs/operations.md lists what it may be.");

    private static string Optional(string variable) => Environment.GetEnvironmentVariable(variable) ?? "";
}
