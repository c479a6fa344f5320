using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.Processors.Engines.Speech.Alignment;

namespace EventPipeline.Processors.Tests.Engines.Speech;

/// <summary>The pure parts around recognition: numbers, spoken forms, loops, times.</summary>
public sealed class SpeechTextTests
{
    [Theory]
    [InlineData(0, "zero")]
    [InlineData(17, "seventeen")]
    [InlineData(42, "forty two")]
    [InlineData(300, "three hundred")]
    [InlineData(1_234_567, "one million two hundred thirty four thousand five hundred sixty seven")]
    public void Numbers_are_said(long number, string said) =>
        string.Join(' ', NumberWords.Cardinal(number)).ShouldBe(said);

    [Theory]
    [InlineData("faster,", "faster")]
    [InlineData("Mr.", "mister")]
    [InlineData("2024", "twenty twenty four")]
    [InlineData("1905", "nineteen oh five")]
    [InlineData("1,500", "one thousand five hundred")]
    [InlineData("$20.", "twenty dollars")]
    [InlineData("3.5%", "three point five percent")]
    [InlineData("21st", "twenty first")]
    [InlineData("1990s", "nineteen nineties")]
    [InlineData("10:30", "ten thirty")]
    [InlineData("GPT-4", "gpt four")]
    [InlineData("&", "and")]
    [InlineData("don’t", "don't")]
    public void Words_are_said(string written, string said) =>
        string.Join(' ', SpokenForms.Of(written).First()).ShouldBe(said);

