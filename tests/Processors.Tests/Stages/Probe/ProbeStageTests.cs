using EventPipeline.Contracts;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages.Probe;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Stages.Probe;

public sealed class ProbeStageTests : IDisposable
{
    private readonly StageRun run = new();
    private readonly Ffmpeg ffmpeg = new(new FfmpegOptions());

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData("empty.mp4", "The file is empty.")]
    [InlineData("garbage.mp4", "The file is not a video or sound file of a known kind.")]
    [InlineData("text.mp4", "The file is not a video or sound file of a known kind.")]
    [InlineData("trunc_nomoov.mp4", "The file was cut short: its table of contents")]
    [InlineData("trunc_faststart.mp4", "The file is damaged or cut short: decoding fails somewhere after ")]
    [InlineData("corrupt.mp4", "The file is damaged or cut short: decoding fails somewhere after ")]
    public async Task A_file_that_is_no_usable_video_is_rejected_with_what_to_do(string name, string reason)
    {
        var rejected = await RejectedAsync(Shared($"edge/{name}"));

        rejected.ShouldStartWith(reason);
        rejected.ShouldNotContain("/");
        rejected.ShouldMatch("[Uu]pload|[Ee]xport");
    }

    [Theory]
    [InlineData("audio_only.m4a", false, true)]
    [InlineData("video_only.mp4", true, false)]
    [InlineData("rot.mp4", true, true)]
    public async Task Unusual_but_whole_files_are_accepted(string name, bool video, bool audio)
    {
        var media = await ProbeAsync(Shared($"edge/{name}"));

        (media.HasVideo, media.HasAudio).ShouldBe((video, audio));
        run.Reports.Select(report => report.Percent).ShouldBe(run.Reports.Select(report => report.Percent).Order());
        run.Meter.ChildCpuSeconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_live_recording_gets_the_duration_that_decoding_found()
    {
        var path = await run.MakeAsync(
            "live.webm",
            "-f",
            "lavfi",
            "-i",
            "testsrc=duration=3:size=160x120:rate=25",
            "-c:v",
            "libvpx",
            "-f",
            "webm",
            "-live",
            "1"
        );

        (await ProbeAsync(path)).DurationSeconds.ShouldBe(3, 0.05);
    }

    [Theory]
    [InlineData("cut.mkv")]
    [InlineData("cut.ts")]
    public async Task Half_a_file_is_noticed_also_where_the_container_just_ends(string name)
    {
        var whole = await run.MakeAsync(
            "whole" + Path.GetExtension(name),
            "-f",
            "lavfi",
            "-i",
            "testsrc2=duration=20:size=320x240:rate=25",
            "-c:v",
            "libx264"
        );
        var bytes = await File.ReadAllBytesAsync(whole);
        var half = run.PathOf(name);
        await File.WriteAllBytesAsync(half, bytes[..(bytes.Length / 2)]);

        (await RejectedAsync(half)).ShouldContain("cut short");
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    public async Task A_list_with_the_name_of_a_video_is_rejected(string list)
    {
        var path = run.PathOf("video.mp4");
        await File.WriteAllTextAsync(path, list);

        (await RejectedAsync(path)).ShouldStartWith("The file is not a video or sound file of a known kind.");
    }

    [Fact]
    public async Task A_list_behind_the_first_bytes_of_a_video_is_rejected()
    {
        var path = run.PathOf("video.avi");
        await File.WriteAllTextAsync(path, "RIFF\0\0\0\0AVI #EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n");

        (await RejectedAsync(path)).ShouldStartWith("The file ");
    }

    [Fact]
    public async Task Bytes_that_changed_in_the_store_are_noticed()
    {
        var path = await run.MakeAsync("a.wav", "-f", "lavfi", "-i", "sine=duration=1");
        var source = await run.UploadAsync(path);

        var failure = await Should.ThrowAsync<StageException>(() =>
            run.RunAsync(new ProbeStage(ffmpeg), source with { Sha256 = new string('0', 64) })
        );

        failure.Kind.ShouldBe(FailureKind.Permanent);
        failure.Message.ShouldStartWith("The stored file is no longer what was uploaded.");
    }

    [Fact]
    public async Task Every_limit_has_a_sentence()
    {
        var media = new MediaProbed("mp4", 60, true, true, 640, 480, 25, false, 0, "h264", "aac", 2, 48000, 1, 1, []);
        var limits = new MediaLimits { Bytes = 1000 };

        limits.Broken(media, 2, 1500).ShouldBeNull();
        limits.Broken(media with { DurationSeconds = 21_601 }, 2, 1500)!.ShouldContain("6:00:01 long; at most 6:00:00");
        limits.Broken(media with { Width = 8193 }, 2, 1500)!.ShouldContain("8193 x 480 pixels");
        limits.Broken(media with { Width = 0 }, 2, 1500)!.ShouldContain("size of its picture");
        limits.Broken(media, 33, 1500)!.ShouldContain("33 streams");
        limits.Broken(media, 2, 3e6)!.ShouldContain("3000000 pictures");
        limits
            .Broken(media with { HasVideo = false, HasAudio = false }, 1, 0)!
            .ShouldContain("neither a picture nor sound");
        var path = await run.MakeAsync("a.wav", "-f", "lavfi", "-i", "sine=duration=1");
        var large = await Should.ThrowAsync<StageException>(async () =>
            await run.RunAsync(new ProbeStage(ffmpeg, limits), await run.UploadAsync(path))
        );
        large.Message.ShouldContain("MB large");
    }

    private async Task<MediaProbed> ProbeAsync(string path) =>
        (await run.RunAsync(new ProbeStage(ffmpeg), await run.UploadAsync(path)))
            .Facts.ShouldHaveSingleItem()
            .ShouldBeOfType<MediaProbed>();

    private async Task<string> RejectedAsync(string path)
    {
        var source = await run.UploadAsync(path);
        var failure = await Should.ThrowAsync<StageException>(() => run.RunAsync(new ProbeStage(ffmpeg), source));
        failure.Kind.ShouldBe(FailureKind.Rejected);
        return failure.Message;
    }

    private static string Shared(string name)
    {
        Assert.SkipUnless(SharedMedia.Find(name) is not null, SharedMedia.HowToGet);
        return SharedMedia.Find(name)!;
    }
}
