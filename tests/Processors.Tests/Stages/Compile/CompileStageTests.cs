using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages.Compile;

namespace EventPipeline.Processors.Tests.Stages.Compile;

/// <summary>Clips out of small sources of our own making, cut by the real ffmpeg.</summary>
public sealed class CompileStageTests : IDisposable
{
    private static readonly string[] Noise = ["-f", "lavfi", "-i", "anoisesrc=seed=1:d=8:a=0.2"];
    private readonly StageBench bench = new();

    public void Dispose() => bench.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clip_begins_on_the_wanted_frame_and_is_as_long_as_wanted()
    {
        var source = await MovingAsync();
        var clip = await RunAsync(source, new TimeRange(2.013, 4.5));

        clip.StartErrorSeconds.ShouldBeInRange(0, 1 / 25.0);
        clip.DurationSeconds.ShouldBe(2.487, 0.1);
        (clip.Name, clip.Start, clip.End, clip.BurnedSubtitles).ShouldBe(("clip-001", 2.013, 4.5, false));
        clip.Video.Key.ShouldBe(ObjectKeys.Clip(StageBench.VideoId, "clip-001", clip.Video.Sha256, ".mp4"));
        clip.Video.ContentType.ShouldBe("video/mp4");
        (await bench.Objects.FindAsync(clip.Video.Key, Cancellation))!.Sha256.ShouldBe(clip.Video.Sha256);
        clip.Thumbnail.ShouldNotBeNull().Key.ShouldStartWith("thumbnails/");
        (await StreamsAsync(clip)).ShouldBe([("h264", 320, 180), ("aac", 0, 0)]);
    }

    [Fact]
    public async Task The_same_work_gives_the_same_bytes()
    {
        var source = await MovingAsync();
        var first = await RunAsync(source, new TimeRange(1, 3), Split);
        var second = await RunAsync(source, new TimeRange(1, 3), Split);
        second.ShouldBe(first);
    }

    [Fact]
    public async Task Subtitles_lie_beside_the_clip_with_times_from_its_start()
    {
        var clip = await RunAsync(await MovingAsync(), new TimeRange(2, 5));

        (await File.ReadAllTextAsync(bench.FileOf(clip.Srt.ShouldNotBeNull()), Cancellation)).ShouldStartWith(
            "1\n00:00:00,500 --> 00:00:01,500\nHello there.\n"
        );
        (await File.ReadAllTextAsync(bench.FileOf(clip.Vtt.ShouldNotBeNull()), Cancellation)).ShouldStartWith(
            "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nHello there.\n"
        );
    }

    [Fact]
    public async Task A_clip_in_which_nobody_speaks_has_no_subtitles()
    {
        var clip = await RunAsync(await MovingAsync(), new TimeRange(5, 7), new JobOptions(BurnSubtitles: true));
        (clip.Srt, clip.Vtt, clip.BurnedSubtitles).ShouldBe((null, null, false));
    }

    [Fact]
    public async Task Burned_subtitles_are_seen_while_they_are_spoken()
    {
        var source = await bench.MakeAsync(
            "black.mp4",
            ["-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=8", .. Noise]
        );
        var clip = await RunAsync(source, new TimeRange(2, 5), new JobOptions(BurnSubtitles: true));

        clip.BurnedSubtitles.ShouldBeTrue();
        var brightest = await FramesAsync(bench.FileOf(clip.Video), "null", 320, 180, pixels => pixels.Max());
        brightest[5].ShouldBeLessThan((byte)60);
        brightest[25].ShouldBeGreaterThan((byte)150);
        brightest[60].ShouldBeLessThan((byte)60);
    }

    [Fact]
    public async Task Split_puts_the_screen_above_and_the_camera_below()
    {
        // A white screen with a grey camera at the bottom right.
        var source = await bench.MakeAsync(
            "split.mp4",
            [
                "-f",
                "lavfi",
                "-i",
                "color=white:s=320x180:r=25:d=8,drawbox=x=240:y=120:w=80:h=60:color=gray:t=fill",
                .. Noise,
            ]
        );
        var layout = new LayoutDetected(
            LayoutKind.PictureInPicture,
            new PictureRegion(0, 0, 320, 180),
            new PictureRegion(240, 120, 80, 60),
            null,
            1
        );
        var clip = await RunAsync(source, new TimeRange(1, 2), Split, ("layout", layout));

        (await StreamsAsync(clip))[0].ShouldBe(("h264", 1080, 1920));
        var rows = (await FramesAsync(bench.FileOf(clip.Video), "scale=1:192:flags=area", 1, 192, pixels => pixels))[0];
        rows[..36].ShouldAllBe(value => value > 220);
        rows[64..].ShouldAllBe(value => value > 100 && value < 150);
    }

