using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.Processors.Engines.Speech.Alignment;

namespace EventPipeline.Processors.Stages.Transcribe;

/// <summary>Writes down one chunk of speech, with the time of every word on the source timeline.</summary>
public sealed class TranscribeStage(ITranscriber transcriber, WordAligner aligner) : IStage
{
    /// <summary>Name of the stage.</summary>
    public const string StageName = "transcribe";

    // Sound is cut at whole samples, so each piece may differ by one; more is another sound.
    private const double LengthTolerance = 0.1;

    /// <inheritdoc />
    public string Name => StageName;

    /// <inheritdoc />
    public string Version => "1";

    /// <inheritdoc />
    public IReadOnlyCollection<string> Models => transcriber.Models;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var language = context.Work.Options.Language;
        if (!transcriber.Supports(language))
            throw StageException.Permanent(
                $"The speech engine {transcriber.Id} does not understand '{language}'. Set EVENTPIPELINE_TRANSCRIBER to openai with a model that does, add captions to the video, or start the job with another language."
            );
        var speech = await context.GetAsync<SpeechDetected>("features", cancellation);
        var chunk =
            speech.Chunks.FirstOrDefault(chunk => chunk.Name == context.Work.Item.Name)
            ?? throw StageException.Permanent($"There is no speech chunk '{context.Work.Item.Name}'.");
        var map = new TimelineMap(chunk.Pieces);
        var sound = await ReadAsync(context, chunk, map, cancellation);

        context.Meter.ModelId = transcriber.Id;
        context.Meter.MediaSeconds = sound.Seconds;
        context.Report(0, "transcribing");
        var recognition = await transcriber.TranscribeAsync(
            new SpeechAudio(sound, map.Joined),
            language,
            cancellation,
            activity => context.Report(0, activity)
        );
        context.Report(75, "finding word times");
        var timed = await aligner.AlignAsync(
            sound,
            recognition.Texts,
            language,
            context.Workspace,
            context.Meter,
            cancellation
        );
        var segments = timed.Where(words => words.Count > 0).Select(words => Segment(words, map)).ToArray();
        return new StageResult(
            new ChunkTranscribed(chunk.Name, language, transcriber.Id, segments, recognition.Dropped)
        );
    }

    private static async Task<WavSound> ReadAsync(
        StageContext context,
        SpeechChunk chunk,
        TimelineMap map,
        CancellationToken cancellation
    )
    {
        try
        {
            var sound = await WavSound.ReadAsync(await context.FetchAsync(chunk.Audio, cancellation), cancellation);
            return Math.Abs(sound.Seconds - map.Joined[^1].End) <= LengthTolerance
                ? sound
                : throw new InvalidDataException($"It is {sound.Seconds} s long instead of {map.Joined[^1].End} s.");
        }
        catch (InvalidDataException exception)
        {
            throw StageException.Permanent($"The sound of speech chunk '{chunk.Name}' cannot be used.", exception);
        }
    }

    private static TranscriptSegment Segment(IReadOnlyList<TranscriptWord> words, TimelineMap map)
    {
        var mapped = words
            .Select(word =>
            {
                var range = map.ToSource(new TimeRange(word.Start, word.End));
                return word with
                {
                    Start = Milliseconds(range.Start),
                    End = Milliseconds(range.End),
                    Confidence = Milliseconds(word.Confidence),
                };
            })
            .ToArray();
        return new TranscriptSegment(
            mapped[0].Start,
            mapped[^1].End,
            string.Join(' ', mapped.Select(word => word.Text)),
            Milliseconds(mapped.Average(word => word.Confidence)),
            mapped
        );
    }

    private static double Milliseconds(double value) => Math.Round(value, 3);
}
