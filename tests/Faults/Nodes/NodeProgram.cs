using EventPipeline.Contracts;
using EventPipeline.Coordinator;
using EventPipeline.EventStore;
using EventPipeline.Faults.Stages;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors;
using EventPipeline.Projections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Faults.Nodes;

/// <summary>A part of an installation in a process of its own: what the product's programs put together, with a clock that can be set, the
/// synthetic stages, and time limits short enough to be met in a test.</summary>
internal static class NodeProgram
{
    public const string Command = "node";
    public const string ClockFile = "FAULTS_CLOCK";

    /// <summary>Longest time of an attempt.</summary>
    public static readonly TimeSpan AttemptTimeLimit = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string kind)
    {
        var builder = Host.CreateApplicationBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder
            .Logging.ClearProviders()
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder
            .Services.AddSingleton<TimeProvider>(new JumpingClock(Setting(ClockFile)))
            .AddSingleton(new Topics(Setting("EVENTPIPELINE_TOPIC_PREFIX")))
            .AddSingleton(_ => ObjectStores.Open(Setting("EVENTPIPELINE_OBJECTS")));
        switch (kind)
        {
            case "coordinator":
                builder
                    .Services.AddLog()
                    .AddBroker()
                    .AddCoordinator(
                        new CoordinatorOptions
                        {
                            Topics = new Topics(Setting("EVENTPIPELINE_TOPIC_PREFIX")),
                            Pipelines = FaultPipelines.All,
                            Partitions = 3,
                            LeastHandedOut = 2, // little enough that work has to wait its turn
                        }
                    );
                break;
            case "processors":
                builder.Services.AddBroker().AddSyntheticStages().AddProcessors(Options());
                break;
            case "projections":
                builder.Services.AddLog().AddProjections();
                break;
            default:
                await Console.Error.WriteLineAsync("A node is one of coordinator, processors, projections.");
                return 1;
        }
        await builder.Build().RunAsync();
        return 0;
    }

    private static ProcessorOptions Options() =>
        ProcessorOptions.From(Environment.GetEnvironmentVariable) with
        {
            Parallelism = 4,
            SignOfLife = TimeSpan.FromSeconds(1),
            AttemptTimeLimit = AttemptTimeLimit,
            StopPatience = TimeSpan.FromMilliseconds(500),
        };

    private static IServiceCollection AddLog(this IServiceCollection services) =>
        services
            .AddSingleton(_ => EventLogDataSource.Create(Setting("EVENTPIPELINE_POSTGRES")))
            .AddSingleton(new EventLogOptions())
            .AddSingleton<EventLog>();

    private static IServiceCollection AddBroker(this IServiceCollection services) =>
        services
            .AddSingleton(new BrokerOptions(Setting("KAFKA_BOOTSTRAP_SERVERS")))
            .AddSingleton(provider => new MessageProducer(
                provider.GetRequiredService<BrokerOptions>(),
                provider.GetRequiredService<ILogger<MessageProducer>>()
            ));

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set.");
}
