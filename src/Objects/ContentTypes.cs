namespace EventPipeline.Objects;

/// <summary>Media types by extension, for objects whose type is not recorded where it is asked for.</summary>
internal static class ContentTypes
{
    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mp4"] = "video/mp4",
        [".mov"] = "video/quicktime",
        [".mkv"] = "video/x-matroska",
        [".webm"] = "video/webm",
        [".avi"] = "video/x-msvideo",
        [".m4a"] = "audio/mp4",
        [".mp3"] = "audio/mpeg",
        [".wav"] = "audio/wav",
        [".flac"] = "audio/flac",
        [".ogg"] = "audio/ogg",
        [".jpg"] = "image/jpeg",
        [".png"] = "image/png",
        [".srt"] = "application/x-subrip",
        [".vtt"] = "text/vtt",
        [".json"] = "application/json",
        [".txt"] = "text/plain",
    };

    public static string Of(string key) =>
        ByExtension.GetValueOrDefault(Path.GetExtension(key), "application/octet-stream");
}
