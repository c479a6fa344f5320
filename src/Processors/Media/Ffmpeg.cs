using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;

namespace EventPipeline.Processors.Media;

/// <summary>Runs ffmpeg and ffprobe. Every input is restricted to local files in known containers (<see cref="FfmpegArguments"/>), every run is
/// limited in time and size, and nothing is left running after cancellation. Temporary names and renaming are up to the caller: a cancelled run
/// may leave a playable file.</summary>
public sealed class Ffmpeg(FfmpegOptions options)
{
    private const int LogByteLimit = 64 << 20;

    /// <summary>Runs to the end.</summary>
    /// <param name="progress">Percent, 0 to 100, never falling; needs the command's duration.</param>
    /// <exception cref="MediaException">It failed, took too long, or wrote too much.</exception>
    public async Task RunAsync(
        MediaCommand command,
        CancellationToken cancellation,
        Action<double>? progress = null,
        StageMeter? meter = null
    )
    {
        await StartAsync(command, "warning", Limits, cancellation, progress, meter);
        CheckSize(command);
    }

    /// <summary>Runs to the end and returns what filters reported on standard error. Where a filter can write a file instead
    /// (<c>metadata=print:file=...</c>), prefer that.</summary>
    /// <exception cref="MediaException">It failed, took too long, or reported more than 64 MiB.</exception>
    public async Task<string> RunForLogAsync(
        MediaCommand command,
        CancellationToken cancellation,
        Action<double>? progress = null,
        StageMeter? meter = null
    )
    {
        var limits = Limits with { ErrorBytes = LogByteLimit };
        var result = await StartAsync(command, "info", limits, cancellation, progress, meter);
        return result.ErrorsComplete
            ? result.Errors
            : throw new MediaException($"ffmpeg reported more than {LogByteLimit} bytes.", result.ExitCode);
    }

    /// <summary>Reads raw pictures or sound from standard output, a piece at a time in one buffer that is used again for the next.</summary>
    /// <param name="bytesPerFrame">Size of a picture, or of as much sound as is wanted at once.</param>
    /// <param name="frame">Receives a piece and its index from 0. Only the last piece of sound can be shorter. The memory is valid until the
    /// returned task ends.</param>
    /// <exception cref="MediaException">It failed or took too long.</exception>
    public Task ReadFramesAsync(
        MediaCommand command,
        int bytesPerFrame,
        Func<ReadOnlyMemory<byte>, int, ValueTask> frame,
        CancellationToken cancellation,
        StageMeter? meter = null
    ) =>
        StartAsync(
            command,
            "warning",
            Limits,
            cancellation,
            progress: null,
            meter,
            async (stream, stop) =>
            {
                var buffer = ArrayPool<byte>.Shared.Rent(bytesPerFrame);
                try
                {
                    for (var index = 0; ; index++)
                    {
                        var read = await stream.ReadAtLeastAsync(
                            buffer.AsMemory(0, bytesPerFrame),
                            bytesPerFrame,
                            throwOnEndOfStream: false,
                            stop
                        );
                        if (read > 0)
                            await frame(buffer.AsMemory(0, read), index);
                        if (read < bytesPerFrame)
                            return;
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        );

    /// <summary>Asks ffprobe about a file.</summary>
    /// <param name="arguments">What to show, for example <c>-show_format -show_streams</c>.</param>
    /// <exception cref="MediaException">It is not a media file that may be opened, or ffprobe failed.</exception>
    public async Task<JsonDocument> ProbeAsync(
        string path,
        CancellationToken cancellation,
        params IReadOnlyList<string> arguments
    )
    {
        var result = await StartAsync(
            options.ProbeProgram,
            FfmpegArguments.OfProbe(path, arguments),
            Limits,
            cancellation
        );
        return result.ExitCode == 0 ? JsonDocument.Parse(result.Output) : throw Failure("ffprobe", result);
    }

    /// <summary>Checks that both programs are there.</summary>
    /// <exception cref="MediaException">One is missing; the message says how to install it.</exception>
    public async Task<FfmpegVersion> CheckVersionAsync(CancellationToken cancellation)
    {
        await StartAsync(options.ProbeProgram, ["-version"], Limits, cancellation);
        return FfmpegVersion.Parse((await StartAsync(options.Program, ["-version"], Limits, cancellation)).Output);
    }

    private ProcessLimits Limits => new() { Time = options.TimeLimit, StopGrace = options.StopGrace };

    private async Task<ProcessResult> StartAsync(
        MediaCommand command,
        string level,
        ProcessLimits limits,
        CancellationToken cancellation,
        Action<double>? progress = null,
        StageMeter? meter = null,
        Func<Stream, CancellationToken, Task>? readOutput = null
    )
    {
        if (progress is not null)
            readOutput = (stream, stop) => FollowAsync(stream, command.DurationSeconds, progress, stop);
        var result = await StartAsync(
            options.Program,
            FfmpegArguments.Of(command, options, level, progress is not null),
            limits,
            cancellation,
            command.WorkingDirectory,
            meter,
            readOutput
        );
        return result.ExitCode == 0 ? result : throw Failure("ffmpeg", result);
    }

    private static async Task<ProcessResult> StartAsync(
        string program,
        IReadOnlyList<string> arguments,
        ProcessLimits limits,
        CancellationToken cancellation,
        string? workingDirectory = null,
        StageMeter? meter = null,
        Func<Stream, CancellationToken, Task>? readOutput = null
    )
    {
        try
        {
            return await ProcessRunner.RunAsync(
                program,
                arguments,
                cancellation,
                limits,
                workingDirectory,
                meter,
                readOutput
            );
        }
        catch (Win32Exception missing)
        {
            throw new MediaException(
                $"{program} cannot be started. Install it: apt-get install --no-install-recommends ffmpeg",
                inner: missing
            );
        }
        catch (ProcessLimitException limit)
        {
            throw new MediaException(limit.Message, inner: limit);
        }
    }

    /// <summary>Ffmpeg ends with success when it reaches <c>-fs</c>: half a file must not pass for a whole one.</summary>
    private void CheckSize(MediaCommand command)
    {
        var path = Path.Combine(command.WorkingDirectory ?? "", command.Output[^1]);
        if (File.Exists(path) && new FileInfo(path).Length >= options.OutputByteLimit)
            throw new MediaException($"ffmpeg wrote more than {options.OutputByteLimit} bytes to one file.");
    }

    private static MediaException Failure(string program, ProcessResult result) =>
        new($"{program} ended with exit code {result.ExitCode}.", result.ExitCode, result.Errors.Trim());

    private static async Task FollowAsync(
        Stream stream,
        double? duration,
        Action<double> progress,
        CancellationToken cancellation
    )
    {
        using var reader = new StreamReader(stream);
        var last = 0.0;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            const string Position = "out_time_us=";
            if (
                duration > 0
                && line.StartsWith(Position, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(Position.Length), CultureInfo.InvariantCulture, out var microseconds)
                && microseconds / 1e4 / duration.Value is var percent
                && percent > last
            )
                progress(last = Math.Min(percent, 100));
        }
    }
}
