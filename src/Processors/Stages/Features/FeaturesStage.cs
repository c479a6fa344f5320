using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Voice;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Stages.Transcribe;
using EventPipeline.Processors.Stages.Transcript;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>Everything that can be measured without a model of language, from one decode: silence, cuts and fades, frozen and black
/// pictures, blur, loudness, and where a voice is heard. Cuts the speech into chunks for transcription.</summary>
internal sealed class FeaturesStage(Ffmpeg ffmpeg, SileroVoiceDetector voices) : IStage
{
    private const double DecodeShare = 70;

    public string Name => "features";

    public string Version => "2";

    public IReadOnlyCollection<string> Models => SileroVoiceDetector.Models;

    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var media = await context.GetAsync<MediaProbed>("probe", cancellation);
        context.Meter.MediaSeconds = media.DurationSeconds;
        await DecodeAsync(context, media, cancellation);
        var facts = ReadLogs(context.Workspace, media);
        var speech = media.HasAudio ? await FindSpeechAsync(context, media, cancellation) : new SpeechDetected([], []);
        facts.Add(speech);
        return new StageResult(
            facts,
            [
                .. speech.Chunks.Select(chunk => new Item(
                    chunk.Name,
                    new TimeRange(chunk.Pieces[0].Start, chunk.Pieces[^1].End)
                )),
            ]
        );
    }

    private async Task DecodeAsync(StageContext context, MediaProbed media, CancellationToken cancellation)
    {
        var source = await context.SourceFileAsync(cancellation);
        await ffmpeg.RunAsync(
            FeatureGraph.Command(source, media, context.Workspace.Folder),
            cancellation,
            percent => context.Report(percent / 100 * DecodeShare, "measuring picture and sound"),
            context.Meter
        );
    }

    private static List<Fact> ReadLogs(Workspace workspace, MediaProbed media)
    {
        var facts = new List<Fact>();
        if (media.HasAudio)
        {
            facts.Add(Silences(workspace, media.DurationSeconds));
            facts.Add(LoudnessLog.Read(Measures(FeatureGraph.Loudness), media.DurationSeconds));
        }
        if (media.HasVideo)
        {
            var log = PictureLog.Read(Measures(FeatureGraph.Pictures), media.DurationSeconds);
            facts.Add(SceneDetection.Detect(log, media.DurationSeconds));
            facts.Add(new PictureMeasured(log.Black, log.Frozen, MetadataLog.Mean(Measures(FeatureGraph.Blur))));
        }
        return facts;

        IEnumerable<Measure> Measures(string name) => MetadataLog.Read(File.ReadLines(workspace.PathOf(name)));
    }

    private static SilencesDetected Silences(Workspace workspace, double duration)
    {
        using var sound = File.OpenRead(workspace.PathOf(FeatureGraph.Sound));
        return SilenceDetection.Detect(SilenceDetection.Levels(sound), duration);
    }

    private async Task<SpeechDetected> FindSpeechAsync(
        StageContext context,
        MediaProbed media,
        CancellationToken cancellation
    )
    {
        context.Report(DecodeShare, "listening for voices");
        var sound = context.Workspace.PathOf(FeatureGraph.Sound);
        IReadOnlyList<TimeRange> regions;
        await using (var stream = new FileStream(sound, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16))
            regions = await voices.DetectAsync(stream, new VoiceSettings(), cancellation);
        context.Meter.ModelId = SileroVoiceDetector.Id;
        if (CaptionChoice.Choose(media.Subtitles, context.Work.Options.Language) is not null)
            return new SpeechDetected(regions, []);
        context.Report(95, "cutting out the speech");
        var chunks = new List<SpeechChunk>();
        foreach (var planned in SpeechChunks.Plan(regions))
        {
            var path = context.Workspace.PathOf(planned.Name + ".wav");
            await SpeechSound.CutAsync(sound, planned.Pieces, path, cancellation);
            var artifact = await context.StoreAsync(
                path,
                sha256 => ObjectKeys.Audio(context.Work.VideoId, planned.Name, sha256),
                "audio/wav",
                cancellation
            );
            chunks.Add(new SpeechChunk(planned.Name, planned.Pieces, artifact));
        }
        return new SpeechDetected(regions, chunks);
    }
}