    [Fact]
    public async Task Split_without_a_camera_shows_the_whole_picture_on_a_blurred_one()
    {
        var clip = await RunAsync(await MovingAsync(), new TimeRange(1, 2), Split);
        (await StreamsAsync(clip))[0].ShouldBe(("h264", 1080, 1920));
        clip.StartErrorSeconds.ShouldBeInRange(0, 1 / 25.0);
    }

    [Fact]
    public async Task On_a_standing_slide_the_sound_tells_the_start()
    {
        var source = await bench.MakeAsync(
            "slide.mp4",
            ["-f", "lavfi", "-i", "color=navy:s=320x180:r=25:d=8", .. Noise]
        );
        (await RunAsync(source, new TimeRange(3.3, 5))).StartErrorSeconds.ShouldBeInRange(0, 0.005);
    }

    [Fact]
    public async Task A_source_of_variable_frame_rate_begins_with_what_stands_at_the_start()
    {
        // The picture turns white at 2 s and nothing happens until 6 s: there are three frames in eight seconds.
        var source = await bench.MakeAsync(
            "variable.mp4",
            [
                "-f",
                "lavfi",
                "-i",
                "color=black:s=320x180:r=25:d=8,drawbox=c=white:t=fill:enable='between(t,2,6)'",
                .. Noise,
                "-vf",
                "select='eq(n,0)+eq(n,50)+eq(n,150)+eq(n,199)'",
                "-vsync",
                "vfr",
            ]
        );
        var probed = StageBench.Probed(8, frameRate: 10, isVariable: true);
        var clip = await RunAsync(source, new TimeRange(3, 5), facts: ("probe", probed));

        clip.DurationSeconds.ShouldBe(2, 0.15);
        clip.StartErrorSeconds.ShouldBeInRange(0, 0.1);
        var brightness = await FramesAsync(bench.FileOf(clip.Video), "null", 320, 180, pixels => pixels[0]);
        brightness.Count.ShouldBeInRange(19, 21);
        brightness.ShouldAllBe(value => value > 200);
    }

    [Fact]
    public async Task A_turned_source_gives_an_upright_clip()
    {
        await MovingAsync();
        var source = await bench.MakeAsync(
            "turned.mp4",
            "-i",
            "moving.mp4",
            "-c",
            "copy",
            "-metadata:s:v:0",
            "rotate=90"
        );
        var clip = await RunAsync(
            source,
            new TimeRange(1, 2),
            facts: ("probe", StageBench.Probed(8, 180, 320, rotation: 90))
        );
        (await StreamsAsync(clip))[0].ShouldBe(("h264", 180, 320));
        clip.StartErrorSeconds.ShouldBeInRange(0, 1 / 25.0);
    }

    [Fact]
    public async Task Sound_alone_gives_a_clip_of_sound()
    {
        var source = await bench.MakeAsync("sound.m4a", Noise);
        var clip = await RunAsync(source, new TimeRange(2, 5), facts: ("probe", StageBench.Probed(8, hasVideo: false)));

        clip.Video.Key.ShouldEndWith(".m4a");
        clip.Video.ContentType.ShouldBe("audio/mp4");
        clip.Thumbnail.ShouldBeNull();
        clip.StartErrorSeconds.ShouldBeInRange(0, 0.005);
        (await StreamsAsync(clip)).ShouldBe([("aac", 0, 0)]);
    }

    [Fact]
    public async Task A_silent_film_gives_a_silent_clip()
    {
        var source = await bench.MakeAsync("silent.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=8");
        var clip = await RunAsync(source, new TimeRange(2, 3), facts: ("probe", StageBench.Probed(8, hasAudio: false)));
        (await StreamsAsync(clip)).ShouldBe([("h264", 320, 180)]);
        clip.StartErrorSeconds.ShouldBeInRange(0, 1 / 25.0);
    }

