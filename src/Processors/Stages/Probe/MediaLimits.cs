using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Probe;

/// <summary>What is too large to be worked on.</summary>
internal sealed record MediaLimits
{
    /// <summary>Size of the file.</summary>
    public long Bytes { get; init; } = 16L << 30;

    /// <summary>Length.</summary>
    public double Seconds { get; init; } = 6 * 3600;

    /// <summary>Width and height.</summary>
    public int Side { get; init; } = 8192;

    /// <summary>Streams of all kinds.</summary>
    public int Streams { get; init; } = 32;

    /// <summary>Pictures: six hours at 120 a second.</summary>
    public double Frames { get; init; } = 6 * 3600 * 120;

    /// <summary>The first limit that a file breaks, as a sentence for its owner; null if it keeps all.</summary>
    public string? Broken(MediaProbed media, int streams, double frames) =>
        !media.HasVideo && !media.HasAudio
            ? "The file holds neither a picture nor sound. Upload a video or a sound file."
        : streams > Streams
            ? $"The file holds {streams} streams; at most {Streams} are accepted. Export it with one picture and one sound track."
        : media.HasVideo && (media.Width < 1 || media.Height < 1)
            ? "The file does not tell the size of its picture. Export it again, for example as MP4."
        : media.Width > Side || media.Height > Side
            ? $"The picture is {media.Width} x {media.Height} pixels; at most {Side} on a side are accepted. Export it smaller."
        : media.DurationSeconds > Seconds
            ? $"The file is {Length(media.DurationSeconds)} long; at most {Length(Seconds)} are accepted. Cut it into parts."
        : frames > Frames
            ? $"The file holds about {frames:0} pictures; at most {Frames:0} are accepted. Export it with a lower frame rate."
        : null;

    /// <summary>A length as people write it: 4:58, or 1:02:03.</summary>
    public static string Length(double seconds)
    {
        var whole = TimeSpan.FromSeconds(Math.Floor(seconds));
        return whole.TotalHours >= 1
            ? $"{(int)whole.TotalHours}:{whole.Minutes:00}:{whole.Seconds:00}"
            : $"{whole.Minutes}:{whole.Seconds:00}";
    }
}
