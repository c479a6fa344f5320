namespace EventPipeline.TestSupport;

public enum S3Kind
{
    /// <summary>MinIO, the binary that MINIO_BINARY names.</summary>
    MinIO,

    /// <summary>Ceph's RADOS Gateway with a cluster of one node in memory, from Debian's packages.</summary>
    Ceph,
}

/// <summary>A real S3 server on a free loopback port, empty, in region us-east-1, path style, plain HTTP.</summary>
public sealed class S3Server : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder folder = new();
    private readonly List<ChildProcess> processes = [];
    private readonly int port = FreePort.Next();

    private S3Server(S3Kind kind) => Kind = kind;

    public S3Kind Kind { get; }

    public Uri Endpoint => new($"http://127.0.0.1:{port}");

    public string AccessKey => "test-access-key";

    public string SecretKey => "test-secret-key-0123456789";

    public static bool IsAvailable(S3Kind kind) =>
        kind switch
        {
            S3Kind.MinIO => File.Exists(Environment.GetEnvironmentVariable("MINIO_BINARY")),
            _ => Array.TrueForAll(["ceph-mon", "ceph-osd", "ceph", "radosgw"], name => File.Exists($"/usr/bin/{name}")),
        };

    /// <summary>What a test says when it skips because the server cannot be started here.</summary>
    public static string HowToGet(S3Kind kind) =>
        kind switch
        {
            S3Kind.MinIO => "MINIO_BINARY does not name a MinIO server binary.",
            _ => "Ceph is missing: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common.",
        };

    public static async Task<S3Server> StartAsync(S3Kind kind)
    {
        var server = new S3Server(kind);
        try
        {
            await (kind == S3Kind.MinIO ? server.StartMinIOAsync() : server.StartCephAsync());
            return server;
        }
        catch (Exception failure)
        {
            var said = string.Join('\n', server.processes.Select(process => process.Output));
            await server.DisposeAsync();
            throw new InvalidOperationException($"{kind} did not start. Its processes said: {said}", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes))
            await process.DisposeAsync();
        folder.Dispose();
    }

    private Task StartMinIOAsync()
    {
        var environment = new Dictionary<string, string>
        {
            ["MINIO_ROOT_USER"] = AccessKey,
            ["MINIO_ROOT_PASSWORD"] = SecretKey,
            ["MINIO_BROWSER"] = "off",
        };
        string[] arguments = ["server", folder["data"], "--address", $"127.0.0.1:{port}", "--quiet"];
        processes.Add(
            ChildProcess.Start("MinIO", Environment.GetEnvironmentVariable("MINIO_BINARY")!, arguments, environment)
        );
        return AnswersAsync("/minio/health/ready");
    }

    /// <summary>A monitor, one storage daemon in memory and the gateway: the smallest cluster that serves S3.</summary>
    private async Task StartCephAsync()
    {
        var monitorPort = FreePort.Next();
        var cluster = Guid.CreateVersion7().ToString();
        var settings = folder["ceph.conf"];
        foreach (var name in new[] { "mon", "osd" })
            Directory.CreateDirectory(folder[name]);
        await File.WriteAllTextAsync(settings, CephSettings(cluster, monitorPort));

        string[] monitors = ["--create", "--fsid", cluster, "--addv", "a", $"[v1:127.0.0.1:{monitorPort}]"];
        await RunAsync("monmaptool", [.. monitors, folder["monmap"]]);
        await RunAsync("ceph-mon", ["-c", settings, "-i", "a", "--mkfs", "--monmap", folder["monmap"]]);
        Serve("ceph-mon", ["-c", settings, "-i", "a", "-f"]);

        await RunAsync("ceph-osd", ["-c", settings, "-i", "0", "--mkfs", "--osd-uuid", $"{Guid.CreateVersion7()}"]);
        var storage = (await File.ReadAllTextAsync(folder["osd/fsid"])).Trim();
        await AcceptsAsync(() => RunAsync("ceph", ["-c", settings, "--connect-timeout", "60", "osd", "new", storage]));
        ChildProcess? daemon = null;
        await AcceptsAsync(async () =>
        {
            if (daemon is { HasExited: true })
                processes.Remove(daemon);
            if (daemon is null or { HasExited: true })
                daemon = Serve("ceph-osd", ["-c", settings, "-i", "0", "-f"]);
            var map = await RunAsync("ceph", ["-c", settings, "--connect-timeout", "60", "osd", "stat"]);
            if (!map.Contains("1 up", StringComparison.Ordinal))
                throw new InvalidOperationException($"The storage daemon is not up: {map}");
        });

        string[] user = ["--uid=test", "--display-name=test", $"--access-key={AccessKey}", $"--secret-key={SecretKey}"];
        await RunAsync("radosgw-admin", ["-c", settings, "user", "create", .. user]);
        Serve("radosgw", ["-c", settings, "-n", "client.rgw", "-f"]);
        await AnswersAsync("/");
    }

    /// <summary>A monitor refuses those who come before it has told them who it is ("wrong fsid"), programs and daemons alike: they come again.</summary>
    private static Task AcceptsAsync(Func<Task> step) =>
        Eventually.BecomesTrueAsync(
            async () =>
            {
                try
                {
                    await step();
                    return true;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            },
            StartDeadline,
            "Ceph's monitor accepts its cluster"
        );

    private static Task<string> RunAsync(string program, string[] arguments) =>
        ChildProcess.RunAsync(program, program, arguments);

    private ChildProcess Serve(string program, string[] arguments)
    {
        var daemon = ChildProcess.Start(program, program, arguments);
        processes.Add(daemon);
        return daemon;
    }

    private async Task AnswersAsync(string path)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                foreach (var process in processes)
                    process.ThrowIfExited();
                try
                {
                    using var response = await client.GetAsync(new Uri(Endpoint, path));
                    return response.IsSuccessStatusCode;
                }
                catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }
            },
            StartDeadline,
            $"{Kind} answers"
        );
    }

    private string CephSettings(string cluster, int monitorPort) =>
        $"""
            [global]
            fsid = {cluster}
            mon host = v1:127.0.0.1:{monitorPort}
            public network = 127.0.0.0/8
            ms bind ipv6 = false
            ms bind msgr2 = false
            auth cluster required = none
            auth service required = none
            auth client required = none
            run dir = {folder.Path}
            log file = {folder.Path}/$name.log
            admin socket = {folder.Path}/$name.asok
            pid file = {folder.Path}/$name.pid
            osd pool default size = 1
            osd pool default min size = 1
            osd pool default pg num = 8
            osd pool default pgp num = 8
            osd pool default pg autoscale mode = off
            osd crush chooseleaf type = 0
            mon allow pool size one = true
            mon max pg per osd = 1000
            paxos propose interval = 0.05
            paxos min wait = 0.01
            [mon.a]
            mon data = {folder["mon"]}
            [osd]
            osd data = {folder["osd"]}
            osd objectstore = memstore
            memstore device bytes = 4294967296
            osd max object name len = 2048
            [client.rgw]
            rgw frontends = beast endpoint=127.0.0.1:{port}
            rgw dns name = localhost

            """;
}
