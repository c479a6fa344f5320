using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Faults.Gathering;
using EventPipeline.Faults.Schedule;
using EventPipeline.Messaging;
using EventPipeline.Objects;
using EventPipeline.Projections;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventPipeline.Faults.Installation;

/// <summary>Two coordinators, three nodes of processors and the projections, over a database, topics and a bucket of their own. The
/// harness has connections of its own that no fault but a server's death touches.</summary>
internal sealed class RunningInstallation : IAsyncDisposable
{
    private readonly TestSupport.TemporaryFolder folder = new();

    private RunningInstallation(Servers servers, string database, string name)
    {
        Servers = servers;
        Topics = new Topics($"{name}.");
        DataSource = EventLogDataSource.Create(database, "faults");
        Log = new EventLog(DataSource, new EventLogOptions());
        Objects = ObjectStores.Open(servers.ObjectsLocation(part: null, name));
        Broker = new BrokerOptions(servers.Broker.BootstrapServers);
        Producer = new MessageProducer(Broker, NullLogger.Instance);
        Administration = new TopicAdministration(Broker, NullLogger.Instance);
        ReadModels = new ReadModels(DataSource, Log, Objects, new ReadModelOptions(), TimeProvider.System);
    }

    public Servers Servers { get; }
    public Topics Topics { get; }
    public BrokerOptions Broker { get; }
    public NpgsqlDataSource DataSource { get; }
    public EventLog Log { get; }
    public IObjectStore Objects { get; }
    public MessageProducer Producer { get; }
    public TopicAdministration Administration { get; }
    public ReadModels ReadModels { get; }
    public Checkpoints Checkpoints => new(Log, TimeProvider.System);
    public Commands Commands => new(Log, TimeProvider.System);
    public IReadOnlyDictionary<string, Part> Parts { get; private set; } = new Dictionary<string, Part>();

    public static async Task<RunningInstallation> StartAsync(Servers servers)
    {
        var name = $"f{Guid.CreateVersion7():N}"[..20];
        var database = await servers.Database.CreateDatabaseAsync();
        var installation = new RunningInstallation(servers, database, name);
        try
        {
            // As a deployment does before the first part starts.
            await installation.ReadModels.EnsureSchemaAsync(CancellationToken.None);
            await foreach (var _ in installation.Objects.ListAsync("", CancellationToken.None)) { }
            var parts = new Dictionary<string, Part>(StringComparer.Ordinal);
            installation.Parts = parts;
            foreach (var part in Installation.Parts.All)
                parts[part] = await Part.StartAsync(
                    part,
                    installation.folder.Path,
                    servers.Settings(part, database, $"{name}.", name)
                );
            // Topics are made and groups are joined before the first seed begins.
            await new SeedRun(installation, 0, [], Workload.WarmUp).RunAsync();
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets all parts of a kind run another program, and waits until one of them is at work.</summary>
    public async Task ReplaceAsync(string kind, string program)
    {
        var replaced = Parts.Values.Where(part => Installation.Parts.KindOf(part.Name) == kind).ToList();
        await Task.WhenAll(replaced.Select(part => part.ReplaceAsync(program)));
        var working = kind == "processors" ? "attempts at once" : "follows from";
        await await Task.WhenAny(replaced.Select(part => part.UntilItSaysAsync(working)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Parts.Values)
            await part.DisposeAsync();
        await Producer.DisposeAsync();
        Administration.Dispose();
        await DataSource.DisposeAsync();
        (Objects as IDisposable)?.Dispose();
        folder.Dispose();
    }
}
