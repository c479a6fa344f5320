using System.Reflection;
using EventPipeline.Faults.Nodes;
using EventPipeline.TestSupport;

namespace EventPipeline.Faults.Installation;

/// <summary>Names of the parts, and what each needs to talk to.</summary>
internal static class Parts
{
    public static readonly IReadOnlyList<string> Coordinators = ["coordinator-1", "coordinator-2"];
    public static readonly IReadOnlyList<string> Processors = ["processors-1", "processors-2", "processors-3"];
    public static readonly IReadOnlyList<string> Projections = ["projections-1"];
    public static readonly IReadOnlyList<string> All = [.. Coordinators, .. Processors, .. Projections];

    public static string KindOf(string part) => part.Split('-')[0];

    public static bool UsesBroker(string part) => KindOf(part) != "projections";

    public static bool UsesDatabase(string part) => KindOf(part) != "processors";
}

/// <summary>The servers, as seen from the parts.</summary>
internal enum Server
{
    Broker,
    Database,
    Objects,
}

/// <summary>One process of the product, its links to the servers, its clock and its disk. It is started again a moment after it ended,
/// as any supervisor does.</summary>
internal sealed class Part : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly string clock;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task supervising;
    private string program;
    private ChildProcess process;
    private volatile bool isDown;

    private Part(string name, IReadOnlyDictionary<string, string> environment, Disk disk, string clock)
    {
        (Name, program, this.environment, Disk, this.clock) = (name, OwnProgram, environment, disk, clock);
        process = Launch();
        supervising = SuperviseAsync();
    }

    public string Name { get; }

    public Disk Disk { get; }

    /// <summary>How often it ended without being killed.</summary>
    public int EndedByItself { get; private set; }

    /// <summary>What it said, the earlier lives first.</summary>
    public string Output => earlier + process.Output;

    private string earlier = "";

    public static async Task<Part> StartAsync(string name, string folder, IReadOnlyDictionary<string, string> settings)
    {
        var disk = await Disk.CreateAsync(Path.Combine(folder, name));
        var clockFile = Path.Combine(folder, $"{name}.clock");
        var own = new Dictionary<string, string>(settings, StringComparer.Ordinal)
        {
            ["EVENTPIPELINE_DATA"] = disk.Folder,
            [NodeProgram.ClockFile] = clockFile,
            ["DOTNET_TieredPGO"] = "0",
        };
        return new Part(name, own, disk, clockFile);
    }

    /// <summary>The program that the tests are; the parts of an installation are the same one.</summary>
    public static string OwnProgram { get; } = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null);

    /// <summary>SIGKILL; it stays down until <see cref="Restart"/>.</summary>
    public void Kill()
    {
        isDown = true;
        process.Kill();
    }

    public void Restart()
    {
        KeepOutput();
        process = Launch();
        isDown = false;
    }

    /// <summary>Ends it in good order, and starts another program in its place.</summary>
    public async Task ReplaceAsync(string other)
    {
        isDown = true;
        await process.StopAsync();
        program = other;
        Restart();
    }

    /// <summary>Waits until its present life has said something.</summary>
    public Task UntilItSaysAsync(string text) => process.WaitForOutputAsync(text, StartPatience);

    public bool IsPaused { get; private set; }

    public void Pause()
    {
        IsPaused = true;
        process.Pause();
    }

    public void Resume()
    {
        process.Resume();
        IsPaused = false;
    }

    public void SetClock(TimeSpan offset) => JumpingClock.Set(clock, offset);

    /// <summary>Folders of attempts that are still there.</summary>
    public IReadOnlyList<string> Workspaces() =>
        Directory.Exists(Path.Combine(Disk.Folder, "workspaces"))
            ?
            [
                .. Directory
                    .GetDirectories(Path.Combine(Disk.Folder, "workspaces"))
                    .SelectMany(Directory.GetFileSystemEntries)
                    .Where(entry => Directory.Exists(entry)),
            ]
            : [];

    /// <summary>Those of processes that are dead: a process removes them when it starts.</summary>
    public bool IsSettled => !isDown && !process.HasExited;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await supervising;
        process.Resume();
        await process.DisposeAsync();
        await Disk.DisposeAsync();
        stopping.Dispose();
    }

    private ChildProcess Launch() =>
        ChildProcess.Start(Name, program, [NodeProgram.Command, Parts.KindOf(Name)], environment);

    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(RestartPause, stopping.Token);
                if (isDown || !process.HasExited)
                    continue;
                EndedByItself++;
                KeepOutput();
                process = Launch();
            }
        }
        catch (OperationCanceledException)
        {
            // The installation is taken down.
        }
    }

    private void KeepOutput() => earlier = $"{earlier}{process.Output}\n--- started again ---\n";
}
