using System.Text;
using EventPipeline.Contracts;
using EventPipeline.Processors.Media;

namespace EventPipeline.Processors.Stages.Storyboard;

/// <summary>Pictures to scrub by: thumbnails, all of them on one sheet with a WebVTT map, and a picture of the sound.</summary>
public sealed class StoryboardStage(Ffmpeg ffmpeg) : IStage
{
    /// <inheritdoc />
    public string Name => "storyboard";

    /// <inheritdoc />
    public string Version => "1";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var media = await context.GetAsync<MediaProbed>("probe", cancellation);
        var source = await context.SourceFileAsync(cancellation);
        context.Meter.MediaSeconds = media.DurationSeconds;

        var pictures = media.HasVideo ? await PicturesAsync(context, media, source, cancellation) : Pictures.None;
        context.Report(80, "Drawing the sound");
        var waveform = media.HasAudio ? await WaveformAsync(context, source, cancellation) : null;
        return new StageResult(new StoryboardProduced(pictures.Thumbnails, pictures.Sprite, pictures.Map, waveform));
    }

    private async Task<Pictures> PicturesAsync(
        StageContext context,
        MediaProbed media,
        string source,
        CancellationToken cancellation
    )
    {
        var plan = StoryboardPlan.Of(media);
        await ffmpeg.RunAsync(
            plan.Pictures(source, context.Workspace.Folder),
            cancellation,
            percent => context.Report(percent * 0.6, "Taking pictures"),
            context.Meter
        );
        context.Report(60, "Storing pictures");
        var thumbnails = new List<Thumbnail>();
        for (var i = 0; i < plan.Count; i++)
        {
            var picture = context.Workspace.PathOf($"thumbnail-{i + 1:000}.jpg");
            if (!File.Exists(picture))
                break;
            thumbnails.Add(
                new Thumbnail(plan.Interval * i, await StoreAsync(context, picture, $"frame-{i + 1:000}", cancellation))
            );
        }
        var sprite = await StoreAsync(
            context,
            context.Workspace.PathOf(StoryboardPlan.SpriteFile),
            "sprite",
            cancellation
        );
        var map = await context.StoreAsync(
            Encoding.UTF8.GetBytes(plan.Vtt(Path.GetFileName(sprite.Key), thumbnails.Count)),
            hash => ObjectKeys.Thumbnail(context.Work.VideoId, "sprite", hash, ".vtt"),
            "text/vtt",
            cancellation
        );
        return new Pictures(thumbnails, sprite, map);
    }

    private async Task<ArtifactReference> WaveformAsync(
        StageContext context,
        string source,
        CancellationToken cancellation
    )
    {
        var picture = context.Workspace.PathOf("waveform.png");
        await ffmpeg.RunAsync(StoryboardPlan.Waveform(source, picture), cancellation, meter: context.Meter);
        return await StoreAsync(context, picture, "waveform", cancellation);
    }

    private static Task<ArtifactReference> StoreAsync(
        StageContext context,
        string picture,
        string name,
        CancellationToken cancellation
    )
    {
        var extension = Path.GetExtension(picture);
        return context.StoreAsync(
            picture,
            hash => ObjectKeys.Thumbnail(context.Work.VideoId, name, hash, extension),
            extension == ".png" ? "image/png" : "image/jpeg",
            cancellation
        );
    }

    private sealed record Pictures(
        IReadOnlyList<Thumbnail> Thumbnails,
        ArtifactReference? Sprite,
        ArtifactReference? Map
    )
    {
        public static readonly Pictures None = new([], null, null);
    }
}
