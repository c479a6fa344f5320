using System.Text.Json;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.Processors.Tests.Engines;
using EventPipeline.Processors.Tests.Engines.Speech;

namespace EventPipeline.Processors.Tests.Stages.Transcribe;

/// <summary>The whole way from sound to sentences, on a recording whose words and times are known. It does not cover real rooms.</summary>
[Collection(SpeechModels.Name)]
public sealed class RecognitionTests(LocalModels models, ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_talk_is_written_down_sentence_by_sentence_with_few_errors_and_at_the_right_times()
    {
        var media = Recordings.Require("synthetic/synthetic-720p.mp4");
        var truth = await TruthAsync(Path.ChangeExtension(media, ".truth.json"));
        await models.RequireAsync([.. MoonshineModel.Base.Files]);
        var moonshine = new MoonshineTranscriber(MoonshineModel.Base, models.Store, models.Pool);
        using var job = new SpeechJob(models, Cancellation);
        await job.AddProbedAsync(298);
        var speech = await job.PrepareAsync(media);
        speech.Chunks.Count.ShouldBeGreaterThan(1);
        foreach (var chunk in speech.Chunks)
            await job.TranscribeAsync(moonshine, chunk);
        var transcript = await job.TranscriptAsync();

        transcript.Source.ShouldBe(TranscriptSource.Speech);
        var words = transcript.Segments.SelectMany(segment => segment.Words).ToArray();
        var errors = WordErrors.Rate(
            string.Join(' ', truth.Select(sentence => sentence.Text)),
            string.Join(' ', words.Select(word => word.Text))
        );
        var late = OnsetErrors(truth, words);
        output.WriteLine(
            $"errors {errors:0.000}, onsets of {late.Length} of {truth.Length} sentences: median {late[late.Length / 2]:0.000} s, nine of ten {late[late.Length * 9 / 10]:0.000} s, estimated {words.Count(word => word.IsEstimated)} of {words.Length} words"
        );
        foreach (var segment in transcript.Segments)
            output.WriteLine($"{segment.Start, 7:0.00} {segment.Text}");
        errors.ShouldBeLessThanOrEqualTo(0.05);
        late.Length.ShouldBeGreaterThan(truth.Length * 8 / 10);
        late[late.Length * 9 / 10].ShouldBeLessThanOrEqualTo(0.15);
    }

    /// <summary>For each sentence whose first two words were understood: how far its first word is from where it is said.</summary>
    private static double[] OnsetErrors((double Start, string Text)[] truth, TranscriptWord[] words)
    {
        var errors = new List<double>();
        foreach (var (start, text) in truth)
        {
            var wanted = WordErrors.Words(text).Take(2).ToArray();
            for (var i = 0; i + 1 < words.Length; i++)
                if (
                    Math.Abs(words[i].Start - start) < 2
                    && WordErrors.Words(words[i].Text + " " + words[i + 1].Text).Take(2).SequenceEqual(wanted)
                )
                {
                    errors.Add(Math.Abs(words[i].Start - start));
                    break;
                }
        }
        return [.. errors.Order()];
    }

    private static async Task<(double Start, string Text)[]> TruthAsync(string path)
    {
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, Cancellation));
        return
        [
            .. document
                .RootElement.GetProperty("speech")
                .EnumerateArray()
                .Select(sentence =>
                    (sentence.GetProperty("start").GetDouble(), sentence.GetProperty("text").GetString()!)
                ),
        ];
    }
}
