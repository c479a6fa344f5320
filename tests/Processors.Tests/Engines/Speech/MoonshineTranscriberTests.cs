using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Speech;

namespace EventPipeline.Processors.Tests.Engines.Speech;

[Collection(SpeechModels.Name)]
public sealed class MoonshineTranscriberTests(LocalModels models, ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("base", 0.05)]
    [InlineData("tiny", 0.08)]
    public async Task Read_speech_is_written_down_with_few_errors(string size, double mostErrors)
    {
        var transcriber = await TranscriberAsync(size);
        var truth = "";
        var heard = "";
        foreach (var clip in new[] { "0870", "0880", "0920" })
        {
            var path = Recordings.Require($"speech/sense_and_sensibility_01_austen_64kb-{clip}.wav");
            truth += " " + await File.ReadAllTextAsync(Path.ChangeExtension(path, ".txt"), Cancellation);
            var recognition = await transcriber.TranscribeAsync(
                Whole(await WavSound.ReadAsync(path, Cancellation)),
                "en",
                Cancellation
            );
            recognition.Dropped.ShouldBe(0);
            var words = recognition.Texts.ShouldHaveSingleItem().Words;
            words.ShouldAllBe(word => word.Confidence > 0 && word.Confidence <= 1 && word.Range == null);
            words.Average(word => word.Confidence).ShouldBeGreaterThan(0.7);
            heard += " " + string.Join(' ', words.Select(word => word.Text));
        }
        output.WriteLine(heard);
        WordErrors.Rate(truth, heard).ShouldBeLessThanOrEqualTo(mostErrors);
    }

    [Fact]
    public async Task Noise_is_not_given_endless_words()
    {
        var transcriber = await TranscriberAsync("tiny");
        var random = new Random(7);
        var noise = new WavSound([.. Enumerable.Range(0, 16_000 * 6).Select(_ => (short)random.Next(-3000, 3000))]);
        var recognition = await transcriber.TranscribeAsync(Whole(noise), "en", Cancellation);
        recognition.Texts.Sum(text => text.Words.Count).ShouldBeLessThan(InventedSpeech.MostTokens(noise.Seconds));
    }

    [Fact]
    public async Task A_sound_too_short_for_a_word_has_none()
    {
        var transcriber = await TranscriberAsync("tiny");
        (
            await transcriber.TranscribeAsync(Whole(new WavSound(new short[800])), "en", Cancellation)
        ).Texts.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_stops_when_it_is_told_to()
    {
        var transcriber = await TranscriberAsync("tiny");
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() =>
            transcriber.TranscribeAsync(Whole(new WavSound(new short[160_000])), "en", stop.Token)
        );
    }

    [Fact]
    public void It_understands_English_only()
    {
        var transcriber = new MoonshineTranscriber(MoonshineModel.Base, models.Store, models.Pool);
        transcriber.Supports("en").ShouldBeTrue();
        transcriber.Supports("en-GB").ShouldBeTrue();
        transcriber.Supports("de").ShouldBeFalse();
        transcriber.Id.ShouldBe("moonshine-base@0.1.16");
    }

    [Fact]
    public async Task The_vocabulary_spells_words_and_bytes()
    {
        await models.RequireAsync(ModelCatalogue.LlamaVocabulary);
        var vocabulary = LlamaVocabulary.Parse(
            await File.ReadAllTextAsync(
                await models.Store.PathOfAsync(ModelCatalogue.LlamaVocabulary, Cancellation),
                Cancellation
            )
        );
        vocabulary.Count.ShouldBe(32_000);
        // " Hello" is one piece; é comes as two bytes (ids 3 to 258 are bytes); 2 and 32000 are no text.
        var words = vocabulary.Words([
            (15043, 0.5f),
            (3 + 0xC3, 1f),
            (3 + 0xA9, 0f),
            (2, 1f),
            (32_000, 1f),
            (15043, 1f),
        ]);
        words.Select(word => word.Text).ShouldBe(["Helloé", "Hello"]);
        words[0].Confidence.ShouldBe(0.5, 1e-6);
    }

    private async Task<MoonshineTranscriber> TranscriberAsync(string size)
    {
        var model = MoonshineModel.Named(size);
        await models.RequireAsync([.. model.Files]);
        return new MoonshineTranscriber(model, models.Store, models.Pool);
    }

    private static SpeechAudio Whole(WavSound sound) => new(sound, [new TimeRange(0, sound.Seconds)]);
}
