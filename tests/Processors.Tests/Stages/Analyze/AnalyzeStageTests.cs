using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language.Chat;
using EventPipeline.Processors.Stages.Analyze;
using EventPipeline.Processors.Stages.Select;
using EventPipeline.Processors.Tests.Engines.Language.Chat;
using EventPipeline.Processors.Tests.Hosting;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Processors.Tests.Stages.Analyze;

/// <summary>Analyze and select as the host runs them: facts from the object store in, facts and items out.</summary>
public sealed class AnalyzeStageTests : IAsyncDisposable
{
    private static readonly Lecture Lecture = LectureMaker.Imagine(LectureScripts.SixTopics, new LectureOptions());
    private static readonly ArtifactReference Document = Work.Nothing;

    private readonly StageRun run = new();
    private readonly ChatServer server = new();

    public async ValueTask DisposeAsync()
    {
        run.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_lecture_becomes_topics_and_then_five_clips_of_whole_sentences()
    {
        var inputs = await InputsAsync(Lecture.MisheardTranscript(0.15, new Random(3)));
        var analyzed = (SegmentsAnalyzed)(await RunAsync(new AnalyzeStage(), inputs)).Facts.ShouldHaveSingleItem();
        analyzed.Signals.ShouldBe(["speech", "scenes", "loudness"]);
        run.Meter.ModelId.ShouldBe(Talk.Method);
        Lecture
            .Topics.Count(topic => analyzed.Segments.Any(segment => Math.Abs(segment.Start - topic.Start) <= 4))
            .ShouldBeGreaterThanOrEqualTo(5);

        var result = await RunAsync(new SelectStage(), [.. inputs, await run.OutputAsync("analyze", analyzed)]);
        var selected = (HighlightsSelected)result.Facts.ShouldHaveSingleItem();
        run.Meter.WeightsVersion.ShouldBe("selection@1");
        selected.Highlights.Count.ShouldBe(5);
        result.Items.ShouldBe(
            selected.Highlights.Select(clip => new Item(clip.Name, new TimeRange(clip.Start, clip.End)))
        );
        foreach (var edge in selected.Highlights.SelectMany(clip => new[] { clip.Start, clip.End }))
            Lecture.Pauses.ShouldContain(pause => pause.Start <= edge && edge <= pause.End);
    }

    [Fact]
    public async Task Without_speech_segments_come_from_scenes_and_sound()
    {
        var analyzed = await AnalyzeAsync(new AnalyzeStage(), await InputsAsync([]));
        analyzed.Method.ShouldBe(SilentSegments.Method);
        analyzed.Signals.ShouldBe(["scenes", "loudness"]);
        analyzed.Segments.Count.ShouldBeInRange(5, 15);
    }

    [Fact]
    public async Task A_source_of_which_only_the_probe_knows_something_still_has_a_segment()
    {
        var probed = Probed(0.5) with { HasAudio = false };
        var inputs = new[] { await run.OutputAsync("probe", probed) };
        var analyzed = await AnalyzeAsync(new AnalyzeStage(), inputs);
        var segment = analyzed.Segments.ShouldHaveSingleItem();
        (segment.Start, segment.End).ShouldBe((0, 0.5));
        var selected = await RunAsync(new SelectStage(), [.. inputs, await run.OutputAsync("analyze", analyzed)]);
        selected.Items.ShouldBe([new Item("clip-001", new TimeRange(0, 0.5))]);
    }

    [Fact]
    public async Task A_chat_model_divides_by_sentences_and_what_it_cost_is_metered()
    {
        server.Answers(Answer(0, 7, 14, 21, 28, 35));
        var analyzed = await AnalyzeAsync(Chatting(), await InputsAsync(Lecture.Transcript()));
        analyzed.Method.ShouldBe("chat@1+gpt-4o-mini-2024-07-18");
        analyzed.Segments.Select(segment => segment.Start).ShouldBe(Lecture.Topics.Select(topic => topic.Start));
        analyzed.Segments.ShouldAllBe(segment => segment.Measures[Measures.Judgement] == segment.Importance);
        run.Meter.ModelId.ShouldBe("gpt-4o-mini-2024-07-18");
        run.Meter.PromptVersion.ShouldBe("segments@1");
        run.Meter.PromptHash.ShouldNotBeNull().Length.ShouldBe(64);
        run.Meter.PriceVersion.ShouldBe(ChatPrices.Version);
        run.Meter.CostMicros.ShouldBe(270);
    }

    [Fact]
    public async Task A_bad_answer_is_asked_about_once_and_both_calls_are_paid()
    {
        server.Answers("Sure, here you go!").Answers(Answer(0, 7, 14, 21, 28, 35));
        var analyzed = await AnalyzeAsync(Chatting(), await InputsAsync(Lecture.Transcript()));
        analyzed.Segments.Count.ShouldBe(6);
        run.Meter.CostMicros.ShouldBe(540);
        server.Requests.Last().Body.GetProperty("messages")[0].ToString().ShouldContain("could not be used");
    }

    [Fact]
    public async Task Two_bad_answers_fail_the_attempt_with_the_reason()
    {
        server.Answers(Answer(0, 1)).Answers(Answer(0, 1));
        var failure = await Should.ThrowAsync<StageException>(async () =>
            await AnalyzeAsync(Chatting(), await InputsAsync(Lecture.Transcript()))
        );
        failure.Kind.ShouldBe(FailureKind.Transient);
        failure.Message.ShouldBe("The chat model's answer could not be used: it has 2 segments.");
        run.Meter.CostMicros.ShouldBe(540);
    }

    private AnalyzeStage Chatting() => new(new OpenAiChatModel(new ChatOptions(server.BaseUrl, "key", "gpt-4o-mini")));

    private static string Answer(params int[] starts) =>
        ChatSegmentsTests.Answer([.. starts.Select(start => ChatSegmentsTests.Segment(start))]);

    private async Task<SegmentsAnalyzed> AnalyzeAsync(AnalyzeStage stage, StageInput[] inputs) =>
        (SegmentsAnalyzed)(await RunAsync(stage, inputs)).Facts.ShouldHaveSingleItem();

    private Task<StageResult> RunAsync(IStage stage, StageInput[] inputs) => run.RunAsync(stage, Work.Nothing, inputs);

    private async Task<StageInput[]> InputsAsync(IReadOnlyList<TranscriptSegment> transcript) =>
        [
            await run.OutputAsync("probe", Probed(Lecture.DurationSeconds)),
            await run.OutputAsync(
                "features",
                new SilencesDetected(-60, -45, 0.4, Lecture.Pauses),
                new ScenesDetected([.. Lecture.SlideCuts.Select(time => new SceneCut(time, 40, SceneCutKind.Cut))], []),
                new LoudnessMeasured(-20, 5, -1, [.. Enumerable.Repeat(-20.0, (int)Lecture.DurationSeconds)])
            ),
            await run.OutputAsync(
                "transcript",
                new TranscriptProduced(
                    transcript.Count > 0 ? TranscriptSource.Speech : TranscriptSource.None,
                    "en",
                    "test",
                    transcript,
                    0,
                    Document,
                    Document,
                    Document
                )
            ),
        ];

    private static MediaProbed Probed(double duration) =>
        new("mp4", duration, true, true, 640, 360, 25, false, 0, "h264", "aac", 1, 48000, 1, 1, []);
}
