using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;
using EventPipeline.Processors.Engines.Language.Chat;

namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>Cuts a video into segments that are about one thing each, and says how much each matters. It rests on what is said; where
/// little or nothing is said, on scenes and sound.</summary>
/// <param name="chat">Divides what is said, in place of the methods of this machine; null for those.</param>
internal sealed class AnalyzeStage(IChatModel? chat = null) : IStage
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
        var isTalk =
            sentences.Count > 0
            && sentences.Sum(sentence => sentence.End - sentence.Start) >= SpokenShare * probed.DurationSeconds;
        context.Report(10, isTalk ? "Looking for topics" : "Looking at scenes and sound");
        var (method, segments) = isTalk
            ? await DivideAsync(
                sentences,
                new Talk(sentences, measured, TextLanguage.Of(transcript!.Language)),
                context,
                cancellation
            )
            : (SilentSegments.Method, SilentSegments.Of(measured));
        context.Meter.ModelId ??= method;
        return new StageResult(new SegmentsAnalyzed(method, Signals(measured, isTalk), segments));
    }

    private async Task<(string Method, IReadOnlyList<ContentSegment> Segments)> DivideAsync(
        IReadOnlyList<Sentence> sentences,
        Talk talk,
        StageContext context,
        CancellationToken cancellation
    )
    {
        if (chat is null)
            return (Talk.Method, talk.Segments());
        string? complaint = null;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var prompt = ChatSegments.Ask(sentences, talk.Limits, complaint);
            var answer = await chat.AskAsync(prompt, cancellation, activity => context.Report(0, activity));
            Record(context.Meter, prompt, answer);
            if (ChatSegments.Read(answer.Text, sentences.Count, talk.Limits, out complaint) is { } chosen)
                return ($"{ChatSegments.Method}+{answer.Model}", Judged(talk, chosen));
        }
        throw StageException.Transient($"The chat model's answer could not be used: {complaint}");
    }

    private static ContentSegment[] Judged(Talk talk, IReadOnlyList<ChosenSegment> chosen) =>
        [
            .. talk.Describe([.. chosen.Select(segment => segment.FirstSentence)])
                .Zip(
                    chosen,
                    (described, judged) =>
                        described with
                        {
                            Topic = judged.Title.Trim(),
                            Keywords = judged.Keywords,
                            Importance = judged.Importance,
                            Measures = new Dictionary<string, double>(described.Measures, StringComparer.Ordinal)
                            {
                                [Measures.Judgement] = judged.Importance,
                            },
                        }
                ),
        ];

    private static void Record(StageMeter meter, ChatPrompt prompt, ChatAnswer answer)
    {
        meter.ModelId = answer.Model;
        meter.PromptVersion = prompt.Version;
        meter.PromptHash = prompt.Hash;
        if (ChatPrices.CostMicros(answer.Model, answer.InputTokens, answer.OutputTokens) is not { } cost)
            return;
        meter.PriceVersion = ChatPrices.Version;
        meter.CostMicros += cost;
    }

    private static string[] Signals(SoundAndPicture measured, bool speech) =>
        [
            .. speech ? (string[])["speech"] : [],
            .. measured.HasVideo ? (string[])["scenes"] : [],
            .. measured.HasAudio ? (string[])["loudness"] : [],
        ];
}
