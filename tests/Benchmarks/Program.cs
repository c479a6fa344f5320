using System.Text.Json;
using EventPipeline.Benchmarks;
using EventPipeline.Benchmarks.Live;
using EventPipeline.Benchmarks.Load;
using EventPipeline.Benchmarks.Nodes;
using EventPipeline.Benchmarks.Peers;
using EventPipeline.Benchmarks.Requests;
using Npgsql;

switch (args)
{
    case [NoOpNode.Command]:
        await NoOpNode.RunAsync();
        return 0;
    case [ApiServer.Command]:
        await ApiServer.RunAsync();
        return 0;
    case [HandWrittenServer.Command]:
        await HandWrittenServer.RunAsync();
        return 0;
    case [LoadGenerator.Command, var order]:
        LoadGenerator.Run(order);
        return 0;
}

var jsonAt = Array.IndexOf(args, "--json");
var file = jsonAt < 0 ? null : args.ElementAtOrDefault(jsonAt + 1) ?? "";
var isSmall = args.Contains("--small");
string[] names = [.. args.Where((word, at) => word != "--small" && (jsonAt < 0 || (at != jsonAt && at != jsonAt + 1)))];

// These take minutes and more than the product needs, so they are measured only when asked for by name.
string[] byNameOnly = ["api", "live", "load", "peers"];
var benchmarks = new Dictionary<string, Func<string, Task<IReadOnlyList<BenchmarkResult>>>>(StringComparer.Ordinal)
{
    ["append"] = database => EventLogBenchmarks.AppendAsync(database, CancellationToken.None),
    ["follow"] = database => EventLogBenchmarks.FollowAsync(database, CancellationToken.None),
    ["project"] = async database =>
        await ProjectionBenchmarks.RunAsync(
            database,
            await CreateDatabaseAsync("project_interleaved"),
            CancellationToken.None
        ),
    ["loop"] = database =>
        LoopBenchmarks.RunAsync(database, Required("KAFKA_BOOTSTRAP_SERVERS"), CancellationToken.None),
    ["job"] = database => JobBenchmarks.RunAsync(database, CancellationToken.None),
    ["api"] = database =>
        new RequestBenchmarks(database, isSmall ? RequestSizes.Small : RequestSizes.Full).RunAsync(
            CancellationToken.None
        ),
    ["live"] = async database =>
    {
        await using var live = new LiveBenchmarks(
            database,
            Required("KAFKA_BOOTSTRAP_SERVERS"),
            isSmall ? LiveSizes.Small : LiveSizes.Full
        );
        return await live.RunAsync(CancellationToken.None);
    },
    ["load"] = database =>
        LoadBenchmarks.RunAsync(
            database,
            Required("KAFKA_BOOTSTRAP_SERVERS"),
            jobs: isSmall ? 500 : 10_000,
            CancellationToken.None
        ),
    ["peers"] = _ =>
        new PeerBenchmarks(
            Required("KAFKA_BOOTSTRAP_SERVERS"),
            BrokerProcess(),
            isSmall ? PeerSizes.Small : PeerSizes.Full,
            CreateDatabaseAsync
        ).RunAsync(CancellationToken.None),
};
if (file is { Length: 0 } || names.Any(name => !benchmarks.ContainsKey(name)))
{
    Console.Error.WriteLine(
        $"usage: bench.sh [NAME...] [--json FILE] [--small], with names of {string.Join(", ", benchmarks.Keys)}"
    );
    return 2;
}
var results = new List<BenchmarkResult>();
foreach (
    var (name, run) in benchmarks.Where(it => names.Length == 0 ? !byNameOnly.Contains(it.Key) : names.Contains(it.Key))
)
{
    Console.Error.WriteLine($"measuring {name}");
    foreach (var result in await run(await CreateDatabaseAsync(name)))
    {
        results.Add(result);
        var baseline =
            result.Baseline.Length == 0
                ? ""
                : $"  {result.Ratio:0.00}x of {result.BaselineValue:0.##} ({result.Baseline})";
        var budget = result.Budget.Length == 0 ? "" : $"  budget {result.Budget}: {(result.Met ? "met" : "missed")}";
        Console.WriteLine($"{result.Name}: {result.Value:0.##} {result.Unit}{baseline}{budget}");
    }
}
if (file is not null)
    await File.WriteAllTextAsync(
        file,
        JsonSerializer.Serialize(
            results,
            new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }
        )
    );
return 0;

static string Required(string name) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{name} is not set; start this through ./bench.sh.");

// Which process the broker is, if bench.sh has started it.
static int BrokerProcess() =>
    int.TryParse(Environment.GetEnvironmentVariable("BENCH_BROKER_PROCESS"), out var id) ? id : 0;

static async Task<string> CreateDatabaseAsync(string name)
{
    var server = new NpgsqlConnectionStringBuilder(Required("EVENTPIPELINE_POSTGRES"));
    var database = $"bench_{name.ToLowerInvariant().Replace(' ', '_')}_{Environment.ProcessId}";
    await using var connection = new NpgsqlConnection(server.ConnectionString);
    await connection.OpenAsync();
    await using var command = new NpgsqlCommand($"create database {database}", connection);
    await command.ExecuteNonQueryAsync();
    server.Database = database;
    return server.ConnectionString;
}
