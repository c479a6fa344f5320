namespace EventPipeline.Contracts;

// All times are seconds on the source timeline, all regions are pixels of the picture as it is shown (after rotation).

/// <summary>A fact too large for an event (over 256 KiB): it lies in the object store.</summary>
/// <param name="FactType">Its name in <see cref="EventTypes"/>.</param>
public sealed record FactStored(string FactType, ArtifactReference Document) : Fact;

/// <summary>What ffprobe says of the source, normalised, after every frame was decoded once without an error.</summary>
/// <param name="FrameRate">Average frames per second; 0 without video.</param>
/// <param name="Rotation">Clockwise degrees that a player turns the stored picture by: 0, 90, 180 or 270. Width and height are after it.</param>
/// <param name="SampleRate">Audio samples per second; 0 without audio.</param>
public sealed record MediaProbed(
    string Container,
    double DurationSeconds,
    bool HasVideo,
    bool HasAudio,
    int Width,
    int Height,
    double FrameRate,
    bool IsVariableFrameRate,
    int Rotation,
    string? VideoCodec,
    string? AudioCodec,
    int Channels,
    int SampleRate,
    int VideoStreams,
    int AudioStreams,
    IReadOnlyList<SubtitleStream> Subtitles
) : Fact;

/// <summary>A subtitle stream of the source.</summary>
/// <param name="Index">Its place among the subtitle streams, from 0 (ffmpeg's <c>0:s:INDEX</c>).</param>
/// <param name="IsText">Whether it can be turned into text; pictures (DVD, Blu-ray) cannot.</param>
public sealed record SubtitleStream(int Index, string Codec, string? Language, bool IsText);

/// <summary>Stretches without sound.</summary>
/// <param name="NoiseFloorDecibels">Estimated level of the room, dBFS.</param>
/// <param name="ThresholdDecibels">What counted as silence, dBFS; it follows the noise floor.</param>
/// <param name="MinimumSeconds">Shorter ones are left out.</param>
public sealed record SilencesDetected(
    double NoiseFloorDecibels,
    double ThresholdDecibels,
    double MinimumSeconds,
    IReadOnlyList<TimeRange> Regions
) : Fact;

/// <summary>Cuts and fades, and the scenes between them.</summary>
public sealed record ScenesDetected(IReadOnlyList<SceneCut> Cuts, IReadOnlyList<TimeRange> Scenes) : Fact;

/// <summary>A change of picture.</summary>
/// <param name="Time">First frame of the new scene.</param>
/// <param name="Score">Strength, 0 to 100 (ffmpeg's scdet); 100 for a fade.</param>
public sealed record SceneCut(double Time, double Score, SceneCutKind Kind);

/// <summary>How the picture changes.</summary>
public enum SceneCutKind
{
    /// <summary>From one frame to the next.</summary>
    Cut,

    /// <summary>Through black.</summary>
    Fade,
}

/// <summary>Quality of the picture over time.</summary>
/// <param name="Black">Stretches that are black.</param>
/// <param name="Frozen">Stretches where nothing moves (a slide stands).</param>
/// <param name="MeanBlur">Mean of ffmpeg's blurdetect, higher is blurrier; null where it could not be measured.</param>
public sealed record PictureMeasured(IReadOnlyList<TimeRange> Black, IReadOnlyList<TimeRange> Frozen, double? MeanBlur)
    : Fact;

/// <summary>Loudness after EBU R 128.</summary>
/// <param name="IntegratedLufs">Over the whole source; null if it is silent.</param>
/// <param name="PerSecondLufs">Short-term loudness once a second; -120 where there is none.</param>
public sealed record LoudnessMeasured(
    double? IntegratedLufs,
    double? RangeLufs,
    double? TruePeakDecibels,
    IReadOnlyList<double> PerSecondLufs
) : Fact;

/// <summary>Where a voice is heard, and how the speech was cut for transcription. Empty chunks: no speech, or captions win.</summary>
public sealed record SpeechDetected(IReadOnlyList<TimeRange> Regions, IReadOnlyList<SpeechChunk> Chunks) : Fact;

/// <summary>Speech that is transcribed as one work item.</summary>
/// <param name="Name">The item's name, <c>chunk-0001</c> and so on.</param>
/// <param name="Pieces">Stretches of the source timeline, joined in <paramref name="Audio"/> in this order without gaps.</param>
/// <param name="Audio">WAV, 16 kHz, mono, 16 bits.</param>
public sealed record SpeechChunk(string Name, IReadOnlyList<TimeRange> Pieces, ArtifactReference Audio);

/// <summary>Which regions of the picture hold what, stable over the whole video.</summary>
/// <param name="Screen">Slides or a shared screen; null if there is none.</param>
/// <param name="Camera">The speaker; null if there is none.</param>
/// <param name="Face">Median box of the speaker's face; null if none was found.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record LayoutDetected(
    LayoutKind Kind,
    PictureRegion? Screen,
    PictureRegion? Camera,
    PictureRegion? Face,
    double Confidence
) : Fact;

/// <summary>How screen and camera share the picture.</summary>
public enum LayoutKind
{
    /// <summary>Neither was found.</summary>
    Unknown,

