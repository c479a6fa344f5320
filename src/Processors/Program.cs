using EventPipeline.Contracts;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Processors;
using EventPipeline.Processors.Engines.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var options = ProcessorOptions.From(Environment.GetEnvironmentVariable);

// Settings do not change while it runs; to look for it would cost a glance at every file that is written near.
var builder = Host.CreateApplicationBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
builder.Logging.ClearProviders().AddJsonConsole(console => console.IncludeScopes = true);
builder
    .Services.AddSingleton(TimeProvider.System)
    .AddSingleton(new BrokerOptions(Required("KAFKA_BOOTSTRAP_SERVERS")))
    .AddSingleton(new Topics(Setting("EVENTPIPELINE_TOPIC_PREFIX", "")))
    .AddSingleton(ObjectStores.Open(Required("EVENTPIPELINE_OBJECTS")))
    .AddSingleton(provider => new MessageProducer(
        provider.GetRequiredService<BrokerOptions>(),
        provider.GetRequiredService<ILogger<MessageProducer>>()
    ))
    .AddProcessors(options)
    .Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownGrace + TimeSpan.FromSeconds(30));
using var node = builder.Build();
await node
    .Services.GetRequiredService<RequiredModels>()
    .EnsureAsync(
        options.Stages,
        fetch => Console.Error.WriteLine($"Fetching {fetch.Files[0].Package} {fetch.Files[0].Version}"),
        CancellationToken.None
    );
await node.RunAsync();

static string Setting(string name, string otherwise) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;

static string Required(string name) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"Set {name}; see docs/operations.");
