using System.Globalization;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Faces;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Stages.Layout;

/// <summary>Finds which parts of the picture hold the screen and the camera over the whole video, and the speaker's face.</summary>
public sealed class LayoutStage(Ffmpeg ffmpeg, BlazeFaceDetector faces) : IStage
{
    private const int MostLooks = 30;

    /// <summary>Time between the three pictures of a look.</summary>
    private const string LookFilter = "fps=5/2";

    /// <summary>Shorter sources are decoded once; in longer ones each look seeks, so that the cost does not grow with the length.</summary>
    private const double WholeDecodeSeconds = 90;

    /// <summary>Larger pictures are made smaller: the regions need not be finer.</summary>
    private const int LongestSide = 1920;

    private const int FacePictures = 8;

    /// <inheritdoc />
    public string Name => "layout";

    /// <inheritdoc />
    public string Version => "1";

    /// <inheritdoc />
    public IReadOnlyCollection<string> Models => BlazeFaceDetector.Models;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var media = await context.GetAsync<MediaProbed>("probe", cancellation);
        if (!media.HasVideo)
            return new StageResult(new LayoutDetected(LayoutKind.Unknown, null, null, null, 0));
        var source = await context.SourceFileAsync(cancellation);
        var scale = Math.Min(1, (double)LongestSide / Math.Max(media.Width, media.Height));
        var evidence = new LayoutEvidence((int)(media.Width * scale), (int)(media.Height * scale));
        context.Meter.MediaSeconds = media.DurationSeconds;

        var pictures = await LookAsync(context, media, source, evidence, cancellation);
        context.Report(85, "Looking for the speaker");
        var layout = LayoutReading.Read(evidence);
        if (layout.Camera is { } camera)
            layout = await WithFaceAsync(context, layout, camera, pictures, evidence.Width, cancellation);
        return new StageResult(Scaled(layout, 1 / scale));
    }

    /// <returns>Some of the pictures, evenly over the video.</returns>
    private async Task<List<byte[]>> LookAsync(
        StageContext context,
        MediaProbed media,
        string source,
        LayoutEvidence evidence,
        CancellationToken cancellation
    )
    {
        var looks = new LookBuffer(evidence);
        if (media.DurationSeconds <= WholeDecodeSeconds)
        {
            var stride = Math.Max(1, (int)(media.DurationSeconds * 2.5 / MostLooks));
            await ReadAsync(new MediaInput(source), ["-vsync", "passthrough"], stride);
        }
        else
            for (var look = 0; look < MostLooks; look++)
            {
                var time = media.DurationSeconds * (look + 0.5) / MostLooks;
                string[] seek = ["-noaccurate_seek", "-ss", time.ToString("0.###", CultureInfo.InvariantCulture)];
                looks.Restart();
                await ReadAsync(new MediaInput(source, seek), ["-vsync", "passthrough", "-frames:v", "3"], stride: 1);
                context.Report(80.0 * (look + 1) / MostLooks, "Looking at the picture");
            }
        return looks.Kept(FacePictures);

        Task ReadAsync(MediaInput input, string[] options, int stride) =>
            ffmpeg.ReadFramesAsync(
                new MediaCommand(
                    [input],
                    [
                        "-map",
                        "0:v:0",
                        "-vf",
                        $"{LookFilter},scale={evidence.Width}:{evidence.Height},format=gray",
                        .. options,
                        "-f",
                        "rawvideo",
                        "-",
                    ]
                ),
                evidence.Width * evidence.Height,
                (pixels, _) =>
                {
                    looks.Add(pixels.Span, stride);
                    return ValueTask.CompletedTask;
                },
                cancellation,
                context.Meter
            );
    }

    private async Task<LayoutDetected> WithFaceAsync(
        StageContext context,
        LayoutDetected layout,
        PictureRegion camera,
        List<byte[]> pictures,
        int width,
        CancellationToken cancellation
    )
    {
        var found = new List<PictureRegion>();
        foreach (var picture in pictures)
        {
            var best = await faces.DetectAsync(FacePicture.OfGray(picture, width, camera), cancellation);
            if (best.Count > 0)
                found.Add(best.MaxBy(face => face.Score)!.Box);
        }
        context.Meter.ModelId = BlazeFaceDetector.Id;
        if (found.Count * 3 < pictures.Count || found.Count == 0)
            return layout;
        var face = new PictureRegion(
            camera.X + Median(found, box => box.X),
            camera.Y + Median(found, box => box.Y),
            Median(found, box => box.Width),
            Median(found, box => box.Height)
        );
        return layout with { Face = face, Confidence = Math.Min(1, layout.Confidence + 0.2) };
    }

    private static int Median(List<PictureRegion> boxes, Func<PictureRegion, int> valueOf) =>
        boxes.Select(valueOf).Order().ElementAt(boxes.Count / 2);

    private static LayoutDetected Scaled(LayoutDetected layout, double scale)
    {
        return layout with { Screen = Scale(layout.Screen), Camera = Scale(layout.Camera), Face = Scale(layout.Face) };

        PictureRegion? Scale(PictureRegion? region) =>
            region is { } r
                ? new PictureRegion(
                    (int)Math.Round(r.X * scale),
                    (int)Math.Round(r.Y * scale),
                    (int)Math.Round(r.Width * scale),
                    (int)Math.Round(r.Height * scale)
                )
                : null;
    }
}
