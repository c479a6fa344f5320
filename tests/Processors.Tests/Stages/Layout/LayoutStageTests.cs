using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Faces;
using EventPipeline.Processors.Stages.Layout;
using EventPipeline.Processors.Tests.Engines;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Stages.Layout;

/// <summary>Layouts of our own making, so that the truth is known: slides that change, with a camera on or beside them. The camera shows real
/// faces where the shared media are there, and moving patterns everywhere. Screen recordings with video on the slides are not covered.</summary>
[Collection(SpeechModels.Name)]
public sealed class LayoutStageTests(LocalModels models) : IDisposable
{
    private readonly StageBench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData(1280, 720, 944, 504, 304, 184, "mandelbrot", 0)]
    [InlineData(1280, 720, 0, 0, 320, 240, "life", 0)]
    [InlineData(1920, 1080, 1440, 30, 450, 254, "mandelbrot", 6)]
    [InlineData(640, 480, 12, 330, 184, 138, "testsrc2", 2)]
    [InlineData(640, 480, 480, 0, 160, 160, "mandelbrot", 0)]
    public async Task A_moving_inset_is_the_camera(
        int width,
        int height,
        int x,
        int y,
        int insetWidth,
        int insetHeight,
        string pattern,
        int border
    )
    {
        var inset = new PictureRegion(x, y, insetWidth, insetHeight);
        var layout = await ReadAsync(
            await LectureAsync(width, height, inset, Pattern(pattern, inset), border),
            width,
            height
        );

        layout.Kind.ShouldBe(LayoutKind.PictureInPicture);
        Overlap(layout.Camera, inset).ShouldBeGreaterThanOrEqualTo(0.8, $"{layout}");
        Overlap(layout.Screen, new PictureRegion(0, 0, width, height)).ShouldBeGreaterThanOrEqualTo(0.8, $"{layout}");
    }

    [Theory]
    [InlineData("faces/intel-asl-again.mkv", 1280, 720, 900, 440, 360, 270, 0)]
    [InlineData("faces/intel-asl-book.mkv", 1920, 1080, 40, 660, 480, 360, 4)]
    [InlineData("faces/intel-asl-book.mkv", 640, 480, 440, 20, 180, 180, 0)]
    public async Task A_speaker_in_an_inset_is_found_with_the_face(
        string footage,
        int width,
        int height,
        int x,
        int y,
        int insetWidth,
        int insetHeight,
        int border
    )
    {
        var inset = new PictureRegion(x, y, insetWidth, insetHeight);
        var layout = await ReadAsync(await LectureAsync(width, height, inset, Footage(footage), border), width, height);

        layout.Kind.ShouldBe(LayoutKind.PictureInPicture);
        Overlap(layout.Camera, inset).ShouldBeGreaterThanOrEqualTo(0.8, $"{layout}");
        var face = layout.Face.ShouldNotBeNull();
        (face.X >= inset.X && face.X + face.Width <= inset.X + inset.Width).ShouldBeTrue($"{layout}");
        (face.Y >= inset.Y && face.Y + face.Height <= inset.Y + inset.Height).ShouldBeTrue($"{layout}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_camera_beside_the_screen_shares_the_picture_with_it(bool cameraIsSmaller)
    {
        // In the second case the camera stands in the middle of a black column.
        var camera = cameraIsSmaller ? new PictureRegion(960, 240, 320, 240) : new PictureRegion(880, 0, 400, 720);
        var screen = new PictureRegion(0, 0, camera.X, 720);
        var layout = await ReadAsync(
            await LectureAsync(1280, 720, camera, Pattern("mandelbrot", camera), 0, screen.Width),
            1280,
            720
        );

        layout.Kind.ShouldBe(LayoutKind.SideBySide);
        Overlap(layout.Camera, camera).ShouldBeGreaterThanOrEqualTo(0.8, $"{layout}");
        Overlap(layout.Screen, screen).ShouldBeGreaterThanOrEqualTo(0.8, $"{layout}");
    }

    [Fact]
    public async Task Slides_alone_are_a_screen()
    {
        var path = await bench.MakeAsync("slides.mp4", [.. Slides(640, 360), "-t", "12", .. Encoding]);
        var layout = await ReadAsync(path, 640, 360);
        layout.Kind.ShouldBe(LayoutKind.ScreenOnly);
        layout.Camera.ShouldBeNull();
        Overlap(layout.Screen, new PictureRegion(0, 0, 640, 360)).ShouldBeGreaterThanOrEqualTo(0.8);
    }

    [Fact]
    public async Task A_picture_that_moves_everywhere_is_a_camera()
    {
        var path = await bench.MakeAsync(
            "camera.mp4",
            [.. Footage("faces/intel-asl-again.mkv"), "-t", "8", "-an", .. Encoding]
        );
        var layout = await ReadAsync(path, 640, 480);
        layout.Kind.ShouldBe(LayoutKind.CameraOnly);
        layout.Screen.ShouldBeNull();
        layout.Face.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_long_video_is_looked_at_here_and_there()
    {
        var inset = new PictureRegion(440, 20, 180, 180);
        var short1 = await LectureAsync(640, 480, inset, Pattern("mandelbrot", inset), 0);
        await File.WriteAllTextAsync(
            Path.Combine(bench.Folder, "list.txt"),
            string.Concat(Enumerable.Repeat($"file '{Path.GetFileName(short1)}'\n", 12)),
            TestContext.Current.CancellationToken
        );
        var path = await bench.MakeAsync("long.mp4", "-f", "concat", "-i", "list.txt", "-c", "copy");

        var layout = await ReadAsync(path, 640, 480, duration: 144);
        layout.Kind.ShouldBe(LayoutKind.PictureInPicture);
        Overlap(layout.Camera, inset).ShouldBeGreaterThanOrEqualTo(0.8, $"{layout}");
    }

    private static readonly string[] Encoding =
    [
        "-r",
        "5",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-crf",
        "23",
        "-pix_fmt",
        "yuv420p",
    ];

    private Task<LayoutDetected> ReadAsync(string path, int width, int height, double duration = 12) =>
        bench.RunAsync<LayoutDetected>(
            new LayoutStage(bench.Ffmpeg, new BlazeFaceDetector(models.Pool)),
            path,
            Item.WholeVideo,
            new JobOptions(),
            ("probe", StageBench.Probed(duration, width, height, frameRate: 5, hasAudio: false))
        );

    /// <summary>Slides with a picture on them.</summary>
    /// <param name="screenWidth">Width of the slides, black beside them; null for the whole picture.</param>
    private Task<string> LectureAsync(
        int width,
        int height,
        PictureRegion inset,
        string[] camera,
        int border,
        int? screenWidth = null
    )
    {
        var framed =
            $"scale={inset.Width - (2 * border)}:{inset.Height - (2 * border)},pad={inset.Width}:{inset.Height}:{border}:{border}:color=0x202060";
        return bench.MakeAsync(
            "lecture.mp4",
            [
                .. Slides(screenWidth ?? width, height),
                .. camera,
                "-filter_complex",
                $"[0:v]pad={width}:{height}[slides];[1:v]{framed},setsar=1[camera];[slides][camera]overlay={inset.X}:{inset.Y}",
                "-t",
                "12",
                "-an",
                .. Encoding,
            ]
        );
    }

    /// <summary>Three slides, four seconds each.</summary>
    private static string[] Slides(int width, int height)
    {
        var size = height / 16;
        var text = string.Join(
            ',',
            Enumerable
                .Range(0, 15)
                .Select(line =>
                {
                    var (slide, row) = (line / 5, line % 5);
                    var words = string.Join(
                        ' ',
                        Enumerable.Repeat($"Slide {slide} line {row}", 1 + ((slide + row) % 3))
                    );
                    return $"drawtext=font=DejaVu Sans:text='{words}':fontsize={size}:x={width / 12}:y={(row * height / 6) + (height / 12)}:enable='between(t,{4 * slide},{(4 * slide) + 3.99})'";
                })
        );
        var figure =
            $"drawbox=x={width / 3}:y={height / 2}:w={width / 5}:h={height / 4}:color=0x4080c0:t=fill:enable='between(t,4,7.99)'";
        return ["-f", "lavfi", "-i", $"color=0xf4f0e8:s={width}x{height}:r=5,{text},{figure}"];
    }

    private static string[] Pattern(string name, PictureRegion size) =>
        name switch
        {
            "life" =>
            [
                "-f",
                "lavfi",
                "-i",
                "life=s=80x60:r=5:mold=20:life_color=0x90c0e0:death_color=0x303020:ratio=0.4:seed=7",
            ],
            "testsrc2" => ["-f", "lavfi", "-i", $"testsrc2=s={size.Width}x{size.Height}:r=5"],
            _ => ["-f", "lavfi", "-i", $"mandelbrot=s={size.Width}x{size.Height}:r=5:end_scale=0.01:maxiter=800"],
        };

    private static string[] Footage(string name)
    {
        Assert.SkipWhen(SharedMedia.Find(name) is null, SharedMedia.HowToGet);
        return ["-stream_loop", "-1", "-i", SharedMedia.Find(name)!];
    }

    /// <summary>Shared area over joint area.</summary>
    private static double Overlap(PictureRegion? found, PictureRegion truth)
    {
        var region = found.ShouldNotBeNull();
        var width = Math.Min(region.X + region.Width, truth.X + truth.Width) - Math.Max(region.X, truth.X);
        var height = Math.Min(region.Y + region.Height, truth.Y + truth.Height) - Math.Max(region.Y, truth.Y);
        var shared = (double)Math.Max(0, width) * Math.Max(0, height);
        return shared / ((region.Width * region.Height) + (truth.Width * truth.Height) - shared);
    }
}
