using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Tests.Engines;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Processors.Tests.Stages.Transcript;

[Collection(SpeechModels.Name)]
public sealed class TranscriptStageTests(LocalModels models)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Captions_in_the_file_are_the_transcript()
    {
        using var job = new SpeechJob(models, Cancellation);
        var source = await MakeAsync(
            job,
            "1\n00:00:00,500 --> 00:00:02,000\nHello & welcome.\n\n2\n00:00:02,500 --> 00:00:04,000\n<i>This</i> is\na test.\n\n"
        );
        await job.AddProbedAsync(5, new SubtitleStream(0, "mov_text", "eng", true));
        await job.AddAsync("features", "video", new SpeechDetected([], []));

        var transcript = await job.TranscriptAsync(source);

        transcript.Source.ShouldBe(TranscriptSource.Captions);
        transcript.Engine.ShouldBe("captions");
        transcript
            .Segments.Select(segment => (segment.Start, segment.End, segment.Text))
            .ShouldBe([(0.5, 2, "Hello & welcome."), (2.5, 4, "This is a test.")]);
        transcript.Segments.SelectMany(segment => segment.Words).ShouldAllBe(word => word.IsEstimated);
    }

    [Fact]
    public async Task No_speech_is_an_empty_transcript_with_valid_files()
    {
        using var job = new SpeechJob(models, Cancellation);
        await job.AddProbedAsync(5);
        await job.AddAsync("features", "video", new SpeechDetected([], []));
        var transcript = await job.TranscriptAsync();

        transcript.Source.ShouldBe(TranscriptSource.None);
        transcript.Segments.ShouldBeEmpty();
        (await job.TextAsync(transcript.Document)).ShouldBe("""{"segments":[]}""");
        (await job.TextAsync(transcript.Srt)).ShouldBe("");
        (await job.TextAsync(transcript.Vtt)).ShouldBe("WEBVTT\n\n");
    }

    [Fact]
    public async Task Chunks_are_joined_to_sentences_and_written_as_the_documented_json()
    {
        using var job = new SpeechJob(models, Cancellation);
        await job.AddProbedAsync(20);
        await job.AddAsync("transcribe", "chunk-0001", Chunk("chunk-0001", 1, "it is faster.", 1));
        await job.AddAsync("transcribe", "chunk-0002", Chunk("chunk-0002", 9, "Thank you.", 2));
        var transcript = await job.TranscriptAsync();

        transcript.Source.ShouldBe(TranscriptSource.Speech);
        transcript.Engine.ShouldBe("engine@1");
        transcript.Dropped.ShouldBe(3);
        using var document = JsonDocument.Parse(await job.TextAsync(transcript.Document));
        var segment = document.RootElement.GetProperty("segments")[0];
        document.RootElement.EnumerateObject().Select(property => property.Name).ShouldBe(["segments"]);
        segment
            .EnumerateObject()
            .Select(property => property.Name)
            .ShouldBe(["start", "end", "text", "confidence", "words"]);
        segment.GetProperty("text").GetString().ShouldBe("It is faster.");
        segment
            .GetProperty("words")[0]
            .EnumerateObject()
            .Select(property => property.Name)
            .ShouldBe(["start", "end", "text", "confidence", "isEstimated"]);
        (await job.TextAsync(transcript.Srt)).ShouldContain("00:00:09,000 --> ");
        transcript.Vtt.Key.ShouldEndWith(".vtt");
    }

    [Fact]
    public async Task The_same_facts_give_the_same_objects()
    {
        using var job = new SpeechJob(models, Cancellation);
        await job.AddProbedAsync(20);
        await job.AddAsync("transcribe", "chunk-0001", Chunk("chunk-0001", 1, "It is faster.", 0));
        (await job.TranscriptAsync()).Document.ShouldBe((await job.TranscriptAsync()).Document);
    }

    [Fact]
    public async Task Captions_that_cannot_be_read_are_the_owners_to_mend()
    {
        using var job = new SpeechJob(models, Cancellation);
        var source = await job.StoreAsync([1, 2, 3], "videos/raw/x/original.mp4");
        await job.AddProbedAsync(5, new SubtitleStream(0, "mov_text", null, true));
        var error = await Should.ThrowAsync<StageException>(() => job.TranscriptAsync(source));
        error.Kind.ShouldBe(FailureKind.Rejected);
    }

    private static ChunkTranscribed Chunk(string name, double start, string text, int dropped)
    {
        var words = text.Split(' ')
            .Select((word, i) => new TranscriptWord(start + i * 0.4, start + i * 0.4 + 0.3, word, 0.9, false))
            .ToArray();
        return new ChunkTranscribed(
            name,
            "en",
            "engine@1",
            [new TranscriptSegment(start, words[^1].End, text, 0.9, words)],
            dropped
        );
    }

    private static async Task<ArtifactReference> MakeAsync(SpeechJob job, string captions)
    {
        using var folder = new TestSupport.TemporaryFolder();
        await File.WriteAllTextAsync(folder["captions.srt"], captions, Cancellation);
        await FfmpegTool.RunAsync(
            folder.Path,
            [
                "-f",
                "lavfi",
                "-i",
                "color=size=64x64:rate=5:duration=5",
                "-i",
                "captions.srt",
                "-map",
                "0:v",
                "-map",
                "1:s",
                "-c:s",
                "mov_text",
                "-metadata:s:s:0",
                "language=eng",
                "video.mp4",
            ],
            Cancellation
        );
        return await job.StoreAsync(
            await File.ReadAllBytesAsync(folder["video.mp4"], Cancellation),
            "videos/raw/y/original.mp4"
        );
    }
}
