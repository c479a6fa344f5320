using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Tests.Media;

/// <summary>Files that ask ffmpeg to open other files. Each test first shows that a careless ffmpeg obeys, so that it cannot pass for the wrong
/// reason. Not covered: flaws of decoders.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly Ffmpeg ffmpeg = new(new FfmpegOptions());
    private readonly Workspace folder = Workspace.Create(Path.GetTempPath());

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_playlist_with_the_name_of_a_video_opens_nothing()
    {
        await MakeSecretAsync("secret.ts");
        var hostile = Write("video.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n");

        (await CarelessProbeAsync(hostile)).ShouldBe(0);
        await ShouldBeRefusedAsync(hostile);
    }

    [Fact]
    public async Task A_list_of_files_with_the_name_of_a_video_opens_nothing()
    {
        await MakeSecretAsync("secret.ts");
        var hostile = Write("video.mp4", "ffconcat version 1.0\nfile secret.ts\n");

        (await CarelessProbeAsync(hostile)).ShouldBe(0);
        await ShouldBeRefusedAsync(hostile);
    }

    [Fact]
    public async Task A_playlist_behind_a_link_opens_nothing()
    {
        await MakeSecretAsync("secret.ts");
        var playlist = Write("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n");
        var link = folder.PathOf("link.mp4");
        File.CreateSymbolicLink(link, playlist);

        (await CarelessProbeAsync(link)).ShouldBe(0);
        await ShouldBeRefusedAsync(link);
    }

    [Theory]
    [InlineData("concat:secret.ts|secret.ts")]
    [InlineData("subfile,,start,0,end,0,,:secret.ts")]
    [InlineData("http://127.0.0.1:9/secret.ts")]
    public async Task A_name_that_is_an_address_is_only_a_name(string name)
    {
        await MakeSecretAsync("secret.ts");

        await ShouldBeRefusedAsync(name);
    }

    [Fact]
    public async Task A_text_file_behind_a_link_is_not_read()
    {
        var link = folder.PathOf("passwd.mp4");
        File.CreateSymbolicLink(link, "/etc/passwd");

        await ShouldBeRefusedAsync(link);
    }

    [Fact]
    public async Task A_generator_cannot_be_named_as_input()
    {
        var failure = await Should.ThrowAsync<MediaException>(() =>
            ffmpeg.RunAsync(
                new MediaCommand([new("movie=/etc/passwd", "-f", "lavfi")], ["-f", "null", "-"]),
                TestContext.Current.CancellationToken
            )
        );

        failure.Log.ShouldContain("not on whitelist");
    }

    private async Task ShouldBeRefusedAsync(string path)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await Should.ThrowAsync<MediaException>(() => ffmpeg.ProbeAsync(path, cancellation, "-show_streams"));
        await Should.ThrowAsync<MediaException>(() =>
            ffmpeg.RunAsync(
                new MediaCommand([new(path)], ["-f", "null", "-"], WorkingDirectory: folder.Folder),
                cancellation
            )
        );
    }

    private async Task<int> CarelessProbeAsync(string path) =>
        (
            await ProcessRunner.RunAsync(
                "ffprobe",
                ["-v", "error", "-allowed_extensions", "ALL", "-show_streams", path],
                TestContext.Current.CancellationToken
            )
        ).ExitCode;

    private async Task MakeSecretAsync(string name) =>
        await ProcessRunner.RunAsync(
            "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", "sine=duration=1", folder.PathOf(name)],
            TestContext.Current.CancellationToken
        );

    private string Write(string name, string text)
    {
        var path = folder.PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }
}
