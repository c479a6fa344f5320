using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Subtitles;

namespace EventPipeline.Processors.Tests.Subtitles;

public sealed partial class SubtitleWriterTests
{
    private static readonly Gen<string> Hostile = Gen.OneOf(
        Gen.String[0, 60],
        Gen.Const("\n\n99\n00:00:00,000 --> 99:00:00,000\nowned\n\n"),
        Gen.Const("</v><script>alert(1)</script>&amp;-->"),
        Gen.Const("{\\an8\\p1}m 0 0 l 999 999{\\p0}\\N\\h"),
        Gen.Const("WEBVTT\r\rNOTE x\u2028STYLE\u2029::cue{}"),
        Gen.Const("\u202egnipyt\u202c \ud800 lone \0 nul"),
        Gen.Const(new string('x', 300)),
        Gen.Const("a" + string.Concat(Enumerable.Repeat("\u0301", 100)))
    );

    private static readonly Gen<TranscriptSegment[]> Segments = Gen.Select(
            Gen.Double[-1, 20],
            Gen.Double[0, 20],
            Hostile,
            Gen.Select(Gen.Double[0, 2], Gen.Double[0, 9], Hostile).Array[0, 25]
        )
        .Array[0, 12]
        .Select(rows =>
        {
            var time = 0.0;
            return rows.Select(row =>
                {
                    var start = time = Math.Max(0, time + row.Item1);
                    var words = row
                        .Item4.Select(word =>
                        {
                            var begin = time + word.Item1;
                            time = begin + word.Item2;
                            return new TranscriptWord(begin, time, word.Item3, 1, false);
                        })
                        .ToArray();
                    time = Math.Max(time, start + row.Item2);
                    return new TranscriptSegment(start, time, row.Item3, 1, words);
                })
                .ToArray();
        });

    [Fact]
    public void Cues_never_overlap_never_last_too_long_and_fit_the_screen() =>
        Segments.Sample(
            segments =>
            {
                var end = 0.0;
                foreach (var cue in CueLayout.Cues(segments))
                {
                    cue.Start.ShouldBeGreaterThanOrEqualTo(end);
                    (cue.End - cue.Start).ShouldBeInRange(0.001 - 1e-9, CueLayout.LongestSeconds + 1e-9);
                    cue.Lines.Count.ShouldBeInRange(1, 2);
                    foreach (var line in cue.Lines)
                        line.Length.ShouldBeInRange(1, CueLayout.LineLength);
                    end = cue.End;
                }
            },
            iter: 300
        );

