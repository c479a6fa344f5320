using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;
using EventPipeline.Processors.Stages.Analyze;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Processors.Tests.Stages.Analyze;

/// <summary>Topics of a lecture whose truth is known, from its text. That the text itself comes from speech recognition is not covered here.</summary>
public class TalkTests
{
    private static readonly Lecture Lecture = LectureMaker.Imagine(LectureScripts.SixTopics, new LectureOptions());

    [Fact]
    public void All_topics_of_a_lecture_are_found_by_its_words_alone()
    {
        var segments = Analyze(Lecture.Transcript(), WithoutPauses(Measured) with { Cuts = [] });
        Found(segments).ShouldBe(6);
        segments.Count.ShouldBe(6);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.2)]
    [InlineData(0.3)]
    public void Topics_are_found_though_many_words_were_misheard(double share)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var segments = Analyze(Lecture.MisheardTranscript(share, new Random(seed)), Measured);
            Found(segments).ShouldBeGreaterThanOrEqualTo(5, $"seed {seed}");
            segments.Count.ShouldBeInRange(5, 9, $"seed {seed}");
        }
    }

    [Fact]
    public void A_segment_begins_with_the_first_word_and_ends_with_the_last_word_of_its_topic() =>
        Analyze(Lecture.Transcript(), Measured)
            .Select(segment => (segment.Start, segment.End))
            .ShouldBe(Lecture.Topics.Select(topic => (topic.Start, topic.End)));

    [Fact]
    public void Titles_and_keywords_tell_what_a_segment_is_about()
    {
        var segments = Analyze(Lecture.Transcript(), Measured);
        segments
            .Select(segment => segment.Topic)
            .ShouldBe([
                "Molten Rock",
                "Plant and Leaf",
                "Press and Letter",
                "Black Hole",
                "Bacteria and Antibiotic",
                "Bridge and Cables",
            ]);
        foreach (var segment in segments)
        {
            segment.Keywords.Count.ShouldBeInRange(3, 6);
            segment.Keywords.ShouldBeUnique();
        }
    }

    [Fact]
    public void What_the_speaker_stresses_is_measured()
    {
        var segments = Analyze(Lecture.Transcript(), Measured);
        segments
            .Where(segment => segment.Measures[Measures.Emphasis] > 0)
            .Select(segment => segment.Start)
            .ShouldBe([Lecture.Topics[1].Start, Lecture.Topics[2].Start]); // "Remember that", "The most important".
    }

    [Fact]
    public void Everything_measured_is_between_zero_and_one()
    {
        var loud = Measured with { PerSecondLufs = [.. Enumerable.Range(0, 240).Select(i => -30.0 + i % 25)] };
        foreach (var segment in Analyze(Lecture.Transcript(), loud))
        {
            segment.Importance.ShouldBeInRange(0, 1);
            foreach (var (_, value) in segment.Measures)
                value.ShouldBeInRange(0, 1);
        }
    }

    [Fact]
    public void A_minute_of_speech_gives_five_segments()
    {
        var script = new LectureScript([
            .. LectureScripts
                .SixTopics.Topics.Take(5)
                .Select(topic => topic with { Sentences = [.. topic.Sentences.Take(3)] }),
        ]);
        var lecture = LectureMaker.Imagine(script, new LectureOptions());
        lecture.DurationSeconds.ShouldBeInRange(60, 90);
        Analyze(lecture.Transcript(), Of(lecture)).Count.ShouldBe(5);
    }

    [Fact]
    public void A_single_sentence_is_one_segment() =>
        Analyze([.. Lecture.Transcript().Take(1)], Measured).Count.ShouldBe(1);

    [Fact]
    public void A_long_lecture_has_at_most_fifteen_segments()
    {
        var script = new LectureScript([.. Enumerable.Repeat(LectureScripts.SixTopics.Topics, 6).SelectMany(t => t)]);
        var lecture = LectureMaker.Imagine(script, new LectureOptions());
        Analyze(lecture.Transcript(), Of(lecture)).Count.ShouldBeInRange(5, 15);
    }

    [Fact]
    public void A_language_without_rules_of_its_own_is_still_divided()
    {
        var sentences = Sentence.Split(Lecture.Transcript(), Lecture.DurationSeconds);
        var segments = new Talk(sentences, Measured, TextLanguage.Of("eo")).Segments();
        Found(segments).ShouldBeGreaterThanOrEqualTo(5);
    }

    private static SoundAndPicture Measured => Of(Lecture);

    private static SoundAndPicture Of(Lecture lecture) =>
        new(
            lecture.DurationSeconds,
            HasAudio: true,
            HasVideo: true,
            lecture.Pauses,
            [.. lecture.SlideCuts.Select(time => new SceneCut(time, 40, SceneCutKind.Cut))],
            []
        );

    private static SoundAndPicture WithoutPauses(SoundAndPicture measured) => measured with { Silences = [] };

    private static IReadOnlyList<ContentSegment> Analyze(
        IReadOnlyList<TranscriptSegment> transcript,
        SoundAndPicture measured
    ) => new Talk(Sentence.Split(transcript, measured.DurationSeconds), measured, TextLanguage.Of("en-GB")).Segments();

    private static int Found(IReadOnlyList<ContentSegment> segments) =>
        Lecture.Topics.Count(topic => segments.Any(segment => Math.Abs(segment.Start - topic.Start) <= 4));
}
