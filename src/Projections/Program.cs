using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.Projections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// Keeps the read models up to date. `rebuild` as the only argument builds them anew from the log, beside those in use, and ends.
// Settings do not change while it runs; to look for it would cost a glance at every file that is written near.
var builder = Host.CreateApplicationBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
builder
    .Services.AddSingleton(EventLogDataSource.Create(Setting("EVENTPIPELINE_POSTGRES"), "eventpipeline-projections"))
    .AddSingleton(new EventLogOptions())
    .AddSingleton<EventLog>()
    .AddSingleton(ObjectStores.Open(Setting("EVENTPIPELINE_OBJECTS")))
    .AddReadModels();
if (args is not ["rebuild"])
    builder.Services.AddProjections();
using var host = builder.Build();
if (args is ["rebuild"])
{
    var count = await host.Services.GetRequiredService<ReadModels>().RebuildAsync(CancellationToken.None);
    Console.WriteLine($"The read models were built anew from {count:N0} events.");
    return 0;
}
await host.RunAsync();
return 0;

string Setting(string name) =>
    builder.Configuration[name] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"Set {name}: see docs/operations.md.");
