using EventPipeline.Contracts;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages.Storyboard;

namespace EventPipeline.Processors.Tests.Stages.Storyboard;

public sealed class StoryboardStageTests : IDisposable
{
    private readonly StageBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_video_gets_thumbnails_a_sheet_with_a_map_and_a_waveform()
    {
        var source = await SourceAsync();
        var board = await RunAsync(source, StageBench.Probed(12));

        board.Thumbnails.Count.ShouldBe(12);
        board
            .Thumbnails.Select(thumbnail => thumbnail.Time)
            .ShouldBe(Enumerable.Range(0, 12).Select(second => (double)second));
        board.Thumbnails.ShouldAllBe(thumbnail => thumbnail.Picture.ContentType == "image/jpeg");
        (await SizeAsync(board.Thumbnails[3].Picture)).ShouldBe((320, 180));
        (await SizeAsync(board.Sprite.ShouldNotBeNull())).ShouldBe((1600, 180));
        (await SizeAsync(board.Waveform.ShouldNotBeNull())).ShouldBe((1200, 120));
        var map = await File.ReadAllTextAsync(
            bench.FileOf(board.SpriteVtt.ShouldNotBeNull()),
            TestContext.Current.CancellationToken
        );
        map.ShouldStartWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n");
        map.ShouldContain($"00:00:11.000 --> 00:00:12.000\n{Path.GetFileName(board.Sprite.Key)}#xywh=160,90,160,90\n");
    }

    [Fact]
    public async Task A_thumbnail_shows_its_own_second()
    {
        // Black for three seconds, then white.
        var source = await bench.MakeAsync(
            "two.mp4",
            "-f",
            "lavfi",
            "-i",
            "color=black:s=320x180:r=25:d=3",
            "-f",
            "lavfi",
            "-i",
            "color=white:s=320x180:r=25:d=3",
            "-filter_complex",
            "[0:v][1:v]concat=n=2"
        );
        var board = await RunAsync(source, StageBench.Probed(6, hasAudio: false));

        board.Waveform.ShouldBeNull();
        var brightness = new List<bool>();
        foreach (var thumbnail in board.Thumbnails)
            brightness.Add(await BrightnessAsync(thumbnail.Picture) > 128);
        brightness.ShouldBe([false, false, false, true, true, true]);
    }

    [Fact]
    public async Task The_same_video_gives_the_same_storyboard()
    {
        var source = await SourceAsync();
        var first = await RunAsync(source, StageBench.Probed(12));
        var second = await RunAsync(source, StageBench.Probed(12));
        second.Thumbnails.ShouldBe(first.Thumbnails);
        (second.Sprite, second.SpriteVtt, second.Waveform).ShouldBe((first.Sprite, first.SpriteVtt, first.Waveform));
    }

    [Fact]
    public async Task Sound_alone_gets_a_waveform()
    {
        var source = await bench.MakeAsync("sound.m4a", "-f", "lavfi", "-i", "sine=d=3");
        var board = await RunAsync(source, StageBench.Probed(3, hasVideo: false));
        board.Thumbnails.ShouldBeEmpty();
        board.Sprite.ShouldBeNull();
        board.SpriteVtt.ShouldBeNull();
        board.Waveform.ShouldNotBeNull();
    }

    [Fact]
    public void A_long_video_gets_a_hundred_pictures_from_its_key_frames()
    {
        var plan = StoryboardPlan.Of(StageBench.Probed(3600, 1080, 1920));
        (plan.Count, plan.Interval, plan.Columns).ShouldBe((100, 36, 10));
        (plan.Tile.Width, plan.Tile.Height).ShouldBe((90, 160));
        plan.Pictures("source.mp4", "folder").Inputs[0].Options.ShouldBe(["-skip_frame", "nokey"]);
        plan.Vtt("s.jpg", 100).ShouldContain("00:59:24.000 --> 01:00:00.000\ns.jpg#xywh=810,1440,90,160\n");
    }

    private Task<string> SourceAsync() =>
        bench.MakeAsync(
            "video.mp4",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=320x180:r=25:d=12",
            "-f",
            "lavfi",
            "-i",
            "anoisesrc=seed=1:d=12:a=0.2",
            "-preset",
            "ultrafast"
        );

    private Task<StoryboardProduced> RunAsync(string source, MediaProbed probed) =>
        bench.RunAsync<StoryboardProduced>(
            new StoryboardStage(bench.Ffmpeg),
            source,
            Item.WholeVideo,
            new JobOptions(),
            ("probe", probed)
        );

    /// <summary>Width and height as they stand in the file.</summary>
    private async Task<(int Width, int Height)> SizeAsync(ArtifactReference picture)
    {
        var bytes = await File.ReadAllBytesAsync(bench.FileOf(picture), TestContext.Current.CancellationToken);
        if (bytes[0] == 0x89) // PNG: in the first chunk
            return (Big(bytes, 16, 4), Big(bytes, 20, 4));
        for (var at = 2; ; at += 2 + Big(bytes, at + 2, 2)) // JPEG: in the start-of-frame segment
            if (bytes[at + 1] is >= 0xC0 and <= 0xC2)
                return (Big(bytes, at + 7, 2), Big(bytes, at + 5, 2));
    }

    private static int Big(byte[] bytes, int at, int count) =>
        bytes[at..(at + count)].Aggregate(0, (sum, value) => (sum << 8) + value);

    private async Task<double> BrightnessAsync(ArtifactReference picture)
    {
        var name = Path.GetFileNameWithoutExtension(picture.Key) + ".mkv";
        var path = await bench.MakeAsync(name, "-i", bench.FileOf(picture), "-c", "copy");
        var mean = 0.0;
        await bench.Ffmpeg.ReadFramesAsync(
            new MediaCommand([new MediaInput(path)], ["-vf", "scale=16:16,format=gray", "-f", "rawvideo", "-"]),
            256,
            (pixels, _) =>
            {
                mean = pixels.ToArray().Average(value => value);
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken
        );
        return mean;
    }
}