    [Fact]
    public void Compounds_and_short_names_have_further_forms()
    {
        SpokenForms.Of("ill-disposed").ShouldContain(form => form.SequenceEqual(new[] { "ill", "disposed" }));
        SpokenForms.Of("SQL").ShouldContain(form => form.SequenceEqual(new[] { "s", "q", "l" }));
        SpokenForms.Of("—").ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_that_can_be_written_breaks_the_forms_or_the_sounds() =>
        Gen.String[0, 30]
            .Sample(text =>
            {
                foreach (var form in SpokenForms.Of(text))
                {
                    form.ShouldNotBeEmpty();
                    LetterSounds.Guess(form[0])?.ShouldMatch("^[A-Z]+( [A-Z]+)*$");
                }
            });

    [Fact]
    public void Sounds_of_unknown_words_are_guessed()
    {
        LetterSounds.Guess("kubernetes").ShouldBe("K AH B ER N EH T EH S");
        LetterSounds.Guess("überfluß").ShouldBeNull();
        LetterSounds.Guess("café").ShouldBe("K AE F");
    }

    [Theory]
    [InlineData("no no no", null)]
    [InlineData("a b c d e f g h i j", null)]
    [InlineData("so you you you you you you you you", 1)]
    [InlineData("x thank you thank you thank you thank you", 1)]
    public void Loops_are_found_where_they_begin(string words, int? start) =>
        InventedSpeech.LoopStart(words.Split(' ')).ShouldBe(start);

    [Fact]
    public void A_grammar_has_one_path()
    {
        AlignmentGrammar
            .Write(["twenty", "one"])
            .ShouldBe(
                "FSG_BEGIN words\nNUM_STATES 3\nSTART_STATE 0\nFINAL_STATE 2\nTRANSITION 0 1 1.0 twenty\nTRANSITION 1 2 1.0 one\nFSG_END\n"
            );
    }

    [Fact]
    public void Heard_words_are_read_without_silence_and_noise()
    {
        const string Output =
            "and mister john\n<s> 0.000 0.190 0.99\nand(2) 0.200 0.360 0.9\n<sil> 0.4 0.5 1.0\n[NOISE] 0.5 0.6 1\nmister 0.630 0.970 1.0\n</s> 1 2 1\n";
        AlignmentGrammar.Read(Output).ShouldBe([new("and", 0.2, 0.36), new("mister", 0.63, 0.97)]);
    }

    [Fact]
    public void Every_word_gets_a_time_in_order_inside_the_range_and_known_ones_keep_theirs() =>
        Gen.Select(Gen.Double[0, 30], Gen.Select(Gen.Double[0, 0.5], Gen.Double[0, 0.8], Gen.Int[0, 2]).Array[1, 40])
            .Sample(
                (start, steps) =>
                {
                    var time = start;
                    var known = steps
                        .Select(step =>
                        {
                            var begin = time + step.Item1;
                            time = begin + step.Item2;
                            return step.Item3 == 0
                                ? (KnownTime?)null
                                : new KnownTime(new(begin, time), step.Item3 == 2);
                        })
                        .ToArray();
                    var range = new TimeRange(start, time + 0.5);
                    var words = WordTimes.Fill(
                        range,
                        [.. steps.Select((_, i) => new RecognizedWord($"w{i}", 1))],
                        known
                    );
                    words.Count.ShouldBe(steps.Length);
                    var end = start;
                    for (var i = 0; i < words.Count; i++)
                    {
                        words[i].Start.ShouldBeGreaterThanOrEqualTo(end - 1e-9);
                        words[i].End.ShouldBeInRange(words[i].Start, range.End + 1e-9);
                        end = words[i].End;
                        if (known[i] is { } value)
                            words[i].ShouldBe(new(value.Range.Start, value.Range.End, $"w{i}", 1, value.IsGuess));
                        else
                            words[i].IsEstimated.ShouldBeTrue();
                    }
                }
            );

    [Fact]
    public void Times_out_of_order_break_nothing() =>
        Gen.Select(Gen.Double[0, 10], Gen.Double[0, 10])
            .Array[1, 20]
            .Sample(times =>
            {
                var known = times
                    .Select(time => (KnownTime?)new KnownTime(new(time.Item1, time.Item2), false))
                    .ToArray();
                var words = WordTimes.Fill(new(1, 8), [.. times.Select(_ => new RecognizedWord("w", 1))], known);
                var end = 1.0;
                foreach (var word in words)
                {
                    word.Start.ShouldBeGreaterThanOrEqualTo(end - 1e-9);
                    word.End.ShouldBeInRange(word.Start - 1e-9, 8 + 1e-9);
                    end = word.End;
                }
            });

    [Fact]
    public void Listed_times_find_their_written_words()
    {
        var listed = new Queue<TimedWord>(
            "we moved twenty machines ok".Split(' ').Select((word, i) => new TimedWord(word, new(i, i + 0.5)))
        );
        var times = TimedWord.Match(["We", "moved", "20", "machines,", "—", "OK."], listed);
        times.Select(time => time?.Start).ShouldBe([0, 1, null, 3, null, 4]);
    }

    [Fact]
    public void A_wav_file_is_read_as_it_was_written_and_anything_else_is_refused()
    {
        var sound = new WavSound([1, -2, 300, short.MinValue]);
        WavSound.Parse(sound.Write()).Samples.ToArray().ShouldBe(sound.Samples.ToArray());
        Gen.Byte.Array[0, 100].Sample(bytes => Should.Throw<InvalidDataException>(() => WavSound.Parse(bytes)));
        var file = sound.Write();
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    var damaged = file.ToArray();
                    damaged[at] = value;
                    try
                    {
                        WavSound.Parse(damaged).Samples.Length.ShouldBeLessThanOrEqualTo(file.Length / 2);
                    }
                    catch (InvalidDataException)
                    {
                        // What it should be.
                    }
                }
            );
    }

    [Fact]
    public void Settings_choose_the_engine()
    {
        From([]).Moonshine.ShouldBe(MoonshineModel.Base);
        From(new() { ["EVENTPIPELINE_TRANSCRIBER"] = "moonshine-tiny" }).Moonshine.ShouldBe(MoonshineModel.Tiny);
        var own = From(
            new() { ["EVENTPIPELINE_TRANSCRIBER"] = "openai", ["OPENAI_BASE_URL"] = "http://localhost:1/v1" }
        );
        own.OpenAi.ShouldBe(new OpenAiSpeechOptions(new Uri("http://localhost:1/v1"), "none", "whisper-1"));
        Should.Throw<ArgumentException>(() => From(new() { ["EVENTPIPELINE_TRANSCRIBER"] = "openai" }));
        Should.Throw<ArgumentException>(() => From(new() { ["EVENTPIPELINE_TRANSCRIBER"] = "whisper" }));
        Should.Throw<ArgumentException>(() =>
            From(new() { ["EVENTPIPELINE_TRANSCRIBER"] = "openai", ["OPENAI_BASE_URL"] = "file:///x" })
        );

        static SpeechOptions From(Dictionary<string, string?> settings) =>
            SpeechOptions.From(settings.GetValueOrDefault);
    }
}
