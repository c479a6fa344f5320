using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Transcript;

namespace EventPipeline.Processors.Tests.Stages.Transcript;

public sealed class SentencesTests
{
    [Theory]
    [InlineData("It is faster. we moved it.", "It is faster.|We moved it.")]
    [InlineData("First,, we look , and then.", "First, we look, and then.")]
    [InlineData("welcome to the update", "Welcome to the update.")]
    [InlineData("Ask Mr. Smith, e.g. today. Really? Yes!", "Ask Mr. Smith, e.g. today.|Really?|Yes!")]
    [InlineData("It costs 3.5 dollars. 20 people came.", "It costs 3.5 dollars.|20 people came.")]
    [InlineData("Wait... What??", "Wait…|What?")]
    [InlineData("- — .", "")]
    public void Text_is_cut_into_tidy_sentences(string text, string sentences) =>
        string.Join('|', Sentences.Of([Piece(0, 0.3, text)]).Select(segment => segment.Text)).ShouldBe(sentences);

    [Theory]
    [InlineData(
        "We talk about the new release of.",
        0.2,
        "Our product.",
        "We talk about the new release of our product."
    )]
    [InlineData("We moved the database.", 0.2, "to a larger machine.", "We moved the database to a larger machine.")]
    [InlineData("He was not a bad man,", 1.5, "Had he married her.", "He was not a bad man.|Had he married her.")]
    [InlineData("It ended.", 2, "another began.", "It ended.|Another began.")]
    [InlineData("We met in", 0.1, "I think May.", "We met in I think May.")]
    [InlineData("We all work for", 0.1, "NASA now.", "We all work for NASA now.")]
    public void Pieces_are_joined_where_a_sentence_goes_on(string first, double pause, string second, string sentences)
    {
        var one = Piece(0, 0.3, first);
        string.Join('|', Sentences.Of([one, Piece(one.End + pause, 0.3, second)]).Select(segment => segment.Text))
            .ShouldBe(sentences);
    }

    [Fact]
    public void A_sentence_whose_end_was_not_heard_is_cut_at_its_longest_pause()
    {
        var words = Enumerable.Range(0, 100).Select(i => Word(i * 0.5 + (i >= 60 ? 1 : 0), "word")).ToArray();
        var sentences = Sentences.Of([new TranscriptSegment(0, 51, "", 1, words)]);
        sentences.Count.ShouldBeGreaterThan(1);
        sentences.ShouldContain(segment => segment.Start == words[60].Start);
        sentences.ShouldAllBe(segment => segment.End - segment.Start <= 30);
    }

    [Fact]
    public void Words_keep_their_order_times_and_letters() =>
        Gen.Select(
                Gen.OneOf(
                    Gen.Const("the"),
                    Gen.Const("End."),
                    Gen.Const("small,"),
                    Gen.Const("Mr."),
                    Gen.Const(","),
                    Gen.Const("3.5"),
                    Gen.String[1, 8]
                ).Array[0, 12],
                Gen.Double[0, 3]
            )
            .Array[0, 8]
            .Sample(pieces =>
            {
                var time = 0.0;
                var segments = pieces
                    .Select(piece =>
                    {
                        var segment = Segment(time + piece.Item2, 0.3, piece.Item1);
                        time = segment.End;
                        return segment;
                    })
                    .ToArray();
                var before = segments
                    .SelectMany(segment => segment.Words)
                    .Where(word => word.Text.Any(char.IsLetterOrDigit))
                    .ToArray();
                var sentences = Sentences.Of(segments);
                var after = sentences.SelectMany(segment => segment.Words).ToArray();
                after.Select(word => (word.Start, word.End)).ShouldBe(before.Select(word => (word.Start, word.End)));
                after.Select(Letters).ShouldBe(before.Select(Letters));
                foreach (var sentence in sentences)
                {
                    sentence.Text.ShouldBe(string.Join(' ', sentence.Words.Select(word => word.Text)));
                    (sentence.Start, sentence.End).ShouldBe((sentence.Words[0].Start, sentence.Words[^1].End));
                }
            });

    private static string Letters(TranscriptWord word) =>
        string.Concat(word.Text.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static TranscriptSegment Piece(double start, double pace, string text) =>
        Segment(start, pace, text.Split(' '));

    private static TranscriptSegment Segment(double start, double pace, string[] words) =>
        new(
            start,
            start + pace * words.Length,
            string.Join(' ', words),
            1,
            [.. words.Select((word, i) => Word(start + i * pace, word))]
        );

    private static TranscriptWord Word(double start, string text) => new(start, start + 0.3, text, 1, false);
}
