using System.Globalization;
using System.Text;
using EventPipeline.Contracts;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Subtitles;

namespace EventPipeline.Processors.Stages.Compile;

/// <summary>Cuts one highlight out of the source: a clip that begins on the wanted frame, its subtitles and its thumbnail. What it
/// says about start and length is measured on the result.</summary>
public sealed class CompileStage(Ffmpeg ffmpeg) : IStage
{
    /// <summary>A result may be this much longer or shorter than wanted: a frame or two, and a block of sound.</summary>
    private const double DurationTolerance = 0.25;

    private const int ThumbnailWidth = 640;

    /// <inheritdoc />
    public string Name => "compile";

    /// <inheritdoc />
    public string Version => "1";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var work = context.Work;
        var media = await context.GetAsync<MediaProbed>("probe", cancellation);
        var highlight = Find(await context.GetAsync<HighlightsSelected>("select", cancellation), work.Item.Name);
        var range = Within(new TimeRange(highlight.Start, highlight.End), media.DurationSeconds);
        var transcript = await context.GetAsync<TranscriptProduced>("transcript", cancellation);
        var spoken = SubtitleWriter.Slice(transcript.Segments, range);
        var burns = work.Options.BurnSubtitles && media.HasVideo && spoken.Count > 0;
        var source = await context.SourceFileAsync(cancellation);

        const string SubtitleFile = "burned.srt";
        if (burns)
            await File.WriteAllTextAsync(
                context.Workspace.PathOf(SubtitleFile),
                SubtitleWriter.WriteSrt(spoken),
                cancellation
            );
        var plan = new ClipPlan(
            media,
            range,
            work.Options.Variant,
            await context.FindAsync<LayoutDetected>("layout", cancellation),
            burns ? SubtitleFile : null
        );
        var clip = context.Workspace.PathOf("clip" + plan.Extension);
        await ffmpeg.RunAsync(
            plan.Command(source, clip, context.Workspace.Folder),
            cancellation,
            percent => context.Report(percent * 0.9, "Encoding"),
            context.Meter
        );
        context.Meter.MediaSeconds = range.Duration;

        context.Report(90, "Checking");
        var duration = await DurationAsync(clip, cancellation);
        if (Math.Abs(duration - range.Duration) > DurationTolerance)
            throw StageException.Transient(
                $"Clip {highlight.Name} came out {duration:0.00} seconds long instead of {range.Duration:0.00}."
            );
        var error = await new StartMeasurement(ffmpeg, context).MeasureAsync(plan, source, clip, cancellation);

        context.Report(95, "Storing");
        var stored = await context.StoreAsync(
            clip,
            hash => ObjectKeys.Clip(work.VideoId, highlight.Name, hash, plan.Extension),
            plan.ContentType,
            cancellation
        );
        var hasWords = spoken.Count > 0;
        return new StageResult(
            new ClipProduced(
                highlight.Name,
                work.Options.Variant,
                range.Start,
                range.End,
                duration,
                error,
                burns,
                stored,
                hasWords ? await StoreTextAsync(SubtitleWriter.WriteSrt(spoken), ".srt", "application/x-subrip") : null,
                hasWords ? await StoreTextAsync(SubtitleWriter.WriteVtt(spoken), ".vtt", "text/vtt") : null,
                media.HasVideo ? await ThumbnailAsync(context, clip, duration, highlight.Name, cancellation) : null
            )
        );

        Task<ArtifactReference> StoreTextAsync(string text, string extension, string contentType) =>
            context.StoreAsync(
                Encoding.UTF8.GetBytes(text),
                hash => ObjectKeys.Clip(work.VideoId, highlight.Name, hash, extension),
                contentType,
                cancellation
            );
    }

    private static Highlight Find(HighlightsSelected selected, string name) =>
        selected.Highlights.FirstOrDefault(highlight => highlight.Name == name)
        ?? throw StageException.Permanent($"There is no highlight {name} among the selected ones.");

    private static TimeRange Within(TimeRange wanted, double sourceDuration)
    {
        var range = new TimeRange(Math.Max(0, wanted.Start), Math.Min(wanted.End, sourceDuration));
        return range.Duration > 0.1
            ? range
            : throw StageException.Permanent(
                $"The highlight from {wanted.Start:0.00} to {wanted.End:0.00} seconds does not lie in the video, which is {sourceDuration:0.00} seconds long."
            );
    }

    private async Task<double> DurationAsync(string clip, CancellationToken cancellation)
    {
        using var answer = await ffmpeg.ProbeAsync(clip, cancellation, "-show_entries", "format=duration");
        return double.Parse(
            answer.RootElement.GetProperty("format").GetProperty("duration").GetString()!,
            CultureInfo.InvariantCulture
        );
    }

    private async Task<ArtifactReference> ThumbnailAsync(
        StageContext context,
        string clip,
        double duration,
        string name,
        CancellationToken cancellation
    )
    {
        var picture = context.Workspace.PathOf("thumbnail.jpg");
        var time = Math.Min(1, duration / 2).ToString("0.###", CultureInfo.InvariantCulture);
        string[] output =
        [
            "-map",
            "0:v:0",
            "-frames:v",
            "1",
            "-vf",
            $"scale='min({ThumbnailWidth},iw)':-2",
            "-q:v",
            "4",
            "-flags:v",
            "+bitexact",
            "-fflags",
            "+bitexact",
            "-update",
            "1",
            picture,
        ];
        await ffmpeg.RunAsync(
            new MediaCommand([new MediaInput(clip, "-ss", time)], output),
            cancellation,
            meter: context.Meter
        );
        return await context.StoreAsync(
            picture,
            hash => ObjectKeys.Thumbnail(context.Work.VideoId, name, hash, ".jpg"),
            "image/jpeg",
            cancellation
        );
    }
}
