using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Faces;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Tests.Engines.Faces;

/// <summary>The real model on real faces, and on slides that have none. Profiles and crowds are not covered.</summary>
[Collection(SpeechModels.Name)]
public sealed class BlazeFaceDetectorTests(LocalModels models)
{
    private const int Width = 640;
    private const int Height = 480;

    [Theory]
    [InlineData("faces/intel-asl-again.mkv")]
    [InlineData("faces/intel-asl-book.mkv")]
    public async Task The_face_is_found_in_every_frame(string name)
    {
        var frames = await FramesAsync(Recordings.Require(name), "select='not(mod(n,10))'", 6);
        frames.Count.ShouldBe(6);
        foreach (var frame in frames)
        {
            var face = (await DetectAsync(frame)).ShouldHaveSingleItem();
            face.Score.ShouldBeInRange(0.75, 1);
            face.Box.Width.ShouldBeInRange(40, 300);
            foreach (var (x, y) in face.Points.Take(4)) // eyes, nose, mouth
                Contains(face.Box, x, y).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_grey_picture_will_do()
    {
        var frame = (await FramesAsync(Recordings.Require("faces/intel-asl-again.mkv"), "null", 1))[0];
        var grey = new byte[Width * Height];
        for (var i = 0; i < grey.Length; i++)
            grey[i] = (byte)((frame[3 * i] + frame[(3 * i) + 1] + frame[(3 * i) + 2]) / 3);

        await models.RequireAsync(ModelCatalogue.BlazeFaceBack);
        var picture = FacePicture.OfGray(grey, Width, new PictureRegion(0, 0, Width, Height));
        (
            await new BlazeFaceDetector(models.Pool).DetectAsync(picture, TestContext.Current.CancellationToken)
        ).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Slides_have_no_faces()
    {
        foreach (
            var frame in await FramesAsync(
                Recordings.Require("synthetic/synthetic-720p.mp4"),
                "select='lt(t,20)*not(mod(n,60))'",
                8
            )
        )
            (await DetectAsync(frame)).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<DetectedFace>> DetectAsync(byte[] frame)
    {
        await models.RequireAsync(ModelCatalogue.BlazeFaceBack);
        return await new BlazeFaceDetector(models.Pool).DetectAsync(
            new FacePicture(Width, Height, frame),
            TestContext.Current.CancellationToken
        );
    }

    private static async Task<List<byte[]>> FramesAsync(string path, string select, int count)
    {
        var frames = new List<byte[]>();
        string[] output =
        [
            "-vf",
            $"{select},scale={Width}:{Height},format=rgb24",
            "-vsync",
            "passthrough",
            "-frames:v",
            $"{count}",
            "-f",
            "rawvideo",
            "-",
        ];
        await new Ffmpeg(new FfmpegOptions()).ReadFramesAsync(
            new MediaCommand([new MediaInput(path)], output),
            Width * Height * 3,
            (pixels, _) =>
            {
                frames.Add(pixels.ToArray());
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken
        );
        return frames;
    }

    private static bool Contains(PictureRegion box, double x, double y) =>
        x >= box.X && x <= box.X + box.Width && y >= box.Y && y <= box.Y + box.Height;
}
