using System.Buffers;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace EventPipeline.Processors.Media;

/// <summary>Limits of a child process.</summary>
internal sealed record ProcessLimits
{
    /// <summary>Longest run.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between SIGINT and SIGKILL.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Most bytes of standard output; more is an error. Not applied when the caller reads it itself.</summary>
    public int OutputBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of standard error that are kept, from its end.</summary>
    public int ErrorBytes { get; init; } = 64 << 10;
}

/// <summary>How a child process ended.</summary>
/// <param name="Output">Standard output; empty when the caller read it itself.</param>
/// <param name="Errors">The end of standard error.</param>
/// <param name="ErrorsComplete">Whether that is all of it.</param>
internal sealed record ProcessResult(int ExitCode, string Output, string Errors, bool ErrorsComplete);

/// <summary>A child process passed one of its limits and was ended.</summary>
internal sealed class ProcessLimitException(string message) : Exception(message);

/// <summary>The only place that starts processes: argument arrays and no shell, a small fixed environment (no secrets of ours), limits on time
/// and output, and no way out that leaves the process running.</summary>
internal static partial class ProcessRunner
{
    private const int InterruptSignal = 2;

    private static readonly ImmutableArray<string> Inherited =
    [
        "PATH",
        "HOME",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "XDG_CACHE_HOME",
        "FONTCONFIG_FILE",
        "FONTCONFIG_PATH",
    ];

    /// <summary>Runs a program to its end, whatever its exit code.</summary>
    /// <param name="meter">Receives the processor time.</param>
    /// <param name="readOutput">Reads standard output as it comes; null: it is collected.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the process has ended.</exception>
    /// <exception cref="ProcessLimitException">It took too long or wrote too much; the process has ended.</exception>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public static async Task<ProcessResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation,
        ProcessLimits? limits = null,
        string? workingDirectory = null,
        StageMeter? meter = null,
        Func<Stream, CancellationToken, Task>? readOutput = null
    )
    {
        limits ??= new ProcessLimits();
        cancellation.ThrowIfCancellationRequested();
        using var timeout = new CancellationTokenSource(limits.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        using var clock = new ChildClock();
        using var process = Start(program, arguments, workingDirectory);
        clock.Watch(process);

        var collected = "";
        var output = OrStopAsync(
            readOutput is null
                ? CollectAsync(process.StandardOutput.BaseStream)
                : readOutput(process.StandardOutput.BaseStream, stop.Token)
        );
        var errors = ReadTailAsync(process.StandardError.BaseStream, limits.ErrorBytes);
        try
        {
            await EndAsync(process, limits.StopGrace, stop.Token);
        }
        finally
        {
            meter?.ChildCpuSeconds += clock.Read();
        }
        var (tail, complete) = await errors;
        await output.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        if (timeout.IsCancellationRequested)
            throw new ProcessLimitException($"{program} did not end within {limits.Time}. {tail}");
        await output;
        return new ProcessResult(process.ExitCode, collected, tail, complete);

        async Task CollectAsync(Stream stream)
        {
            var (text, all) = await ReadTailAsync(stream, limits.OutputBytes);
            collected = all
                ? text
                : throw new ProcessLimitException($"{program} wrote more than {limits.OutputBytes} bytes.");
        }

        async Task OrStopAsync(Task reading)
        {
            try
            {
                await reading;
            }
            catch
            {
                await stop.CancelAsync(); // nobody reads any more, so the process would wait for ever
                throw;
            }
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, string? workingDirectory)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var inherited = Inherited.ToDictionary(
            name => name,
            name => start.Environment.TryGetValue(name, out var value) ? value : null
        );
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
            if (value is not null)
                start.Environment[name] = value;
        start.Environment["LC_ALL"] = "C"; // numbers with a point, messages in English
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Waits for the end; asks for it, and then forces it, when <paramref name="stop"/> fires.</summary>
    private static async Task EndAsync(Process process, TimeSpan grace, CancellationToken stop)
    {
        var exit = process.WaitForExitAsync(CancellationToken.None);
        await exit.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (exit.IsCompleted)
            return;
        _ = SendSignal(process.Id, InterruptSignal); // fails only if it has just ended
        await exit.WaitAsync(grace, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!exit.IsCompleted)
            process.Kill(entireProcessTree: true);
        await exit;
    }

    private static async Task<(string Text, bool Complete)> ReadTailAsync(Stream stream, int limit)
    {
        var kept = new MemoryStream();
        var complete = true;
        var buffer = ArrayPool<byte>.Shared.Rent(32 << 10);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                kept.Write(buffer.AsSpan(0, read));
                if (kept.Length > 2L * limit)
                    Shorten();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (kept.Length > limit)
            Shorten();
        return (Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length), complete);

        void Shorten()
        {
            complete = false;
            kept.GetBuffer().AsSpan((int)kept.Length - limit, limit).CopyTo(kept.GetBuffer());
            kept.SetLength(limit);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
