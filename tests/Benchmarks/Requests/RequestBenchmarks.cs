using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventPipeline.Benchmarks.Peers;
using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.Benchmarks.Requests;

/// <summary>Two questions of frontends, a job with its video and its clips and a page of jobs, to the API, to PostGraphile and to endpoints
/// written by hand, over the same tables. Each server has the first processor to itself; the database and who asks share the others.</summary>
internal sealed class RequestBenchmarks(string connectionString, RequestSizes sizes)
{
    private const int Connections = 32;
    private const int Pages = 50;
    private const int FirstProcessor = 0;

    private static readonly HttpClient Http = new();

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        Say("filling tables");
        var jobs = await SeededTables.FillAsync(connectionString, cancellation);
        var database = await PinDatabaseAsync(cancellation);
        var servers = new List<Server>();
        try
        {
            var api = await StartAsync(
                "API",
                "/graphql",
                Questions.JobOfApi,
                Questions.JobsOfApi,
                jobs,
                ["dotnet", Program, ApiServer.Command]
            );
            servers.Add(api);
            var bare = await StartAsync(
                "hand-written endpoint",
                null,
                Questions.JobOfApi,
                Questions.JobsOfApi,
                jobs,
                ["dotnet", Program, HandWrittenServer.Command]
            );
            servers.Add(bare);
            if (Environment.GetEnvironmentVariable("BENCH_POSTGRAPHILE") is { Length: > 0 } folder)
                servers.Add(
                    await StartAsync(
                        "PostGraphile",
                        "/graphql",
                        Questions.JobOfPostGraphile,
                        Questions.JobsOfPostGraphile,
                        jobs,
                        [.. PostGraphile(folder)]
                    )
                );
            else
                Console.WriteLine("PostGraphile is not measured: it could not be fetched.");
            foreach (var (one, other) in api.Samples.Zip(bare.Samples))
                if (!JsonNode.DeepEquals(Questions.WithoutCursor(one), Questions.WithoutCursor(other)))
                    throw new InvalidOperationException(
                        $"The answers differ: {one.ToJsonString()} {other.ToJsonString()}"
                    );
            await AskAsync(api.Port, "/graphql", Questions.JobByHash(jobs[0], withText: true));
            api.Orders.Add(
                (RequestReport.JobByHash, api.Order("/graphql", [.. jobs.Select(id => Questions.JobByHash(id))]))
            );
            return await MeasureAsync(servers, database);
        }
        finally
        {
            foreach (var server in servers)
                await server.Program.DisposeAsync();
        }
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "EventPipeline.Benchmarks.dll");

    private async Task<IReadOnlyList<BenchmarkResult>> MeasureAsync(List<Server> servers, int database)
    {
        foreach (var server in servers)
        {
            Say($"warming {server.Name} up");
            foreach (var (_, order) in server.Orders)
                await LoadAsync(order with { Seconds = sizes.WarmUp.TotalSeconds / server.Orders.Count });
        }
        var rounds = new List<(string Server, string Question, Round Round)>();
        for (var round = 1; round <= sizes.Rounds; round++)
        {
            Say($"round {round} of {sizes.Rounds}");
            foreach (var server in servers)
            foreach (var (question, order) in server.Orders)
            {
                var before = (ProcessUse.CpuSeconds(server.Program.Id), ProcessUse.CpuSeconds(database));
                var load = await LoadAsync(order with { Seconds = sizes.Round.TotalSeconds });
                var measured = new Round(
                    load,
                    (ProcessUse.CpuSeconds(server.Program.Id) - before.Item1) * 1_000_000 / load.Requests,
                    (ProcessUse.CpuSeconds(database) - before.Item2) * 1_000_000 / load.Requests
                );
                Say($"  {server.Name}, {question}: {measured}");
                rounds.Add((server.Name, question, measured));
            }
        }
        return RequestReport.Of(rounds);
    }

    private async Task<Server> StartAsync(
        string name,
        string? path,
        Func<Guid, string> job,
        Func<string?, string> page,
        IReadOnlyList<Guid> jobs,
        string[] command
    )
    {
        Say($"starting {name}");
        var port = FreePort();
        var program = ChildProcess.Start(
            name,
            "taskset",
            ["-c", $"{FirstProcessor}", .. command],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ServerSettings.PostgresVariable] = connectionString,
                [ServerSettings.PortVariable] = $"{port}",
                ["BENCH_POSTGRES_URL"] = UrlOf(connectionString),
                ["NODE_ENV"] = "production",
                ["GRAPHILE_ENV"] = "production",
            }
        );
        try
        {
            await Eventually.BecomesTrueAsync(
                async () => program.ThrowIfExited() || await IsListeningAsync(port),
                TimeSpan.FromMinutes(1),
                $"{name} listens"
            );
            var sample = await AskAsync(port, path ?? "/job", job(jobs[0]));
            var pages = new List<string>();
            JsonNode? first = null;
            for (string? cursor = null; pages.Count < Pages; )
            {
                pages.Add(page(cursor));
                var answer = await AskAsync(port, path ?? "/jobs", pages[^1]);
                first ??= answer;
                cursor = Questions.CursorOf(answer);
            }
            var server = new Server(name, program, port, [sample, first!]);
            server.Orders.Add((RequestReport.Job, server.Order(path ?? "/job", [.. jobs.Select(job)])));
            server.Orders.Add((RequestReport.Jobs, server.Order(path ?? "/jobs", pages)));
            return server;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its server stands beside its packages, where Node.js looks for them.</summary>
    private static IEnumerable<string> PostGraphile(string folder)
    {
        var server = Path.Combine(folder, "server.mjs");
        File.Copy(Repository.PathOf("tests/Benchmarks/Requests/PostGraphile/server.mjs"), server, overwrite: true);
        return [Directory.GetFiles(folder, "node", SearchOption.AllDirectories).Order().First(IsProgram), server];

        static bool IsProgram(string file) =>
            file.EndsWith("/bin/node", StringComparison.Ordinal) && file.Contains("node-linux-");
    }

    private static async Task<JsonNode> AskAsync(int port, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync($"http://127.0.0.1:{port}{path}", content);
        var text = await response.Content.ReadAsStringAsync();
        var answer = response.IsSuccessStatusCode ? JsonNode.Parse(text)! : null;
        return answer?["errors"] is null && answer?["data"] is not null
            ? answer
            : throw new InvalidOperationException($"{path} answered {response.StatusCode}: {text}");
    }

    private static async Task<Load> LoadAsync(LoadOrder order)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(order));
        var output = await ChildProcess.RunAsync(
            "load generator",
            "taskset",
            ["-c", OtherProcessors, "dotnet", Program, LoadGenerator.Command, file],
            // It runs for seconds: all of it is compiled as well as can be at once.
            new Dictionary<string, string> { ["DOTNET_TieredCompilation"] = "0" }
        );
        File.Delete(file);
        return JsonSerializer.Deserialize<Load>(output)!;
    }

    private static string OtherProcessors =>
        Environment.ProcessorCount > 1 ? $"1-{Environment.ProcessorCount - 1}" : "0";

    /// <summary>Keeps the database off the servers' processor: processes that it starts from now on inherit it.</summary>
    /// <returns>The process of the database.</returns>
    private async Task<int> PinDatabaseAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellation);
        var server = ProcessUse.ParentOf(connection.ProcessID);
        await ChildProcess.RunAsync("taskset", "taskset", ["-cp", OtherProcessors, $"{server}"]);
        return server;
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string UrlOf(string connectionString)
    {
        var it = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgres://{it.Username}:{Uri.EscapeDataString(it.Password!)}@{it.Host}:{it.Port}/{it.Database}";
    }

    private static void Say(string text) => Console.Error.WriteLine(text);

    /// <summary>A server that runs.</summary>
    /// <param name="Samples">An answer to each question.</param>
    private sealed record Server(string Name, ChildProcess Program, int Port, IReadOnlyList<JsonNode> Samples)
    {
        public List<(string Question, LoadOrder Order)> Orders { get; } = [];

        public LoadOrder Order(string path, IReadOnlyList<string> bodies) => new(Port, path, bodies, Connections, 0);
    }
}

/// <summary>How much is measured.</summary>
/// <param name="WarmUp">Of each server: code of .NET on one processor is compiled for half a minute while it runs.</param>
internal sealed record RequestSizes(TimeSpan WarmUp, int Rounds, TimeSpan Round)
{
    public static readonly RequestSizes Full = new(TimeSpan.FromSeconds(32), 3, TimeSpan.FromSeconds(6));

    /// <summary>To see that everything works; its figures mean little.</summary>
    public static readonly RequestSizes Small = new(TimeSpan.FromSeconds(6), 1, TimeSpan.FromSeconds(2));
}

/// <summary>What was measured of one server, one question and one round.</summary>
/// <param name="ServerCpu">Microseconds a request.</param>
/// <param name="DatabaseCpu">Microseconds a request.</param>
internal sealed record Round(Load Load, double ServerCpu, double DatabaseCpu)
{
    public override string ToString() =>
        $"{Load.Rate:0}/s, p50 {Load.P50:0.00} ms, p99 {Load.P99:0.00} ms, processor time {ServerCpu:0} us, of the database {DatabaseCpu:0} us";
}
