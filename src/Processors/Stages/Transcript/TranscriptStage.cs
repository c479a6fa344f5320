using System.Text;
using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Media;
using EventPipeline.Processors.Subtitles;

namespace EventPipeline.Processors.Stages.Transcript;

/// <summary>The whole transcript: from captions in the file if it has them, else from the transcribed chunks.</summary>
public sealed class TranscriptStage(Ffmpeg ffmpeg) : IStage
{
    /// <inheritdoc />
    public string Name => "transcript";

    /// <inheritdoc />
    public string Version => "1";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var probed = await context.GetAsync<MediaProbed>("probe", cancellation);
        context.Meter.MediaSeconds = probed.DurationSeconds;
        var language = context.Work.Options.Language;
        var found = CaptionChoice.Choose(probed.Subtitles, language) is { } captions
            ? await FromCaptionsAsync(context, captions, probed.DurationSeconds, cancellation)
            : FromSpeech(await context.GetAllAsync<ChunkTranscribed>("transcribe", cancellation));
        context.Meter.ModelId = found.Engine;
        context.Report(50, "writing subtitles");
        return new StageResult(
            new TranscriptProduced(
                found.Source,
                language,
                found.Engine,
                found.Segments,
                found.Dropped,
                await StoreAsync(Document(found.Segments), ".json", "application/json"),
                await StoreAsync(SubtitleWriter.WriteSrt(found.Segments), ".srt", "application/x-subrip"),
                await StoreAsync(SubtitleWriter.WriteVtt(found.Segments), ".vtt", "text/vtt")
            )
        );

        Task<ArtifactReference> StoreAsync(string text, string extension, string contentType) =>
            context.StoreAsync(
                Encoding.UTF8.GetBytes(text),
                hash => ObjectKeys.Transcript(context.Work.VideoId, hash, extension),
                contentType,
                cancellation
            );
    }

    private sealed record Found(
        TranscriptSource Source,
        string Engine,
        IReadOnlyList<TranscriptSegment> Segments,
        int Dropped
    );

    private sealed record TranscriptDocument(IReadOnlyList<TranscriptSegment> Segments);

    private static string Document(IReadOnlyList<TranscriptSegment> segments) =>
        JsonSerializer.Serialize(new TranscriptDocument(segments), ContractJson.Options);

    private static Found FromSpeech(IReadOnlyList<ChunkTranscribed> chunks)
    {
        var sentences = Sentences.Of(chunks.SelectMany(chunk => chunk.Segments));
        var dropped = chunks.Sum(chunk => chunk.Dropped);
        return sentences.Count == 0
            ? new Found(TranscriptSource.None, chunks.Count > 0 ? chunks[0].Engine : "none", [], dropped)
            : new Found(TranscriptSource.Speech, chunks[0].Engine, sentences, dropped);
    }

    private async Task<Found> FromCaptionsAsync(
        StageContext context,
        SubtitleStream captions,
        double duration,
        CancellationToken cancellation
    )
    {
        var source = await context.SourceFileAsync(cancellation);
        var path = context.Workspace.PathOf("captions.srt");
        try
        {
            await ffmpeg.RunAsync(
                new MediaCommand(
                    [new MediaInput(source)],
                    ["-map", $"0:s:{captions.Index}", "-c:s", "srt", "-f", "srt", path]
                ),
                cancellation,
                meter: context.Meter
            );
        }
        catch (MediaException exception) when (exception.ExitCode is not null)
        {
            throw new StageException(
                FailureKind.Rejected,
                "The captions in the video cannot be read. Remove the subtitle stream, or replace it by one that can be played.",
                exception
            );
        }
        var segments = CaptionFile.Read(await File.ReadAllTextAsync(path, cancellation), duration);
        return new Found(
            segments.Count == 0 ? TranscriptSource.None : TranscriptSource.Captions,
            "captions",
            segments,
            0
        );
    }
}
