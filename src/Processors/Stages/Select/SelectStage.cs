using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>Chooses the highlights and hands each on as an item. All judgement is in <see cref="HighlightSelection"/>.</summary>
internal sealed class SelectStage : IStage
{
    /// <inheritdoc />
    public string Name => "select";

    /// <inheritdoc />
    public string Version => "2";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var weights = SelectionWeights.V1;
        var probed = await context.GetAsync<MediaProbed>("probe", cancellation);
        var transcript = await context.FindAsync<TranscriptProduced>("transcript", cancellation);
        var input = new SelectionInput(
            probed.DurationSeconds,
            await context.GetAsync<SegmentsAnalyzed>("analyze", cancellation),
            Sentence.Split(transcript?.Segments ?? [], probed.DurationSeconds),
            (await context.FindAsync<SilencesDetected>("features", cancellation))?.Regions ?? [],
            (await context.FindAsync<ScenesDetected>("features", cancellation))?.Cuts ?? [],
            (await context.FindAsync<SpeechDetected>("features", cancellation))?.Regions ?? [],
            transcript?.Language ?? context.Work.Options.Language
        );
        context.Meter.WeightsVersion = weights.Version;
        context.Meter.MediaSeconds = probed.DurationSeconds;
        var selected = HighlightSelection.Select(input, weights, new SelectionOptions(context.Work.Options.Highlights));
        return new StageResult(
            [selected],
            [.. selected.Highlights.Select(clip => new Item(clip.Name, new TimeRange(clip.Start, clip.End)))]
        );
    }
}
