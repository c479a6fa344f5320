using EventPipeline.Contracts;
using EventPipeline.Coordinator;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Host.DeadLetters;
using EventPipeline.Host.Processing;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors;
using EventPipeline.Projections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace EventPipeline.Host;

/// <summary>The rooms put together in one process.</summary>
internal static class Composition
{
    private const long LogFileBytes = 64 << 20;
    private const int LogFiles = 7;

    /// <summary>Storage and read models, without anything that works by itself.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, Settings settings) =>
        services
            .AddSingleton(settings)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new Topics(settings.TopicPrefix))
            .AddSingleton(_ => EventLogDataSource.Create(settings.Postgres))
            .AddSingleton(new EventLogOptions())
            .AddSingleton<EventLog>()
            .AddSingleton(_ => ObjectStores.Open(settings.Objects))
            .AddReadModels()
            .AddSingleton<Commands>()
            .AddSingleton(new BrokerOptions(settings.Kafka))
            .AddSingleton<UnreadableMessages>();

    /// <summary>All that works: coordinator, processors, projections.</summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services, Settings settings) =>
        services
            .AddSingleton(provider => new MessageProducer(
                provider.GetRequiredService<BrokerOptions>(),
                provider.GetRequiredService<ILogger<MessageProducer>>()
            ))
            .AddSingleton<Submission>()
            .AddSingleton<JobFollower>()
            .AddSingleton<ResultFolder>()
            .AddCoordinator(new CoordinatorOptions { Topics = new Topics(settings.TopicPrefix) })
            .AddProjections()
            .AddProcessors(new ProcessorOptions { WorkspaceRoot = Path.Combine(settings.DataFolder, "workspaces") });

    /// <summary>JSON lines with every scope (job id, stage, attempt) into <c>logs/</c> of the data folder; <paramref name="console"/>: to
    /// stderr as well.</summary>
    public static ILoggingBuilder AddLogs(this ILoggingBuilder logging, Settings settings, bool console)
    {
        logging.ClearProviders();
        logging.AddSerilog(
            new LoggerConfiguration()
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .Enrich.FromLogContext()
                .WriteTo.File(
                    new CompactJsonFormatter(),
                    Path.Combine(settings.DataFolder, "logs", "eventpipeline-.jsonl"),
                    rollingInterval: RollingInterval.Day,
                    fileSizeLimitBytes: LogFileBytes,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: LogFiles,
                    shared: true
                )
                .CreateLogger(),
            dispose: true
        );
        if (console)
            logging
                .AddJsonConsole(options => options.IncludeScopes = true)
                .AddFilter<ConsoleLoggerProvider>("Microsoft", LogLevel.Warning); // Four lines a request otherwise.
        return logging;
    }

    /// <summary>Creates tables where they are missing, so that every command can run first.</summary>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await services.GetRequiredService<ReadModels>().EnsureSchemaAsync(cancellation);
    }

    /// <summary>A host without the workers: for commands that only look or append.</summary>
    public static IHost BuildForCommands(Settings settings) => Build(settings, workers: false, console: false);

    /// <summary>A host with the workers.</summary>
    /// <param name="console">Log to stderr too.</param>
    public static IHost BuildForWork(Settings settings, bool console) => Build(settings, workers: true, console);

    private static IHost Build(Settings settings, bool workers, bool console)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true }
        );
        builder.Logging.AddLogs(settings, console);
        builder.Services.AddStorage(settings);
        if (workers)
            builder.Services.AddWorkers(settings);
        return builder.Build();
    }
}
