namespace EventPipeline.Processors.Media;

/// <summary>A file that ffmpeg reads.</summary>
/// <param name="Path">Absolute, or relative to the command's working directory. Only containers on <see cref="FfmpegArguments.Formats"/> can
/// be opened, and only as local files, whatever the name or the content says.</param>
/// <param name="Options">Options of this input, for example <c>-ss 12.5</c>.</param>
public sealed record MediaInput(string Path, params IReadOnlyList<string> Options);

/// <summary>One run of ffmpeg.</summary>
/// <param name="Inputs">In the order in which filters count them.</param>
/// <param name="Output">Everything after the inputs, the output file last; <c>-</c> is standard output. A fixed number of threads and the limit
/// on the size are set for the first output file; a caller with more repeats what it needs.</param>
/// <param name="DurationSeconds">Length of what is made, to turn its position into percent.</param>
/// <param name="WorkingDirectory">Where relative names lie: filters that take a file name (<c>subtitles</c>, <c>metadata=print:file</c>) get plain
/// names, because a path would have to be escaped for them.</param>
public sealed record MediaCommand(
    IReadOnlyList<MediaInput> Inputs,
    IReadOnlyList<string> Output,
    double? DurationSeconds = null,
    string? WorkingDirectory = null
);

/// <summary>How ffmpeg is run on this node.</summary>
public sealed record FfmpegOptions
{
    /// <summary>Name or path of ffmpeg.</summary>
    public string Program { get; init; } = "ffmpeg";

    /// <summary>Name or path of ffprobe.</summary>
    public string ProbeProgram { get; init; } = "ffprobe";

    /// <summary>Threads of every decoder, filter graph and encoder. It is part of what an encoder writes, so it does not follow the machine.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Longest time of one run.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Most processor time of one run. Ffmpeg watches it itself, so it also ends a run whose node died.</summary>
    public TimeSpan CpuLimit { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Largest output file in bytes.</summary>
    public long OutputByteLimit { get; init; } = 16L << 30;

    /// <summary>Largest single block of memory in bytes that ffmpeg may ask for.</summary>
    public long MemoryBlockLimit { get; init; } = 1L << 30;

    /// <summary>Time between the polite request to stop and the end.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>Ffmpeg or ffprobe failed. Message and log are for operators: they hold paths and what the file made ffmpeg say.</summary>
public sealed class MediaException(string message, int? exitCode = null, string log = "", Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Null if it never ran, or was stopped by a limit.</summary>
    public int? ExitCode { get; } = exitCode;

    /// <summary>End of what it wrote to standard error.</summary>
    public string Log { get; } = log;

    /// <inheritdoc />
    public override string ToString() => Log.Length == 0 ? base.ToString() : $"{base.ToString()}\n{Log}";
}
