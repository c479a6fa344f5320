using System.Buffers.Binary;
using System.Globalization;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Stages.Compile;

/// <summary>Measures on a finished clip where in the source it really begins. The clip's first picture is looked for among the
/// source's pictures around the wanted start, framed alike. On a standing slide many pictures are the same: then the sound
/// decides, and without a clear sound the nearest of the pictures that nobody can tell apart.</summary>
internal sealed class StartMeasurement(Ffmpeg ffmpeg, StageContext context)
{
    private const double PictureReach = 0.5;
    private const double SoundReach = 0.5;
    private const double SoundSeconds = 4;
    private const int SampleRate = 8000;
    private const int PictureWidth = 96;
    private const int PictureHeight = 96;

    /// <summary>Seconds from the wanted start to the source time of the clip's beginning; never negative.</summary>
    public async Task<double> MeasureAsync(ClipPlan plan, string source, string clip, CancellationToken cancellation)
    {
        var equal = plan.Media.HasVideo ? await EqualPicturesAsync(plan, source, clip, cancellation) : [];
        if (equal.Count == 1)
            return Math.Abs(equal[0]);
        if (plan.Media.HasAudio && await SoundShiftAsync(plan, source, clip, cancellation) is { } shift)
            return Math.Abs(shift);
        return equal.Select(Math.Abs).DefaultIfEmpty(0).Min();
    }

    /// <summary>Times, from the wanted start, of the source's pictures that are the clip's first one as far as can be seen.</summary>
    private async Task<IReadOnlyList<double>> EqualPicturesAsync(
        ClipPlan plan,
        string source,
        string clip,
        CancellationToken cancellation
    )
    {
        var from = Math.Max(0, plan.Range.Start - Math.Max(PictureReach, plan.Lead));
        string[] window = ["-ss", Text(from), "-t", Text(plan.Range.Start - from + PictureReach)];
        var first = await PicturesAsync(new MediaInput(clip), "null", "clip-times.txt", 1, cancellation);
        var around = await PicturesAsync(
            new MediaInput(source, window),
            plan.EvenPictures is { } even ? $"{even},{plan.Framing}" : plan.Framing,
            "source-times.txt",
            limit: null,
            cancellation
        );
        around.RemoveAll(picture => Math.Abs(from + picture.Time - plan.Range.Start) > PictureReach);
        if (first.Count == 0 || around.Count == 0)
            return [];
        return
        [
            .. SamePictures
                .Find(first[0].Pixels, [.. around.Select(picture => picture.Pixels)])
                .Select(index => from + around[index].Time - plan.Range.Start),
        ];
    }

    private async Task<List<(double Time, byte[] Pixels)>> PicturesAsync(
        MediaInput input,
        string framing,
        string timesFile,
        int? limit,
        CancellationToken cancellation
    )
    {
        // Each picture's time goes to a file beside the pixels: "frame:0 pts:512 pts_time:0.04".
        var filters =
            $"{framing},scale={PictureWidth}:{PictureHeight}:flags=area,format=gray,"
            + $"metadata=add:key=picture:value=1,metadata=print:file={timesFile}";
        List<string> output = ["-filter_complex", $"[0:v:0]{filters}[v]", "-map", "[v]", "-vsync", "passthrough"];
        if (limit is { } count)
            output.AddRange(["-frames:v", count.ToString(CultureInfo.InvariantCulture)]);
        output.AddRange(["-f", "rawvideo", "-"]);
        var pictures = new List<byte[]>();
        await ffmpeg.ReadFramesAsync(
            new MediaCommand([input], output, WorkingDirectory: context.Workspace.Folder),
            PictureWidth * PictureHeight,
            (pixels, _) =>
            {
                pictures.Add(pixels.ToArray());
                return ValueTask.CompletedTask;
            },
            cancellation,
            context.Meter
        );
        var lines = await File.ReadAllLinesAsync(context.Workspace.PathOf(timesFile), cancellation);
        return
        [
            .. lines
                .Where(line => line.StartsWith("frame:", StringComparison.Ordinal))
                .Select(line => double.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture))
                .Zip(pictures),
        ];
    }

    /// <summary>How much later than wanted the clip's sound begins; null if the sound does not tell.</summary>
    private async Task<double?> SoundShiftAsync(
        ClipPlan plan,
        string source,
        string clip,
        CancellationToken cancellation
    )
    {
        var from = Math.Max(0, plan.Range.Start - SoundReach);
        var before = plan.Range.Start - from;
        var length = Math.Min(SoundSeconds, plan.Range.Duration);
        var part = await SoundAsync(new MediaInput(clip, "-t", Text(length)), cancellation);
        string[] window = ["-ss", Text(from), "-t", Text(before + length + SoundReach)];
        var whole = await SoundAsync(new MediaInput(source, window), cancellation);
        return SoundShift.Find(part, whole) is { } samples ? ((double)samples / SampleRate) - before : null;
    }

    private async Task<float[]> SoundAsync(MediaInput input, CancellationToken cancellation)
    {
        string[] output = ["-map", "0:a:0", "-ac", "1", "-ar", $"{SampleRate}", "-f", "s16le", "-"];
        var samples = new List<float>();
        await ffmpeg.ReadFramesAsync(
            new MediaCommand([input], output),
            1 << 16,
            (bytes, _) =>
            {
                for (var i = 0; i + 1 < bytes.Length; i += 2)
                    samples.Add(BinaryPrimitives.ReadInt16LittleEndian(bytes.Span[i..]));
                return ValueTask.CompletedTask;
            },
            cancellation,
            context.Meter
        );
        return [.. samples];
    }

    private static string Text(double seconds) => seconds.ToString("0.######", CultureInfo.InvariantCulture);
}
