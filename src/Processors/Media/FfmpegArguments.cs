namespace EventPipeline.Processors.Media;

/// <summary>Argument lists for ffmpeg and ffprobe.</summary>
internal static class FfmpegArguments
{
    /// <summary>Containers that may be opened. No playlist format is among them: a playlist names other files and addresses.</summary>
    public const string Formats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,wav,mp3,flac,ogg,flv";

    /// <summary>Where bytes may come from: no network, and no protocol that wraps another.</summary>
    public const string Protocols = "file,pipe";

    /// <summary>Largest picture that is decoded, also when a stream grows after it was probed: 8192 x 8192.</summary>
    public const int PixelLimit = 8192 * 8192;

    /// <summary>For ffmpeg.</summary>
    public static List<string> Of(MediaCommand command, FfmpegOptions options, string level, bool progress)
    {
        var threads = options.Threads.ToString();
        List<string> arguments =
        [
            "-hide_banner",
            "-nostdin",
            "-nostats",
            "-y",
            "-loglevel",
            level,
            "-max_alloc",
            options.MemoryBlockLimit.ToString(),
            "-timelimit",
            ((long)options.CpuLimit.TotalSeconds).ToString(),
            "-filter_threads",
            threads,
            "-filter_complex_threads",
            threads,
        ];
        if (progress)
            arguments.AddRange(["-progress", "pipe:1", "-stats_period", "0.5"]);
        foreach (var input in command.Inputs)
        {
            arguments.AddRange(["-threads", threads, "-max_pixels", PixelLimit.ToString()]);
            arguments.AddRange(input.Options);
            arguments.AddRange(Guarded(input.Path)); // last, because the last one of an option wins
        }
        arguments.AddRange(["-threads", threads]);
        if (command.Output[^1] != "-")
            arguments.AddRange(["-fs", options.OutputByteLimit.ToString()]);
        arguments.AddRange(command.Output);
        return arguments;
    }

    /// <summary>For ffprobe with an answer in JSON.</summary>
    public static List<string> OfProbe(string path, IReadOnlyList<string> arguments) =>
        ["-hide_banner", "-loglevel", "error", "-of", "json", .. arguments, .. Guarded(path)];

    /// <summary>A name is never taken for an option, an address or a pattern.</summary>
    private static string[] Guarded(string path) =>
        ["-protocol_whitelist", Protocols, "-format_whitelist", Formats, "-i", "file:" + path];
}
