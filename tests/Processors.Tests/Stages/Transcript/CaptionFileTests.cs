using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Transcript;
using EventPipeline.Processors.Subtitles;

namespace EventPipeline.Processors.Tests.Stages.Transcript;

public sealed class CaptionFileTests
{
    [Fact]
    public void SubRip_as_it_is_found_in_the_wild()
    {
        const string Srt =
            "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> &amp; {\\an8}welcome,\r\neveryone.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n[applause]\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\nNext\r\n4\r\n00:00:06,000 --> 00:00:07,0\r\n- Last one\r\n";
        var segments = CaptionFile.Read(Srt, 100);
        segments.Select(segment => segment.Text).ShouldBe(["Hello & welcome, everyone.", "Next", "Last one"]);
        segments.SelectMany(segment => segment.Words).ShouldAllBe(word => word.IsEstimated);
        (segments[0].Start, segments[0].End).ShouldBe((1, 2.5));
    }

    [Fact]
    public void WebVTT_with_settings_notes_and_short_times()
    {
        const string Vtt =
            "WEBVTT - title\n\nNOTE a note\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 align:start position:0%\n<v Ann>Hi <00:01.500>there\n\n01:00:00.000 --> 01:00:01.000\nLate\n";
        CaptionFile.Read(Vtt, 5000).Select(segment => segment.Text).ShouldBe(["Hi there", "Late"]);
        CaptionFile.Read(Vtt, 60).Count.ShouldBe(1, "captions after the end are not of this video");
    }

    [Fact]
    public void A_line_that_is_shown_again_is_one_caption()
    {
        const string Srt = "00:00:01,000 --> 00:00:02,000\nSame\n\n00:00:02,000 --> 00:00:03,000\nSame\n\n";
        CaptionFile.Read(Srt, 10).ShouldHaveSingleItem().End.ShouldBe(3);
    }

    [Fact]
    public void Any_text_is_read_without_an_error() =>
        Gen.OneOf(
                Gen.String[0, 40],
                Gen.Const("00:00:01,000 --> 00:00:02,000"),
                Gen.Const("99:99:99.999 --> 0:00.0"),
                Gen.Const("")
            )
            .Array[0, 20]
            .Sample(lines =>
            {
                foreach (var segment in CaptionFile.Read(string.Join('\n', lines), 50))
                {
                    segment.Start.ShouldBeInRange(0, 50);
                    segment.End.ShouldBeInRange(segment.Start, 50);
                    segment.Words.ShouldNotBeEmpty();
                }
            });

    [Fact]
    public void What_we_write_we_can_read()
    {
        TranscriptSegment[] segments = [new(1, 3, "One and two.", 1, []), new(4, 6, "Three & four.", 1, [])];
        foreach (var text in new[] { SubtitleWriter.WriteSrt(segments), SubtitleWriter.WriteVtt(segments) })
            CaptionFile
                .Read(text, 100)
                .Select(segment => (segment.Start, segment.Text))
                .ShouldBe([(1, "One and two."), (4, "Three & four.")]);
    }

    [Fact]
    public void Captions_in_the_language_of_the_job_win_and_translations_are_not_taken()
    {
        SubtitleStream Stream(int index, string? language, bool isText = true) =>
            new(index, "subrip", language, isText);
        CaptionChoice.Choose([Stream(0, "fre"), Stream(1, "eng")], "en-US")!.Index.ShouldBe(1);
        CaptionChoice.Choose([Stream(0, "fre"), Stream(1, null)], "en")!.Index.ShouldBe(1);
        CaptionChoice.Choose([Stream(0, "ger")], "de")!.Index.ShouldBe(0);
        CaptionChoice.Choose([Stream(0, "fre")], "en").ShouldBeNull();
        CaptionChoice.Choose([Stream(0, "eng", isText: false)], "en").ShouldBeNull();
        CaptionChoice.Choose([Stream(0, "ast")], "ast")!.Index.ShouldBe(0);
    }
}
