using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventPipeline.Host.Processing;

// The document of `process --json`: its members are a contract with scripts. Seconds throughout; paths relative to the result folder.

/// <summary>What a job found and where its files are.</summary>
internal sealed record JobDocument(
    Guid JobId,
    Guid VideoId,
    string Status,
    string? Reason,
    JobDocument.MediaPart? Media,
    IReadOnlyList<JobDocument.StagePart> Stages,
    JobDocument.TranscriptPart? Transcript,
    string? Silences,
    string? Scenes,
    IReadOnlyList<JobDocument.SegmentPart> Segments,
    IReadOnlyList<string> Signals,
    IReadOnlyList<JobDocument.HighlightPart> Highlights,
    IReadOnlyList<JobDocument.ClipPart> Clips,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JobDocument.StoryboardPart? Storyboard,
    double ElapsedSeconds,
    double? RealTimeFactor
)
{
    public string Write() => JsonSerializer.Serialize(this, DocumentJson.Indented);

    internal sealed record MediaPart(double DurationSeconds, int Width, int Height, double FrameRate, bool HasAudio);

    internal sealed record StagePart(
        string Stage,
        string? Version,
        string Status,
        int Items,
        int Attempts,
        double Seconds
    );

    internal sealed record TranscriptPart(
        string Source,
        string Language,
        string Engine,
        string Path,
        string Srt,
        string Vtt,
        int Segments,
        int Words
    );

    internal sealed record SegmentPart(
        double Start,
        double End,
        string Topic,
        IReadOnlyList<string> Keywords,
        double Importance
    );

    internal sealed record HighlightPart(double Start, double End, string Title, double Score, string Reason);

    internal sealed record ClipPart(
        string Path,
        double Start,
        double End,
        double DurationSeconds,
        double StartErrorSeconds,
        string? Srt,
        string? Vtt,
        string? Thumbnail,
        string Sha256
    );

    /// <param name="Sprite">Null without video, as is its VTT.</param>
    /// <param name="Waveform">Null without audio.</param>
    internal sealed record StoryboardPart(
        string? Sprite,
        string? Vtt,
        string? Waveform,
        IReadOnlyList<ThumbnailPart> Thumbnails
    );

    internal sealed record ThumbnailPart(double Time, string Path);
}
