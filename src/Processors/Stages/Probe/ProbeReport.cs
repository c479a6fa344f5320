using System.Globalization;
using System.Text.Json;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Probe;

/// <summary>Makes sense of ffprobe's answer. Pure.</summary>
internal static class ProbeReport
{
    /// <summary>What ffprobe is asked for.</summary>
    public static readonly IReadOnlyList<string> Arguments = ["-show_format", "-show_streams"];

    private static readonly HashSet<string> TextSubtitles = new(StringComparer.Ordinal)
    {
        "subrip",
        "ass",
        "ssa",
        "mov_text",
        "webvtt",
        "text",
        "ttml",
    };

    /// <summary>Reads an answer to <see cref="Arguments"/>. Cover art is no video. The duration is 0 where the file does not tell it.</summary>
    public static MediaProbed Read(JsonElement report, string container)
    {
        var streams = report.TryGetProperty("streams", out var list) ? list.EnumerateArray().ToList() : [];
        var videos = streams.Where(stream => Text(stream, "codec_type") == "video" && !IsCover(stream)).ToList();
        var audios = streams.Where(stream => Text(stream, "codec_type") == "audio").ToList();
        var subtitles = streams.Where(stream => Text(stream, "codec_type") == "subtitle").ToList();
        JsonElement? video = videos.Count > 0 ? videos[0] : null;
        JsonElement? audio = audios.Count > 0 ? audios[0] : null;
        var rotation = video is { } turned ? Rotation(turned) : 0;
        var (width, height) = (Number(video, "width"), Number(video, "height"));
        return new MediaProbed(
            container,
            Duration(report, [.. videos, .. audios]),
            video is not null,
            audio is not null,
            rotation is 90 or 270 ? height : width,
            rotation is 90 or 270 ? width : height,
            Math.Round(
                FrameRate(video, "avg_frame_rate") is > 0 and var rate ? rate : FrameRate(video, "r_frame_rate"),
                4
            ),
            video is { } timed && IsVariable(timed),
            rotation,
            Text(video, "codec_name"),
            Text(audio, "codec_name"),
            Number(audio, "channels"),
            Number(audio, "sample_rate"),
            videos.Count,
            audios.Count,
            [.. subtitles.Select(Subtitle)]
        );
    }

    /// <summary>Frames of the first video stream, counted by the container or estimated.</summary>
    public static double Frames(JsonElement report, MediaProbed media) =>
        report.TryGetProperty("streams", out var streams)
            ? streams
                .EnumerateArray()
                .Where(stream => Text(stream, "codec_type") == "video" && !IsCover(stream))
                .Select(stream => (double)Number(stream, "nb_frames"))
                .Append(media.DurationSeconds * media.FrameRate)
                .Max()
            : 0;

    private static SubtitleStream Subtitle(JsonElement stream, int index)
    {
        var codec = Text(stream, "codec_name") ?? "unknown";
        var language = Tag(stream, "language");
        return new SubtitleStream(index, codec, language is "und" ? null : language, TextSubtitles.Contains(codec));
    }

    private static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition)
        && (Number(disposition, "attached_pic") == 1 || Number(disposition, "timed_thumbnails") == 1);

    /// <summary>Clockwise, to a quarter turn. Ffprobe's display matrix counts the other way; files of old say it in a tag.</summary>
    private static int Rotation(JsonElement stream)
    {
        var degrees = stream.TryGetProperty("side_data_list", out var list)
            ? list.EnumerateArray()
                .Where(data => data.TryGetProperty("rotation", out _))
                .Select(data => (double?)-data.GetProperty("rotation").GetDouble())
                .FirstOrDefault()
            : null;
        degrees ??= Seconds(Tag(stream, "rotate")) ?? 0;
        return (int)Math.Round(degrees.Value / 90) * 90 % 360 is var turn && turn < 0 ? turn + 360 : turn;
    }

    /// <summary>The mean rate differs from the finest one by more than rounding explains. Interlaced pictures count twice in the latter.</summary>
    private static bool IsVariable(JsonElement stream)
    {
        var (mean, finest) = (FrameRate(stream, "avg_frame_rate"), FrameRate(stream, "r_frame_rate"));
        if (mean == 0 || finest == 0)
            return false;
        var interlaced = Text(stream, "field_order") is { } order and not ("progressive" or "unknown");
        return Math.Abs(finest / mean - 1) > 0.01 && !(interlaced && Math.Abs(finest / mean - 2) < 0.02);
    }

    private static double Duration(JsonElement report, IReadOnlyList<JsonElement> streams) =>
        report.TryGetProperty("format", out var format) && Seconds(Text(format, "duration")) is > 0 and var whole
            ? whole
            : streams
                .Select(stream => Seconds(Text(stream, "duration")) ?? ClockTime(Tag(stream, "DURATION")) ?? 0)
                .DefaultIfEmpty(0)
                .Max();

    private static double FrameRate(JsonElement? stream, string name) =>
        Text(stream, name)?.Split('/') is [var above, var below]
        && Seconds(above) is { } numerator
        && Seconds(below) is > 0 and var denominator
            ? numerator / denominator
            : 0;

    private static double? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : null;

    private static double? ClockTime(string? text) =>
        text?.Split(':') is [var hours, var minutes, var seconds]
            ? 3600 * Seconds(hours) + 60 * Seconds(minutes) + Seconds(seconds)
            : null;

    private static string? Tag(JsonElement stream, string name) =>
        stream.TryGetProperty("tags", out var tags) ? Text(tags, name) : null;

    private static string? Text(JsonElement? element, string name) =>
        element is { } given && given.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static int Number(JsonElement? element, string name) =>
        element is not { } given || !given.TryGetProperty(name, out var value) ? 0
        : value.ValueKind == JsonValueKind.Number ? value.GetInt32()
        : int.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var parsed) ? parsed
        : 0;
}
