using EventPipeline.Faults.Stages;
using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.Faults.Installation;

/// <summary>PostgreSQL, Kafka and an object store, and a link from every part to each of them. They outlive installations.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private const int DatabaseConnections = 120;

    private readonly Dictionary<(string Part, Server Server), Link> links;
    private readonly S3Server? s3;
    private readonly TestSupport.TemporaryFolder? folder;

    private Servers(
        PostgresServer database,
        KafkaBroker broker,
        S3Server? s3,
        Dictionary<(string Part, Server Server), Link> links
    )
    {
        (Database, Broker, this.s3, this.links) = (database, broker, s3, links);
        folder = s3 is null ? new TestSupport.TemporaryFolder() : null;
        var databasePort = new NpgsqlConnectionStringBuilder(database.ConnectionString).Port;
        foreach (var part in Parts.All)
        {
            if (Parts.UsesDatabase(part))
                links[(part, Server.Database)] = new Link(databasePort);
            if (s3 is not null)
                links[(part, Server.Objects)] = new Link(s3.Endpoint.Port);
        }
    }

    public PostgresServer Database { get; }

    public KafkaBroker Broker { get; }

    /// <summary>Whether objects lie in S3, behind links; otherwise in a folder, which cannot be troubled.</summary>
    public bool HasObjectServer => s3 is not null;

    /// <summary>All links, or those of one part, or to one server.</summary>
    public IEnumerable<Link> Links(string? part = null, Server? server = null) =>
        links
            .Where(link => (part is null || link.Key.Part == part) && (server is null || link.Key.Server == server))
            .Select(link => link.Value);

    public static async Task<Servers> StartAsync()
    {
        // Clients of a broker go where it says that it is, so it needs a door for each part that is behind the part's link.
        var doors = Parts.All.Where(Parts.UsesBroker).Select(part => (Part: part, Port: FreePort.Next())).ToList();
        var doorLinks = doors.ToDictionary(door => (door.Part, Server.Broker), door => new Link(door.Port));
        var broker = KafkaBroker.StartAsync(
            KafkaVersion.Modern,
            [.. doors.Select(door => new KafkaListener(door.Port, doorLinks[(door.Part, Server.Broker)].Port))]
        );
        var database = PostgresServer.StartAsync(connections: DatabaseConnections);
        S3Server? store = null;
        foreach (var kind in Enum.GetValues<S3Kind>())
            if (store is null && S3Server.IsAvailable(kind))
                store = await S3Server.StartAsync(kind);
        if (store is not null)
        {
            // Parts and harness alike take them from the environment.
            Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", store.AccessKey);
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", store.SecretKey);
        }
        return new Servers(await database, await broker, store, doorLinks);
    }

    /// <summary>Where a part finds the objects; null for the harness itself, which goes there directly.</summary>
    public string ObjectsLocation(string? part, string bucket) =>
        s3 is null
            ? folder![bucket]
            : $"s3://{bucket}?create=true&endpoint=http://127.0.0.1:{(part is null ? s3.Endpoint.Port : links[(part, Server.Objects)].Port)}";

    /// <summary>The settings of a part, as an operator would set them.</summary>
    public Dictionary<string, string> Settings(string part, string database, string prefix, string bucket)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["EVENTPIPELINE_TOPIC_PREFIX"] = prefix,
            ["EVENTPIPELINE_OBJECTS"] = ObjectsLocation(part, bucket),
        };
        if (Parts.Processors.Contains(part))
            settings["EVENTPIPELINE_STAGES"] = string.Join(
                ',',
                FaultPipelines.StagesOf(Parts.Processors.ToList().IndexOf(part))
            );
        if (Parts.UsesBroker(part))
            settings["KAFKA_BOOTSTRAP_SERVERS"] = $"127.0.0.1:{links[(part, Server.Broker)].Port}";
        if (Parts.UsesDatabase(part))
            settings["EVENTPIPELINE_POSTGRES"] = new NpgsqlConnectionStringBuilder(database)
            {
                Port = links[(part, Server.Database)].Port,
            }.ConnectionString;
        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in links.Values)
            await link.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
        if (s3 is not null)
            await s3.DisposeAsync();
        folder?.Dispose();
    }
}