    [Fact]
    public void No_word_is_lost_or_moved() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 42].Array[1, 80], Gen.Double[0.05, 1.5])
            .Sample(
                (words, pace) =>
                {
                    var segment = Segment(0, pace, words);
                    CueLayout
                        .Cues([segment])
                        .SelectMany(cue => cue.Lines)
                        .SelectMany(line => line.Split(' '))
                        .ShouldBe(words);
                },
                iter: 300
            );

    [Fact]
    public void No_text_breaks_out_of_its_cue() =>
        Segments.Sample(
            segments =>
            {
                var cues = CueLayout.Cues(segments).Count;
                var srt = SubtitleWriter.WriteSrt(segments);
                SrtFile().IsMatch(srt).ShouldBeTrue(srt);
                TimeLine().Count(srt).ShouldBe(cues);
                srt.IndexOfAny(['<', '{', '\\', '\r', '\0', '\u2028']).ShouldBe(-1);
                var vtt = SubtitleWriter.WriteVtt(segments);
                VttFile().IsMatch(vtt).ShouldBeTrue(vtt);
                TimeLine().Count(vtt).ShouldBe(cues);
                vtt.IndexOfAny(['<', '\r', '\0', '\u2028']).ShouldBe(-1);
            },
            iter: 300
        );

    [Fact]
    public void Subtitles_are_cut_where_a_reader_pauses()
    {
        TranscriptSegment[] segments =
        [
            Segment(
                1,
                0.3,
                "Welcome to the weekly engineering update, where we look at what has changed, and why it matters to you.".Split(
                    ' '
                )
            ),
            Segment(12, 0.25, "It is faster.".Split(' ')),
            Segment(3601.5, 0.4, "Questions & answers <now>: is 5 > 3?".Split(' ')),
        ];
        SubtitleWriter.WriteSrt(segments).ShouldBe(Golden("subtitles.srt"));
        SubtitleWriter.WriteVtt(segments).ShouldBe(Golden("subtitles.vtt"));
    }

    [Fact]
    public void No_speech_makes_empty_but_valid_files()
    {
        SubtitleWriter.WriteSrt([]).ShouldBe("");
        SubtitleWriter.WriteVtt([]).ShouldBe("WEBVTT\n\n");
    }

    [Fact]
    public void Times_do_not_depend_on_the_culture_and_pass_an_hour()
    {
        var segment = new TranscriptSegment(36_000.0004, 36_001.9996, "late", 1, []);
        SubtitleWriter.WriteSrt([segment]).ShouldStartWith("1\n10:00:00,000 --> 10:00:02,000\nlate\n");
    }

    [Fact]
    public void A_slice_has_the_words_of_its_range_in_its_own_time()
    {
        var segment = Segment(10, 1, "one two three four five".Split(' '));
        var slice = SubtitleWriter.Slice([segment], new TimeRange(11, 13.4)).ShouldHaveSingleItem();
        slice.Text.ShouldBe("two three");
        slice.Words.Select(word => word.Start).ShouldBe([0, 1], 1e-9);
        slice.End.ShouldBe(1.9, 1e-9);
        SubtitleWriter.Slice([segment], new TimeRange(0, 100)).Single().Text.ShouldBe(segment.Text);
        SubtitleWriter.Slice([segment], new TimeRange(30, 40)).ShouldBeEmpty();
    }

    [Fact]
    public void Slices_that_touch_share_no_word_and_lose_none() =>
        Gen.Select(Gen.Double[0.05, 1.5], Gen.Double[0, 40], Gen.Bool)
            .Sample(
                (pace, cut, hasWords) =>
                {
                    var words = Enumerable.Range(0, 20).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
                    var segment = Segment(1, pace, words);
                    if (!hasWords)
                        segment = segment with { Words = [] };
                    TimeRange[] ranges = [new(0, cut), new(cut, 100)];
                    ranges
                        .SelectMany(range => SubtitleWriter.Slice([segment], range))
                        .SelectMany(part => part.Text.Split(' '))
                        .ShouldBe(words);
                    foreach (var range in ranges)
                    foreach (var word in SubtitleWriter.Slice([segment], range).SelectMany(part => part.Words))
                    {
                        word.Start.ShouldBeGreaterThanOrEqualTo(0);
                        word.End.ShouldBeLessThanOrEqualTo(range.Duration + 1e-9);
                    }
                },
                iter: 300
            );

    private static TranscriptSegment Segment(double start, double pace, string[] words) =>
        new(
            start,
            start + pace * words.Length,
            string.Join(' ', words),
            1,
            [
                .. words.Select(
                    (word, i) => new TranscriptWord(start + i * pace, start + i * pace + 0.9 * pace, word, 1, false)
                ),
            ]
        );

    private static string Golden(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Subtitles", "Golden", name));

    [GeneratedRegex(@"\A(\d+\n\d{2,}:\d\d:\d\d,\d{3} --> \d{2,}:\d\d:\d\d,\d{3}\n([^\n]+\n){1,2}\n)*\z")]
    private static partial Regex SrtFile();

    [GeneratedRegex(@"\AWEBVTT\n\n(\d{2,}:\d\d:\d\d\.\d{3} --> \d{2,}:\d\d:\d\d\.\d{3}\n([^\n]+\n){1,2}\n)*\z")]
    private static partial Regex VttFile();

    [GeneratedRegex("-->")]
    private static partial Regex TimeLine();
}
