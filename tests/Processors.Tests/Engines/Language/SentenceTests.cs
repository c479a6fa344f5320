using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Language;

namespace EventPipeline.Processors.Tests.Engines.Language;

public class SentenceTests
{
    [Fact]
    public void Captions_that_break_off_become_whole_sentences() =>
        Split(Segment(0, "Molten rock rises"), Segment(2, "to the surface. It is"), Segment(4, "called lava."))
            .ShouldBe(["Molten rock rises to the surface.", "It is called lava."]);

    [Fact]
    public void A_title_before_a_name_does_not_end_a_sentence() =>
        Split(Segment(0, "We asked Dr. Fleming about it.")).ShouldBe(["We asked Dr. Fleming about it."]);

    [Fact]
    public void A_transcript_without_punctuation_is_cut_at_pauses_and_where_it_gets_long() =>
        Split([.. Enumerable.Range(0, 20).Select(i => Segment(2 * i, "and so on and")), Segment(50, "much later")])
            .Count.ShouldBeInRange(3, 6);

    [Fact]
    public void Words_never_overlap_and_never_leave_the_source() =>
        Gen.Select(Gen.Double[-1, 12], Gen.Double[-1, 12])
            .List[0, 30]
            .Sample(times =>
            {
                var words = times
                    .Select(time => new TranscriptWord(time.Item1, time.Item2, "word", 1, false))
                    .ToArray();
                var split = Sentence.Split([new TranscriptSegment(0, 10, "", 1, words)], 10).SelectMany(s => s.Words);
                var last = 0.0;
                foreach (var word in split)
                {
                    word.Start.ShouldBeGreaterThanOrEqualTo(last);
                    word.End.ShouldBeGreaterThan(word.Start);
                    word.End.ShouldBeLessThanOrEqualTo(10);
                    last = word.End;
                }
            });

    private static IReadOnlyList<string> Split(params TranscriptSegment[] segments) =>
        [.. Sentence.Split(segments, 100).Select(sentence => sentence.Text)];

    private static TranscriptSegment Segment(double start, string text)
    {
        var words = text.Split(' ');
        return new TranscriptSegment(
            start,
            start + 2,
            text,
            1,
            [
                .. words.Select(
                    (word, i) =>
                        new TranscriptWord(
                            start + 2.0 * i / words.Length,
                            start + 2.0 * (i + 1) / words.Length,
                            word,
                            1,
                            true
                        )
                ),
            ]
        );
    }
}
