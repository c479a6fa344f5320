using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>Cuts a video into segments that are about one thing each, and says how much each matters. It rests on what is said; where
/// little or nothing is said, on scenes and sound.</summary>
internal sealed class AnalyzeStage : IStage
{
    // Below this a word here and there does not make the video a talk.
    private const double SpokenShare = 0.1;

    /// <inheritdoc />
    public string Name => "analyze";

    /// <inheritdoc />
    public string Version => "1";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var probed = await context.GetAsync<MediaProbed>("probe", cancellation);
        var measured = new SoundAndPicture(
            probed.DurationSeconds,
            probed.HasAudio,
            probed.HasVideo,
            (await context.FindAsync<SilencesDetected>("features", cancellation))?.Regions ?? [],
            (await context.FindAsync<ScenesDetected>("features", cancellation))?.Cuts ?? [],
            (await context.FindAsync<LoudnessMeasured>("features", cancellation))?.PerSecondLufs ?? []
        );
        var transcript = await context.FindAsync<TranscriptProduced>("transcript", cancellation);
        var sentences = Sentence.Split(transcript?.Segments ?? [], probed.DurationSeconds);
        context.Meter.MediaSeconds = probed.DurationSeconds;
        context.Report(10, sentences.Count > 0 ? "Looking for topics" : "Looking at scenes and sound");
        return new StageResult(
            sentences.Sum(sentence => sentence.End - sentence.Start) >= SpokenShare * probed.DurationSeconds
            && sentences.Count > 0
                ? new SegmentsAnalyzed(
                    SpokenSegments.Method,
                    Signals(measured, speech: true),
                    SpokenSegments.Of(sentences, measured, TextLanguage.Of(transcript!.Language))
                )
                : new SegmentsAnalyzed(
                    SilentSegments.Method,
                    Signals(measured, speech: false),
                    SilentSegments.Of(measured)
                )
        );
    }

    private static string[] Signals(SoundAndPicture measured, bool speech) =>
        [
            .. speech ? (string[])["speech"] : [],
            .. measured.HasVideo ? (string[])["scenes"] : [],
            .. measured.HasAudio ? (string[])["loudness"] : [],
        ];
}
