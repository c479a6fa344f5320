namespace EventPipeline.Contracts;

/// <summary>Keys in the object store. A key that carries a hash names content: storing it twice is storing it once, so a
/// repeated attempt leaves nothing behind. "hash" is the first 16 digits of the content's SHA-256.</summary>
public static class ObjectKeys
{
    /// <summary>The uploaded file, for example <c>videos/raw/{asset}/original.mp4</c>.</summary>
    /// <param name="extension">With the dot, lower case.</param>
    public static string Source(Guid videoId, string extension) => $"videos/raw/{videoId}/original{extension}";

    /// <summary>A clip's file; <paramref name="name"/> is the item's name, <c>clip-001</c>.</summary>
    public static string Clip(Guid videoId, string name, string sha256, string extension) =>
        $"videos/clips/{videoId}/{Underscored(name)}.{Short(sha256)}{extension}";

    /// <summary>A picture: thumbnail of a clip, sprite, waveform.</summary>
    public static string Thumbnail(Guid videoId, string name, string sha256, string extension) =>
        $"thumbnails/{videoId}/{Underscored(name)}.{Short(sha256)}{extension}";

    /// <summary>Transcript files.</summary>
    public static string Transcript(Guid videoId, string sha256, string extension) =>
        $"transcripts/{videoId}/transcript.{Short(sha256)}{extension}";

    /// <summary>Sound cut out for transcription.</summary>
    public static string Audio(Guid videoId, string name, string sha256) =>
        $"audio/{videoId}/{Underscored(name)}.{Short(sha256)}.wav";

    /// <summary>A fact document, or a large fact.</summary>
    public static string Facts(Guid videoId, string stage, string sha256) =>
        $"facts/{videoId}/{stage}.{Short(sha256)}.json";

    /// <summary>What every key of a video begins with one of.</summary>
    public static IReadOnlyList<string> OfVideo(Guid videoId) =>
        [
            $"videos/raw/{videoId}/",
            $"videos/clips/{videoId}/",
            $"thumbnails/{videoId}/",
            $"transcripts/{videoId}/",
            $"audio/{videoId}/",
            $"facts/{videoId}/",
        ];

    private static string Underscored(string name) => name.Replace('-', '_');

    private static string Short(string sha256) => sha256[..16];
}