    [Fact]
    public async Task A_highlight_outside_the_video_is_refused()
    {
        var source = await MovingAsync();
        (await Should.ThrowAsync<StageException>(() => RunAsync(source, new TimeRange(9, 12)))).Kind.ShouldBe(
            FailureKind.Permanent
        );
    }

    /// <summary>The measurement itself can fail: a clip cut by copying begins at the key frame before the wanted start.</summary>
    [Theory]
    [InlineData("-c", "copy", 0.3)]
    [InlineData("-preset", "ultrafast", 0.0)]
    public async Task A_wrong_start_is_measured_as_wrong(string option, string value, double error)
    {
        var source = await MovingAsync(); // a key frame every second
        var wrong = await bench.MakeAsync(
            "wrong.mp4",
            "-ss",
            "3.3",
            "-i",
            source,
            "-t",
            "2",
            option,
            value,
            "-use_editlist",
            "0"
        );
        var plan = new ClipPlan(StageBench.Probed(8), new TimeRange(3.3, 5.3), ClipVariant.Original, null, null);
        using var workspace = Workspace.Create(bench.Folder);
        var context = new StageContext(null!, workspace, bench.Objects, (_, _) => { });

        (await new StartMeasurement(bench.Ffmpeg, context).MeasureAsync(plan, source, wrong, Cancellation)).ShouldBe(
            error,
            0.041
        );
    }

    private static readonly JobOptions Split = new(Variant: ClipVariant.Split);

    private Task<string> MovingAsync() =>
        bench.MakeAsync(
            "moving.mp4",
            ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=8", .. Noise, "-preset", "ultrafast", "-g", "25"]
        );

    private Task<ClipProduced> RunAsync(
        string source,
        TimeRange range,
        JobOptions? options = null,
        params (string Stage, Fact Fact)[] facts
    )
    {
        var highlight = new Highlight(
            "clip-001",
            range.Start,
            range.End,
            "Title",
            1,
            "Because.",
            new Dictionary<string, double>()
        );
        var segment = new TranscriptSegment(2.5, 3.5, "Hello there.", 1, []);
        var none = new ArtifactReference("none", new string('0', 64), 0, "text/plain");
        (string Stage, Fact Fact)[] all =
        [
            ("select", new HighlightsSelected("1", [], [highlight], [])),
            (
                "transcript",
                new TranscriptProduced(TranscriptSource.Speech, "en", "test", [segment], 0, none, none, none)
            ),
            .. facts,
        ];
        if (facts.All(fact => fact.Stage != "probe"))
            all = [("probe", StageBench.Probed(8)), .. all];
        return bench.RunAsync<ClipProduced>(
            new CompileStage(bench.Ffmpeg),
            source,
            new Item("clip-001", range),
            options ?? new JobOptions(),
            all
        );
    }

    private async Task<IReadOnlyList<(string Codec, int Width, int Height)>> StreamsAsync(ClipProduced clip)
    {
        using var answer = await bench.Ffmpeg.ProbeAsync(bench.FileOf(clip.Video), Cancellation, "-show_streams");
        return
        [
            .. answer
                .RootElement.GetProperty("streams")
                .EnumerateArray()
                .Select(stream =>
                    (stream.GetProperty("codec_name").GetString()!, Number(stream, "width"), Number(stream, "height"))
                ),
        ];

        static int Number(JsonElement stream, string name) =>
            stream.TryGetProperty(name, out var value) ? value.GetInt32() : 0;
    }

    private async Task<List<T>> FramesAsync<T>(string path, string filter, int width, int height, Func<byte[], T> look)
    {
        var frames = new List<T>();
        await bench.Ffmpeg.ReadFramesAsync(
            new MediaCommand(
                [new MediaInput(path)],
                ["-vf", $"{filter},format=gray", "-vsync", "passthrough", "-f", "rawvideo", "-"]
            ),
            width * height,
            (pixels, _) =>
            {
                if (pixels.Length == width * height)
                    frames.Add(look(pixels.ToArray()));
                return ValueTask.CompletedTask;
            },
            Cancellation
        );
        return frames;
    }
}
