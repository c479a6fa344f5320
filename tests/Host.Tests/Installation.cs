using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EventPipeline.TestSupport;

namespace EventPipeline.Host.Tests;

/// <summary>An installation of its own: database, topics, data folder. The program runs in it as users run it, as a process.</summary>
internal sealed class Installation : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> environment;

    private Installation(string postgres, string kafka)
    {
        environment = new(StringComparer.Ordinal)
        {
            ["EVENTPIPELINE_POSTGRES"] = postgres,
            ["KAFKA_BOOTSTRAP_SERVERS"] = kafka,
            ["EVENTPIPELINE_DATA"] = folder["data"],
            ["EVENTPIPELINE_OBJECTS"] = Objects,
            ["EVENTPIPELINE_TOPIC_PREFIX"] = $"host-{Guid.CreateVersion7():N}.",
        };
    }

    public string Objects => folder["objects"];

    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>On the servers of the whole run, or on the given ones.</summary>
    public static async Task<Installation> CreateAsync(PostgresServer? postgres = null, KafkaBroker? kafka = null)
    {
        postgres ??= await PostgresServer.SharedAsync();
        kafka ??= await KafkaBroker.SharedAsync(
            KafkaBroker.ModernIsAvailable ? KafkaVersion.Modern : KafkaVersion.Legacy
        );
        return new Installation(await postgres.CreateDatabaseAsync(), kafka.BootstrapServers);
    }

    /// <summary>A path in the installation's folder.</summary>
    public string this[string name] => folder[name];

    /// <summary>Runs the program to its end.</summary>
    public async Task<Ended> RunAsync(params string[] arguments)
    {
        using var run = Start(arguments);
        return await run.EndAsync(Patience);
    }

    /// <summary>As <see cref="RunAsync(string[])"/>, with some variables of the environment set otherwise.</summary>
    public async Task<Ended> RunAsync(string[] arguments, params (string Name, string Value)[] otherwise)
    {
        var changed = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in otherwise)
            changed[name] = value;
        using var run = new Running("EventPipeline.Host", changed, arguments);
        return await run.EndAsync(Patience);
    }

    public Running Start(params string[] arguments) => new("EventPipeline.Host", environment, arguments);

    /// <summary>Another program of the product in the same installation.</summary>
    /// <param name="settings">Environment variables of its own.</param>
    public Running StartProgram(string name, IReadOnlyDictionary<string, string>? settings = null) =>
        new(name, environment.Concat(settings ?? new Dictionary<string, string>(StringComparer.Ordinal)), []);

    /// <summary>Keys of all objects in the (folder) store.</summary>
    public IReadOnlyList<string> StoredKeys() => FilesBelow(Objects);

    /// <summary>Files that attempts left in their workspaces.</summary>
    public IReadOnlyList<string> Leftovers() =>
        [
            .. FilesBelow(Path.Combine(folder["data"], "workspaces"))
                .Where(name => !name.EndsWith(".lock", StringComparison.Ordinal)),
        ];

    public void Dispose() => folder.Dispose();

    private static IReadOnlyList<string> FilesBelow(string root) =>
        Directory.Exists(root)
            ?
            [
                .. Directory
                    .EnumerateFiles(root, "*", SearchOption.AllDirectories)
                    .Select(path => Path.GetRelativePath(root, path))
                    .Where(name => !name.StartsWith(".meta", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal),
            ]
            : [];
}

/// <summary>How a run of the program ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors)
{
    public JsonElement Document => JsonDocument.Parse(Output).RootElement;

    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Errors}";
}

/// <summary>The program while it runs. It does not outlive the test.</summary>
internal sealed class Running : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    public Running(
        string program,
        IEnumerable<KeyValuePair<string, string>> environment,
        IReadOnlyList<string> arguments
    )
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        string[] command = [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments];
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    public int ProcessId => process.Id;

    public string Output => TextOf(output);

    public string Errors => TextOf(errors);

    public bool HasExited => process.HasExited;

    /// <summary>SIGKILL of this process alone: its children learn of it as they would on a real crash.</summary>
    public void Kill()
    {
        Signal(9);
        process.WaitForExit();
    }

    public void Interrupt() => Signal(2);

    public async Task<Ended> EndAsync(TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"The program did not end within {patience}:\n{output}\n{Errors}", late);
        }
        return new Ended(process.ExitCode, output.ToString(), Errors);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private void Signal(int signal)
    {
        if (!process.HasExited)
            _ = SendSignal(process.Id, signal);
    }

    private static string TextOf(StringBuilder kept)
    {
        lock (kept)
            return kept.ToString();
    }

    private static void Keep(StringBuilder into, string? line)
    {
        lock (into)
            into.AppendLine(line);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
