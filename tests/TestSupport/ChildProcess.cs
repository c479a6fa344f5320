using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace EventPipeline.TestSupport;

/// <summary>
/// A program that a test started. It ends with <see cref="DisposeAsync"/>, with the test process, and also when the
/// test process is killed: on Linux it runs under <c>setpriv --pdeathsig KILL</c>.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptOutput = 64 * 1024;
    private static readonly TimeSpan RunDeadline = TimeSpan.FromMinutes(3);
    private static readonly ConcurrentDictionary<int, ChildProcess> Alive = new();
    private static readonly bool CanFollowParent = File.Exists("/usr/bin/setpriv");

    private readonly string name;
    private readonly Process process;
    private readonly StringBuilder output = new();

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    private ChildProcess(string name, Process process) => (this.name, this.process) = (name, process);

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>The last 64 KiB of standard output and standard error together.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts a program, by choice as another user (which only root can do).</summary>
    public static ChildProcess Start(
        string name,
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? user = null,
        string? workingDirectory = null
    )
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        string[] command = [.. Prefix(user), file, .. arguments];
        start.FileName = command[0];
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;

        var child = new ChildProcess(name, new Process { StartInfo = start });
        Nursery.Run(child.Begin);
        return child;
    }

    /// <summary>Runs a program to its end and returns what it wrote to standard output.</summary>
    /// <exception cref="InvalidOperationException">It did not end with 0; the message has its output.</exception>
    /// <exception cref="TimeoutException">It did not end within three minutes and was killed; so has this message.</exception>
    public static async Task<string> RunAsync(
        string name,
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? user = null
    )
    {
        await using var child = Start(name, file, arguments, environment, user);
        using var deadline = new CancellationTokenSource(RunDeadline);
        try
        {
            await child.process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException(
                $"{name} did not end in {RunDeadline.TotalMinutes} minutes: {child.Output}",
                late
            );
        }
        return child.process.ExitCode == 0
            ? child.Output
            : throw new InvalidOperationException($"{name} ended with {child.process.ExitCode}: {child.Output}");
    }

    /// <summary>Waits until the output contains the text.</summary>
    public Task WaitForOutputAsync(string text, TimeSpan deadline) =>
        Eventually.BecomesTrueAsync(
            () => Task.FromResult(Says(text) || ThrowIfExited()),
            deadline,
            $"{name} says \"{text}\""
        );

    private bool Says(string text)
    {
        if (HasExited)
            process.WaitForExit(); // until all of its output has been read
        return Output.Contains(text, StringComparison.Ordinal);
    }

    /// <summary>Throws with the program's output when it is no longer running; otherwise answers false.</summary>
    public bool ThrowIfExited() =>
        HasExited ? throw new InvalidOperationException($"{name} ended with {process.ExitCode}: {Output}") : false;

    /// <summary>SIGKILL, and waits until the process is gone.</summary>
    public void Kill()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        Alive.TryRemove(process.Id, out _);
    }

    /// <summary>SIGSTOP: it stands still until <see cref="Resume"/> and knows nothing of it.</summary>
    public void Pause() => _ = SendSignal(process.Id, 19);

    /// <summary>SIGCONT.</summary>
    public void Resume() => _ = SendSignal(process.Id, 18);

    /// <summary>Asks politely (SIGTERM by default), and kills after 30 seconds.</summary>
    public async Task StopAsync(PosixSignal signal = PosixSignal.SIGTERM)
    {
        if (!process.HasExited)
            _ = SendSignal(process.Id, signal == PosixSignal.SIGINT ? 2 : 15);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Kill below does what the signal did not.
        }
        Kill();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        process.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static void KillAll()
    {
        foreach (var child in Alive.Values)
            child.Kill();
    }

    private static string[] Prefix(string? user) =>
        (CanFollowParent, user) switch
        {
            (true, null) => ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"],
            (true, _) =>
            [
                "/usr/bin/setpriv",
                $"--reuid={user}",
                $"--regid={user}",
                "--init-groups",
                "--pdeathsig",
                "KILL",
                "--",
            ],
            (false, null) => [],
            (false, _) => ["runuser", "-u", user, "--"],
        };

    private void Begin()
    {
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Alive[process.Id] = this;
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (output)
        {
            output.AppendLine(line);
            if (output.Length > KeptOutput)
                output.Remove(0, output.Length - KeptOutput);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);

    /// <summary>
    /// The one thread that starts children and never ends: the kernel sends the parent's death signal when the
    /// <em>thread</em> that forked is gone, and threads of the pool come and go.
    /// </summary>
    private static class Nursery
    {
        private static readonly BlockingCollection<Action> Births = [];

        static Nursery() => new Thread(Work) { IsBackground = true, Name = "child processes" }.Start();

        public static void Run(Action birth)
        {
            Exception? failure = null;
            using var done = new ManualResetEventSlim();
            Births.Add(() =>
            {
                try
                {
                    birth();
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
                finally
                {
                    done.Set();
                }
            });
            done.Wait();
            if (failure is not null)
                throw new InvalidOperationException("A child process could not be started.", failure);
        }

        private static void Work()
        {
            foreach (var birth in Births.GetConsumingEnumerable())
                birth();
        }
    }
}
