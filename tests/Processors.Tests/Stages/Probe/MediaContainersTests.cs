using CsCheck;
using EventPipeline.Processors.Stages.Probe;

namespace EventPipeline.Processors.Tests.Stages.Probe;

public sealed class MediaContainersTests : IDisposable
{
    private readonly StageRun run = new();

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData("a.mp4", "mp4")]
    [InlineData("a.mov", "mov")]
    [InlineData("a.mkv", "matroska")]
    [InlineData("a.webm", "webm")]
    [InlineData("a.avi", "avi")]
    [InlineData("a.ts", "mpegts")]
    [InlineData("a.wav", "wav")]
    [InlineData("a.mp3", "mp3")]
    [InlineData("a.flac", "flac")]
    [InlineData("a.ogg", "ogg")]
    [InlineData("a.flv", "flv")]
    public async Task What_ffmpeg_writes_is_recognised(string name, string container)
    {
        var path = await run.MakeAsync(name, "-f", "lavfi", "-i", "sine=duration=1:sample_rate=44100");

        MediaContainers.Recognise(await File.ReadAllBytesAsync(path)).ShouldBe(container);
    }

    [Fact]
    public async Task A_song_without_a_tag_is_recognised()
    {
        var path = await run.MakeAsync(
            "a.mp3",
            "-f",
            "lavfi",
            "-i",
            "sine=duration=1:sample_rate=44100",
            "-id3v2_version",
            "0",
            "-write_xing",
            "0"
        );

        MediaContainers.Recognise(await File.ReadAllBytesAsync(path)).ShouldBe("mp3");
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello world")]
    [InlineData("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    [InlineData("<html>")]
    public void Text_is_no_container(string text) =>
        MediaContainers.Recognise(System.Text.Encoding.UTF8.GetBytes(text)).ShouldBeNull();

    [Fact]
    public void Any_bytes_have_an_answer() =>
        Gen.Byte.Array[0, 2000].Sample(bytes => MediaContainers.Recognise(bytes) is null or { Length: > 0 });
}
