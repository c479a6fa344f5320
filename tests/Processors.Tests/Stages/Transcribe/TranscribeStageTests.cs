using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.Processors.Engines.Speech.Alignment;
using EventPipeline.Processors.Tests.Engines;
using EventPipeline.TestSupport.Lectures;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventPipeline.Processors.Tests.Stages.Transcribe;

[Collection(SpeechModels.Name)]
public sealed class TranscribeStageTests(LocalModels models, ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_of_a_made_lecture_are_where_they_are_said_also_those_no_dictionary_has()
    {
        Assert.SkipUnless(
            await FfmpegTool.CanSpeakAsync(Cancellation),
            "ffmpeg with flite is missing: apt-get install ffmpeg"
        );
        Assert.SkipWhen(
            PronouncingDictionary.Installed is null,
            "pocketsphinx-en-us is missing: apt-get install pocketsphinx pocketsphinx-en-us"
        );
        using var job = new SpeechJob(models, Cancellation);
        var script = new LectureScript([
            new(
                "One",
                [
                    "The tool is called Grafzilo and it draws pictures.",
                    "Then we tried Quobernix for an hour.",
                    "In the end we kept neither of them.",
                ],
                "One"
            ),
        ]);
        using var folder = new TestSupport.TemporaryFolder();
        var lecture = await LectureMaker.MakeAsync(script, new LectureOptions(), folder.Path, Cancellation);
        var speech = await job.PrepareAsync(lecture.Path);
        // Recognition is not what is tested: the engine says exactly what was said, without times.
        var engine = new Parrot(lecture, speech.Chunks[0]);
        var chunk = await job.TranscribeAsync(engine, speech.Chunks[0]);

        var words = chunk.Segments.SelectMany(segment => segment.Words).ToArray();
        words.Where(word => word.IsEstimated).Select(word => word.Text).ShouldBe(["Grafzilo", "Quobernix"]);
        foreach (var sentence in lecture.Sentences)
        {
            var first = words.MinBy(word => Math.Abs(word.Start - sentence.Start))!;
            output.WriteLine($"{sentence.Start:0.000} {first.Start:0.000} {first.Text}");
            first.Start.ShouldBe(sentence.Start, 0.15);
        }
        chunk.Segments.ShouldAllBe(segment =>
            speech
                .Chunks[0]
                .Pieces.Any(piece => segment.Start >= piece.Start - 0.001 && segment.End <= piece.End + 0.001)
        );
    }

    [Fact]
    public async Task Without_pocketsphinx_every_time_is_estimated_and_says_so()
    {
        using var job = new SpeechJob(models, Cancellation);
        using var folder = new TestSupport.TemporaryFolder();
        using var workspace = Workspace.Create(folder.Path);
        var aligner = new WordAligner(NullLogger<WordAligner>.Instance, "pocketsphinx-that-is-not-installed");
        RecognizedText text = new(new(1, 3), [new("Hello", 1), new("world.", 1)]);
        var timed = await aligner.AlignAsync(
            new WavSound(new short[64_000]),
            [text],
            "en",
            workspace,
            new StageMeter(),
            Cancellation
        );
        timed.ShouldHaveSingleItem().ShouldAllBe(word => word.IsEstimated);
        timed[0][0].Start.ShouldBe(1);
        timed[0][1].End.ShouldBe(3);
    }

    [Fact]
    public async Task Words_that_do_not_fit_the_sound_are_estimated()
    {
        using var folder = new TestSupport.TemporaryFolder();
        using var workspace = Workspace.Create(folder.Path);
        RecognizedText text = new(
            new(0, 0.2),
            [.. "nobody can say all this in so short a time".Split(' ').Select(word => new RecognizedWord(word, 1))]
        );
        var timed = await new WordAligner(NullLogger<WordAligner>.Instance).AlignAsync(
            new WavSound(new short[3200]),
            [text],
            "en",
            workspace,
            new StageMeter(),
            Cancellation
        );
        timed[0].ShouldAllBe(word => word.IsEstimated);
        timed[0][^1].End.ShouldBeLessThanOrEqualTo(0.2 + 1e-9);
    }

    [Fact]
    public async Task A_language_that_the_engine_does_not_understand_fails_the_job_with_what_to_configure()
    {
        using var job = new SpeechJob(models, Cancellation) { Options = new JobOptions(Language: "de") };
        var moonshine = new MoonshineTranscriber(MoonshineModel.Base, models.Store, models.Pool);
        var error = await Should.ThrowAsync<StageException>(() =>
            job.TranscribeAsync(moonshine, new SpeechChunk("chunk-0001", [new(0, 1)], Hosting.Work.Nothing))
        );
        error.Kind.ShouldBe(FailureKind.Permanent);
        error.Message.ShouldContain("EVENTPIPELINE_TRANSCRIBER");
        error.Message.ShouldContain("'de'");
    }

    [Fact]
    public async Task A_sound_that_is_not_that_of_the_pieces_is_an_error_not_a_wrong_transcript()
    {
        using var job = new SpeechJob(models, Cancellation);
        var wav = await job.StoreAsync(new WavSound(new short[16_000]).Write(), "audio/x.wav");
        var chunk = new SpeechChunk("chunk-0001", [new(0, 5)], wav);
        await job.AddAsync("features", "video", new SpeechDetected([], [chunk]));
        var error = await Should.ThrowAsync<StageException>(() => job.TranscribeAsync(new Silent(), chunk));
        error.Kind.ShouldBe(FailureKind.Permanent);
    }

    [Fact]
    public async Task A_chunk_in_which_nothing_is_understood_has_no_segments()
    {
        using var job = new SpeechJob(models, Cancellation);
        var wav = await job.StoreAsync(new WavSound(new short[16_000]).Write(), "audio/x.wav");
        var chunk = new SpeechChunk("chunk-0001", [new(4, 5)], wav);
        await job.AddAsync("features", "video", new SpeechDetected([], [chunk]));
        var fact = await job.TranscribeAsync(new Silent(), chunk);
        fact.Segments.ShouldBeEmpty();
        fact.Dropped.ShouldBe(2);
        fact.Engine.ShouldBe("silent");
    }

    private sealed class Silent : ITranscriber
    {
        public string Id => "silent";

        public bool Supports(string language) => true;

        public Task<Recognition> TranscribeAsync(
            SpeechAudio audio,
            string language,
            CancellationToken cancellation,
            Action<string>? says = null
        ) => Task.FromResult(new Recognition([], 2));
    }

    /// <summary>Knows what was said.</summary>
    private sealed class Parrot(Lecture lecture, SpeechChunk chunk) : ITranscriber
    {
        public string Id => "parrot";

        public bool Supports(string language) => true;

        public Task<Recognition> TranscribeAsync(
            SpeechAudio audio,
            string language,
            CancellationToken cancellation,
            Action<string>? says = null
        ) =>
            Task.FromResult(
                new Recognition(
                    [
                        .. audio.Pieces.Select(
                            (piece, index) =>
                                new RecognizedText(
                                    piece,
                                    [
                                        .. lecture
                                            .Sentences.Where(sentence =>
                                                chunk.Pieces[index].Contains((sentence.Start + sentence.End) / 2)
                                            )
                                            .SelectMany(sentence => sentence.Text.Split(' '))
                                            .Select(word => new RecognizedWord(word, 0.9)),
                                    ]
                                )
                        ),
                    ],
                    0
                )
            );
    }
}