    /// <summary>Slides or a screen fill the picture.</summary>
    ScreenOnly,

    /// <summary>The camera fills the picture.</summary>
    CameraOnly,

    /// <summary>The camera lies on the screen.</summary>
    PictureInPicture,

    /// <summary>Screen and camera stand beside each other.</summary>
    SideBySide,
}

/// <summary>A box in pixels, origin at the top left.</summary>
public readonly record struct PictureRegion(int X, int Y, int Width, int Height);

/// <summary>What was said in a chunk.</summary>
/// <param name="Dropped">Invented text that was thrown away: text where no voice was found, endless repetition.</param>
public sealed record ChunkTranscribed(
    string Chunk,
    string Language,
    string Engine,
    IReadOnlyList<TranscriptSegment> Segments,
    int Dropped
) : Fact;

/// <summary>The whole transcript.</summary>
/// <param name="Engine">Engine and model, or <c>captions</c>.</param>
/// <param name="Document">The transcript as JSON: segments with words.</param>
public sealed record TranscriptProduced(
    TranscriptSource Source,
    string Language,
    string Engine,
    IReadOnlyList<TranscriptSegment> Segments,
    int Dropped,
    ArtifactReference Document,
    ArtifactReference Srt,
    ArtifactReference Vtt
) : Fact;

/// <summary>Where a transcript's words come from.</summary>
public enum TranscriptSource
{
    /// <summary>There is no speech.</summary>
    None,

    /// <summary>A text subtitle stream of the source.</summary>
    Captions,

    /// <summary>Speech recognition.</summary>
    Speech,
}

/// <summary>A sentence or a caption.</summary>
/// <param name="Confidence">0 to 1.</param>
public sealed record TranscriptSegment(
    double Start,
    double End,
    string Text,
    double Confidence,
    IReadOnlyList<TranscriptWord> Words
);

/// <summary>A word with its time.</summary>
/// <param name="IsEstimated">Its time was interpolated, not aligned to the sound.</param>
public sealed record TranscriptWord(double Start, double End, string Text, double Confidence, bool IsEstimated);

/// <summary>The video cut into stretches that are about one thing each.</summary>
/// <param name="Method">Algorithm or model, and version.</param>
/// <param name="Signals">What it rested on: <c>speech</c>, <c>scenes</c>, <c>loudness</c>.</param>
public sealed record SegmentsAnalyzed(
    string Method,
    IReadOnlyList<string> Signals,
    IReadOnlyList<ContentSegment> Segments
) : Fact;

/// <summary>A stretch about one topic.</summary>
/// <param name="Importance">0 to 1.</param>
/// <param name="Measures">Named inputs of the score, each 0 to 1, so that the score can be computed again with other weights.</param>
public sealed record ContentSegment(
    double Start,
    double End,
    string Topic,
    IReadOnlyList<string> Keywords,
    double Importance,
    IReadOnlyDictionary<string, double> Measures
);

/// <summary>The chosen highlights, in the order of the timeline, and what was left out and why.</summary>
public sealed record HighlightsSelected(
    string WeightsVersion,
    IReadOnlyList<string> Signals,
    IReadOnlyList<Highlight> Highlights,
    IReadOnlyList<RemovedRegion> Removed
) : Fact;

/// <summary>One highlight.</summary>
/// <param name="Name">The item's name, <c>clip-001</c> and so on.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Reason">Why it was chosen, one sentence.</param>
/// <param name="Contributions">What each measure added to the score.</param>
public sealed record Highlight(
    string Name,
    double Start,
    double End,
    string Title,
    double Score,
    string Reason,
    IReadOnlyDictionary<string, double> Contributions
);

/// <summary>A stretch that no clip shows.</summary>
public sealed record RemovedRegion(double Start, double End, string Reason);

/// <summary>A clip lies in the object store.</summary>
/// <param name="Start">Wanted start on the source timeline.</param>
/// <param name="DurationSeconds">Measured on the result.</param>
/// <param name="StartErrorSeconds">Measured on the result: which source frame its first frame is, against the wanted start.</param>
public sealed record ClipProduced(
    string Name,
    ClipVariant Variant,
    double Start,
    double End,
    double DurationSeconds,
    double StartErrorSeconds,
    bool BurnedSubtitles,
    ArtifactReference Video,
    ArtifactReference? Srt,
    ArtifactReference? Vtt,
    ArtifactReference? Thumbnail
) : Fact;

/// <summary>Pictures to scrub by.</summary>
/// <param name="Sprite">All thumbnails on one sheet; null without video.</param>
/// <param name="SpriteVtt">WebVTT that maps times to boxes of the sheet.</param>
/// <param name="Waveform">Picture of the sound; null without audio.</param>
public sealed record StoryboardProduced(
    IReadOnlyList<Thumbnail> Thumbnails,
    ArtifactReference? Sprite,
    ArtifactReference? SpriteVtt,
    ArtifactReference? Waveform
) : Fact;

/// <summary>A picture at a time.</summary>
public sealed record Thumbnail(double Time, ArtifactReference Picture);

/// <summary>What <c>debug.echo</c> was given.</summary>
public sealed record Echoed(string Text) : Fact;
