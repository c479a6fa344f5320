using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Faults.Gathering;

/// <summary>A second of picture and sound, made once.</summary>
internal static class TinyVideo
{
    private static Task<byte[]>? made;

    public static Task<byte[]> GetAsync() => made ??= MakeAsync();

    private static async Task<byte[]> MakeAsync()
    {
        using var folder = new TestSupport.TemporaryFolder();
        await FfmpegTool.RunAsync(
            folder.Path,
            [
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=160x90:rate=10:duration=1",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-c:v",
                "libx264",
                "-c:a",
                "aac",
                "-shortest",
                "tiny.mp4",
            ],
            CancellationToken.None
        );
        return await File.ReadAllBytesAsync(folder["tiny.mp4"]);
    }
}
