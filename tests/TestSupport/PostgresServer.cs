using System.Runtime.InteropServices;
using Npgsql;

namespace EventPipeline.TestSupport;

/// <summary>A real PostgreSQL server on a free loopback port with a data folder of its own.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);
    private static readonly Shared<PostgresServer> ForThisProcess = new(StartOrUseTheRunsAsync);

    // PostgreSQL refuses to run as root.
    private static readonly string? User = Environment.IsPrivilegedProcess ? "postgres" : null;

    private readonly TemporaryFolder? folder;
    private readonly bool durable;
    private readonly int connections;
    private ChildProcess? process;
    private bool isShared;

    private PostgresServer(string connectionString, TemporaryFolder? folder, bool durable, int connections = 0) =>
        (ConnectionString, this.folder, this.durable, this.connections) = (
            connectionString,
            folder,
            durable,
            connections
        );

    /// <summary>To the database "postgres"; tests work in databases of their own.</summary>
    public string ConnectionString { get; }

    private TemporaryFolder Owned =>
        folder is not null && !isShared
            ? folder
            : throw new InvalidOperationException("This server is shared by the whole run: start your own.");

    /// <summary>
    /// A server of the test's own. Without <paramref name="durable"/> it does not wait for the disk, so that what it
    /// acknowledged survives its own death but not the machine's.
    /// </summary>
    /// <param name="connections">How many it allows at once.</param>
    public static async Task<PostgresServer> StartAsync(bool durable = false, int connections = 300)
    {
        var home = new TemporaryFolder();
        // The user that the server runs as needs to make its data folder in here.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(home.Path, (UnixFileMode)0b111_111_111);
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = FreePort.Next(),
            Database = "postgres",
            Username = "postgres",
            IncludeErrorDetail = true,
        };
        var server = new PostgresServer(connection.ConnectionString, home, durable, connections);
        try
        {
            string[] arguments = ["-D", home["data"], "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"];
            await ChildProcess.RunAsync("initdb", Binary("initdb"), [.. arguments, "--no-sync"], null, User);
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The server that EVENTPIPELINE_TEST_POSTGRES (a connection string) names, else one for this test process.
    /// It cannot be killed or disposed of.
    /// </summary>
    public static Task<PostgresServer> SharedAsync() => ForThisProcess.GetAsync();

    /// <summary>Makes an empty database and returns its connection string. It goes away with the server.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.CreateVersion7():N}";
        // Not from the pool: its connections may have been broken since.
        await using (var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false"))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            await command.ExecuteNonQueryAsync();
        }
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>SIGKILL of the server; its backends follow by themselves.</summary>
    public void Kill()
    {
        _ = Owned;
        process?.Kill();
    }

    /// <summary>Stops the server if it runs (breaking open connections) and starts it on the same port and data.</summary>
    public async Task RestartAsync()
    {
        _ = Owned;
        if (process is not null)
            await process.StopAsync(PosixSignal.SIGINT);
        process = Launch();
        await Eventually.BecomesTrueAsync(AnswersAsync, StartDeadline, "PostgreSQL answers");
    }

    public async ValueTask DisposeAsync()
    {
        if (folder is null || isShared)
            return;
        if (process is not null)
            await process.DisposeAsync();
        folder.Dispose();
    }

    private static async Task<PostgresServer> StartOrUseTheRunsAsync()
    {
        var given = Environment.GetEnvironmentVariable("EVENTPIPELINE_TEST_POSTGRES");
        var server = string.IsNullOrEmpty(given) ? await StartAsync() : new PostgresServer(given, null, false);
        server.isShared = true;
        return server;
    }

    private static string Binary(string name)
    {
        var found = Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
                .Select(version => Path.Combine(version, "bin", name))
                .FirstOrDefault(File.Exists)
            : null;
        return found ?? name;
    }

    private ChildProcess Launch()
    {
        var port = new NpgsqlConnectionStringBuilder(ConnectionString).Port;
        List<string> settings =
        [
            $"port={port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            $"max_connections={connections}",
            "log_min_messages=fatal",
        ];
        if (!durable)
            settings.AddRange(["fsync=off", "full_page_writes=off"]);
        string[] arguments = ["-D", Owned["data"], .. settings.SelectMany(setting => new[] { "-c", setting })];
        return ChildProcess.Start("PostgreSQL", Binary("postgres"), arguments, null, User);
    }

    /// <summary>After a kill the old backends may hold the shared memory for a moment, so a start is tried again.</summary>
    private async Task<bool> AnswersAsync()
    {
        if (process!.HasExited)
        {
            if (!process.Output.Contains("is still in use", StringComparison.Ordinal))
                process.ThrowIfExited();
            process = Launch();
        }
        try
        {
            await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false;Timeout=5");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
