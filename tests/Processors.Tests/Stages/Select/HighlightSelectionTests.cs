using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;
using EventPipeline.Processors.Stages.Analyze;
using EventPipeline.Processors.Stages.Select;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Processors.Tests.Stages.Select;

public class HighlightSelectionTests
{
    private static readonly SelectionOptions Five = new(5);

    [Fact]
    public void A_lecture_gives_the_recorded_selection() =>
        Golden.ShouldMatch(
            "Stages/Select/SixTopics.golden.json",
            new FactDocument([Select(Lecture(LectureScripts.SixTopics), Five)])
        );

    [Fact]
    public void A_lecture_of_a_minute_gives_five_clips()
    {
        var script = new LectureScript([
            .. LectureScripts
                .SixTopics.Topics.Take(5)
                .Select(topic => topic with { Sentences = [.. topic.Sentences.Take(3)] }),
        ]);
        Select(Lecture(script), Five).Highlights.Count.ShouldBe(5);
    }

    [Fact]
    public void A_long_topic_is_cut_to_whole_sentences()
    {
        var script = new LectureScript([
            new("Everything", [.. LectureScripts.SixTopics.Topics.SelectMany(topic => topic.Sentences)]),
        ]);
        var lecture = LectureMaker.Imagine(script, new LectureOptions());
        var input = Input(lecture) with
        {
            Analysis = new SegmentsAnalyzed(
                "one",
                ["speech"],
                [Segment(lecture.Topics[0].Start, lecture.Topics[0].End)]
            ),
        };
        var clips = HighlightSelection.Select(input, SelectionWeights.V1, new SelectionOptions(2)).Highlights;
        clips.Count.ShouldBe(2);
        foreach (var clip in clips)
        {
            (clip.End - clip.Start).ShouldBeInRange(8, 90);
            lecture.Sentences.ShouldNotContain(sentence => sentence.Start < clip.Start && clip.Start < sentence.End);
            lecture.Sentences.ShouldNotContain(sentence => sentence.Start < clip.End && clip.End < sentence.End);
        }
    }

    [Fact]
    public void Clips_keep_their_margins_around_the_words()
    {
        var lecture = Lecture(LectureScripts.SixTopics);
        foreach (var clip in Select(lecture, Five).Highlights)
        {
            var inside = lecture.Sentences.Where(s => s.Start >= clip.Start && s.End <= clip.End).ToArray();
            (inside[0].Start - clip.Start).ShouldBe(0.15, 0.001);
            (clip.End - inside[^1].End).ShouldBe(0.25, 0.001);
        }
    }

    [Fact]
    public void An_edge_moves_into_the_silence_beside_the_words()
    {
        // The room is quiet only from 20.4 s: the speaker breathes before.
        var input = Spoken(
            60,
            [(2, 10), (10.5, 20), (21, 30), (40, 55)],
            [new(20.4, 20.9)],
            Segment(2, 20),
            Segment(21, 55)
        );
        var clips = HighlightSelection.Select(input, SelectionWeights.V1, new SelectionOptions(2)).Highlights;
        clips[0].End.ShouldBe(20.4, 0.001);
        clips[1].Start.ShouldBe(20.85, 0.001);
    }

    [Fact]
    public void A_pause_too_short_for_both_margins_is_shared()
    {
        var input = Spoken(40, [(0, 19.9), (20, 39.9)], [], Segment(0, 19.9), Segment(20, 39.9));
        var clips = HighlightSelection.Select(input, SelectionWeights.V1, new SelectionOptions(2)).Highlights;
        clips[0].End.ShouldBe(clips[1].Start);
        clips[0].End.ShouldBe(19.9625, 0.001);
    }

    [Fact]
    public void Of_equal_parts_the_clips_are_those_that_lie_apart()
    {
        var input = Spoken(
            120,
            [(0, 19), (20, 39), (40, 59), (60, 79), (80, 99), (100, 119)],
            [],
            [.. Enumerable.Range(0, 6).Select(i => Segment(20 * i, 20 * i + 19))]
        );
        var clips = HighlightSelection.Select(input, SelectionWeights.V1, new SelectionOptions(2)).Highlights;
        (clips[1].Start - clips[0].End).ShouldBeGreaterThan(60);
    }

    [Fact]
    public void Half_a_second_of_video_is_one_clip()
    {
        var measured = new SoundAndPicture(0.5, HasAudio: false, HasVideo: true, [], [], []);
        var selected = HighlightSelection.Select(Silent(measured), SelectionWeights.V1, Five);
        var clip = selected.Highlights.ShouldHaveSingleItem();
        (clip.Name, clip.Start, clip.End).ShouldBe(("clip-001", 0, 0.5));
        selected.Removed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(30, 1)]
    [InlineData(100, 5)]
    [InlineData(1000, 5)]
    public void A_single_scene_without_speech_gives_what_it_carries(double duration, int atLeast)
    {
        var measured = new SoundAndPicture(duration, HasAudio: false, HasVideo: true, [], [], []);
        var clips = HighlightSelection.Select(Silent(measured), SelectionWeights.V1, Five).Highlights;
        clips.Count.ShouldBeInRange(atLeast, 5);
        clips.ShouldAllBe(clip => clip.End - clip.Start <= 90);
    }

