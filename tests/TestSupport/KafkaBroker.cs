using System.Runtime.InteropServices;

namespace EventPipeline.TestSupport;

public enum KafkaVersion
{
    /// <summary>The distribution in KAFKA_HOME, 3.7 or newer: what production uses.</summary>
    Modern,

    /// <summary>Apache Kafka 0.9.0.1, which every machine can get: creates topics itself, drops headers.</summary>
    Legacy,
}

/// <summary>A door of a broker for clients that come through a proxy: they are told the proxy's port, so that they stay behind it.</summary>
public sealed record KafkaListener(int Port, int AdvertisedPort);

/// <summary>A real Kafka broker on free loopback ports with a data folder of its own.</summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    /// <summary>What a test says when it skips because there is no <see cref="KafkaVersion.Modern"/> broker.</summary>
    public const string HowToGetModern =
        "KAFKA_HOME is not set: unpack any Apache Kafka distribution from 3.7 on and let KAFKA_HOME name its folder.";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    private static readonly Shared<KafkaBroker> Modern = new(() => StartOrUseTheRunsAsync(KafkaVersion.Modern));
    private static readonly Shared<KafkaBroker> Legacy = new(() => StartOrUseTheRunsAsync(KafkaVersion.Legacy));

    private readonly TemporaryFolder? folder;
    private readonly int port;
    private readonly int internalPort;
    private readonly string listeners = "";
    private ChildProcess? process;
    private bool isShared;

    private KafkaBroker(KafkaVersion version, string servers) => (Version, BootstrapServers) = (version, servers);

    private KafkaBroker(KafkaVersion version, IEnumerable<KafkaListener> listeners)
    {
        this.listeners = string.Join(' ', listeners.Select(listener => $"{listener.Port}:{listener.AdvertisedPort}"));
        (Version, folder, port, internalPort) = (version, new TemporaryFolder(), FreePort.Next(), FreePort.Next());
        BootstrapServers = $"127.0.0.1:{port}";
    }

    /// <summary>Whether <see cref="KafkaVersion.Modern"/> can be started or was started by the run.</summary>
    public static bool ModernIsAvailable { get; } =
        Given(KafkaVersion.Modern) is not null
        || Directory.Exists(Path.Combine(Environment.GetEnvironmentVariable("KAFKA_HOME") ?? "/nonexistent", "libs"));

    public KafkaVersion Version { get; }

    public string BootstrapServers { get; }

    private TemporaryFolder Owned =>
        folder is not null && !isShared
            ? folder
            : throw new InvalidOperationException("This broker is shared by the whole run: start your own.");

    /// <summary>A broker of the test's own. It costs about 4 s (modern) or 1 s (legacy).</summary>
    /// <param name="listeners">Further ones, of a modern broker only.</param>
    public static async Task<KafkaBroker> StartAsync(
        KafkaVersion version,
        IReadOnlyList<KafkaListener>? listeners = null
    )
    {
        var broker = new KafkaBroker(version, listeners ?? []);
        try
        {
            await broker.RestartAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The broker that EVENTPIPELINE_TEST_KAFKA or EVENTPIPELINE_TEST_KAFKA_LEGACY names, else one for this test
    /// process. It cannot be killed, wiped or disposed of: use topic and group names of your own.
    /// </summary>
    public static Task<KafkaBroker> SharedAsync(KafkaVersion version) =>
        version == KafkaVersion.Modern ? Modern.GetAsync() : Legacy.GetAsync();

    /// <summary>SIGKILL. What was acknowledged is still there after <see cref="RestartAsync"/>.</summary>
    public void Kill()
    {
        _ = Owned;
        process?.Kill();
    }

    /// <summary>SIGSTOP: connections stay open and nobody answers, until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        _ = Owned;
        process?.Pause();
    }

    /// <summary>SIGCONT.</summary>
    public void Resume()
    {
        _ = Owned;
        process?.Resume();
    }

    /// <summary>Stops the broker as an operator would.</summary>
    public async Task StopAsync()
    {
        _ = Owned;
        if (process is not null)
            await process.StopAsync(PosixSignal.SIGTERM);
    }

    /// <summary>Stops the broker if it runs and starts it on the same port and data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        process = ChildProcess.Start(
            $"Kafka ({Version})",
            Repository.PathOf("deploy/local/broker.sh"),
            [Version == KafkaVersion.Modern ? "modern" : "legacy", Owned["data"], $"{port}", $"{internalPort}"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["BROKER_LISTENERS"] = listeners }
        );
        await process.WaitForOutputAsync("Kafka Server started", StartDeadline);
    }

    /// <summary>Stops the broker, forgets every topic, message and offset, and starts it again on the same port.</summary>
    public async Task WipeAsync()
    {
        Kill();
        if (Directory.Exists(Owned["data"]))
            Directory.Delete(Owned["data"], recursive: true);
        await RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (folder is null || isShared)
            return;
        if (process is not null)
            await process.DisposeAsync();
        folder.Dispose();
    }

    private static string? Given(KafkaVersion version)
    {
        var variable = version == KafkaVersion.Modern ? "EVENTPIPELINE_TEST_KAFKA" : "EVENTPIPELINE_TEST_KAFKA_LEGACY";
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } servers ? servers : null;
    }

    private static async Task<KafkaBroker> StartOrUseTheRunsAsync(KafkaVersion version)
    {
        var broker = Given(version) is { } servers ? new KafkaBroker(version, servers) : await StartAsync(version);
        broker.isShared = true;
        return broker;
    }
}
