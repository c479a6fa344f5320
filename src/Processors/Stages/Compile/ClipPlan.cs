using System.Globalization;
using EventPipeline.Contracts;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Stages.Compile;

/// <summary>How one clip is cut, framed and encoded. Pure: the same plan gives the same arguments, and the same arguments give
/// the same bytes (fixed threads, nothing of the time or the machine in the file).</summary>
/// <param name="Range">On the source timeline; it ends no later than the source.</param>
/// <param name="SubtitleFile">Plain name of a file in the working directory that is drawn into the picture; null for none.</param>
internal sealed record ClipPlan(
    MediaProbed Media,
    TimeRange Range,
    ClipVariant Variant,
    LayoutDetected? Layout,
    string? SubtitleFile
)
{
    /// <summary>Long enough not to click, too short to be heard as a fade.</summary>
    private const double FadeSeconds = 0.02;

    /// <summary>In a source of variable frame rate, the picture that stands at the start may have come this much earlier.</summary>
    private const double LeadSeconds = 10;

    /// <summary>File name extension of the result.</summary>
    public string Extension => Media.HasVideo ? ".mp4" : ".m4a";

    /// <summary>Media type of the result.</summary>
    public string ContentType => Media.HasVideo ? "video/mp4" : "audio/mp4";

    /// <summary>Filters from the source's picture to the clip's, without timing and subtitles; not empty.</summary>
    public string Framing =>
        Variant == ClipVariant.Split ? PortraitFraming.Filters(Media.Width, Media.Height, Layout)
        : Media.Width % 2 + Media.Height % 2 > 0 ? "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0"
        : "null";

    /// <summary>How much earlier than the start the source is read, in seconds.</summary>
    public double Lead =>
        Media is { HasVideo: true, IsVariableFrameRate: true } ? Math.Min(LeadSeconds, Range.Start) : 0;

    /// <summary>Filter that makes a variable frame rate even, so that there is a picture at every time; null where it is even.</summary>
    public string? EvenPictures =>
        Media.IsVariableFrameRate ? $"fps={Seconds(Math.Clamp(Media.FrameRate, 1, 60))}:start_time=0" : null;

    /// <summary>The run that makes the clip.</summary>
    public MediaCommand Command(string source, string output, string workingDirectory)
    {
        List<string> arguments = [];
        if (Media.HasVideo)
            arguments.AddRange(["-filter_complex", $"[0:v:0]{VideoFilters()}[v]", "-map", "[v]"]);
        if (Media.HasAudio)
            arguments.AddRange(["-map", "0:a:0", "-af", AudioFilters()]);
        if (Media.HasVideo)
            arguments.AddRange([
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-crf",
                "21",
                "-pix_fmt",
                "yuv420p",
                "-profile:v",
                "high",
            ]);
        if (Media.HasAudio)
            arguments.AddRange(["-c:a", "aac", "-b:a", "128k", "-ac", Media.Channels == 1 ? "1" : "2"]);
        arguments.AddRange([
            "-sn",
            "-dn",
            "-map_metadata",
            "-1",
            "-map_chapters",
            "-1",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-flags:a",
            "+bitexact",
            "-movflags",
            "+faststart",
            output,
        ]);
        var input = new MediaInput(source, "-ss", Seconds(Range.Start - Lead), "-t", Seconds(Range.Duration + Lead));
        return new MediaCommand([input], arguments, Range.Duration, workingDirectory);
    }

    private string VideoFilters()
    {
        List<string> filters = [];
        if (EvenPictures is { } even)
            // The clip begins with what stands at its start, and not with the next change.
            filters.AddRange([
                even,
                $"trim=start={Seconds(Lead)}:duration={Seconds(Range.Duration)}",
                "setpts=PTS-STARTPTS",
            ]);
        filters.Add(Framing);
        if (SubtitleFile is not null)
            filters.Add($"subtitles={SubtitleFile}:force_style='{SubtitleStyle}'");
        return string.Join(',', filters);
    }

    private string AudioFilters()
    {
        var fade = Math.Min(FadeSeconds, Range.Duration / 4);
        var cut = Lead > 0 ? $"atrim=start={Seconds(Lead)},asetpts=PTS-STARTPTS," : "";
        return $"{cut}afade=t=in:d={Seconds(fade)},afade=t=out:st={Seconds(Range.Duration - fade)}:d={Seconds(fade)}";
    }

    /// <summary>Sizes are of a picture 288 high, which is how libass reads SubRip.</summary>
    private string SubtitleStyle =>
        Variant == ClipVariant.Split
            ? "FontName=DejaVu Sans,FontSize=8,Outline=1,MarginV=24"
            : "FontName=DejaVu Sans,FontSize=16,Outline=1,MarginV=16";

    private static string Seconds(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