    [Fact]
    public void Speech_that_nobody_understood_is_not_cut()
    {
        // A voice for 9 s, a second of rest: in no language that the recogniser knows.
        var voices = Enumerable.Range(0, 29).Select(i => new TimeRange(10 * i + 3.5, 10 * i + 12.5)).ToArray();
        var measured = new SoundAndPicture(300, HasAudio: true, HasVideo: true, [], [], []);
        var clips = HighlightSelection.Select(Silent(measured, voices), SelectionWeights.V1, Five).Highlights;
        clips.Count.ShouldBe(5);
        foreach (var edge in clips.SelectMany(clip => new[] { clip.Start, clip.End }))
            voices.ShouldNotContain(voice => voice.Start - 0.1 < edge && edge < voice.End + 0.1, $"{edge}");
    }

    [Fact]
    public void A_voice_without_a_pause_is_cut_where_it_has_to_be()
    {
        var measured = new SoundAndPicture(600, HasAudio: true, HasVideo: true, [], [], []);
        var clips = HighlightSelection
            .Select(Silent(measured, new TimeRange(0, 600)), SelectionWeights.V1, Five)
            .Highlights;
        clips.Count.ShouldBe(5);
        clips.ShouldAllBe(clip => clip.End - clip.Start <= 90);
    }

    [Fact]
    public void The_reason_names_what_counted_most()
    {
        var input = Spoken(
            60,
            [(0, 29), (30, 59)],
            [],
            Segment(0, 29, (Measures.Emphasis, 1), (Measures.Centrality, 0.1)),
            Segment(30, 59, (Measures.Emphasis, 0), (Measures.Centrality, 1))
        );
        HighlightSelection
            .Select(input, SelectionWeights.V1, new SelectionOptions(2))
            .Highlights.Select(clip => clip.Reason)
            .ShouldBe([
                "Chosen because the speaker stresses that it matters and it is central to the whole talk.",
                "Chosen because it is central to the whole talk.",
            ]);
    }

    [Fact]
    public void What_is_left_out_says_why()
    {
        var input = Spoken(
            100,
            [(0, 29), (31, 59), (61, 99)],
            [],
            Segment(0, 29, (Measures.Centrality, 0.2)),
            Segment(31, 59, (Measures.Centrality, 1)),
            Segment(61, 99, (Measures.Centrality, 0.3))
        );
        HighlightSelection
            .Select(input, SelectionWeights.V1, new SelectionOptions(1))
            .Removed.Select(region => (Math.Round(region.Start, 2), Math.Round(region.End, 2), region.Reason))
            .ShouldBe([
                (0, 29, "\"Topic\" scored 0.12: behind the chosen clips in score, or too close to one of them."),
                (29, 30.85, "Pause: nothing is said here."),
                (59.25, 61, "Pause: nothing is said here."),
                (61, 99, "\"Topic\" scored 0.18: behind the chosen clips in score, or too close to one of them."),
                (99, 100, "Pause: nothing is said here."),
            ]);
    }

    private static Lecture Lecture(LectureScript script) => LectureMaker.Imagine(script, new LectureOptions());

    private static HighlightsSelected Select(Lecture lecture, SelectionOptions options) =>
        HighlightSelection.Select(Input(lecture), SelectionWeights.V1, options);

    private static SelectionInput Input(Lecture lecture)
    {
        var cuts = lecture.SlideCuts.Select(time => new SceneCut(time, 40, SceneCutKind.Cut)).ToArray();
        var sentences = Sentence.Split(lecture.Transcript(), lecture.DurationSeconds);
        var measured = new SoundAndPicture(lecture.DurationSeconds, true, true, lecture.Pauses, cuts, []);
        var segments = new Talk(sentences, measured, TextLanguage.Of("en")).Segments();
        return new SelectionInput(
            lecture.DurationSeconds,
            new SegmentsAnalyzed(Talk.Method, ["speech"], segments),
            sentences,
            lecture.Pauses,
            cuts,
            [],
            "en"
        );
    }

    private static SelectionInput Silent(SoundAndPicture measured, params TimeRange[] voices) =>
        new(
            measured.DurationSeconds,
            new SegmentsAnalyzed(SilentSegments.Method, ["scenes"], SilentSegments.Of(measured)),
            [],
            measured.Silences,
            measured.Cuts,
            voices,
            "en"
        );

    private static SelectionInput Spoken(
        double duration,
        (double Start, double End)[] sentences,
        TimeRange[] silences,
        params ContentSegment[] segments
    ) =>
        new(
            duration,
            new SegmentsAnalyzed("test", ["speech"], segments),
            [.. sentences.Select(s => new Sentence([new TranscriptWord(s.Start, s.End, "Words.", 1, false)]))],
            silences,
            [],
            [],
            "en"
        );

    private static ContentSegment Segment(double start, double end, params (string Name, double Value)[] measures) =>
        new(start, end, "Topic", [], 0.5, measures.ToDictionary(m => m.Name, m => m.Value));
}
