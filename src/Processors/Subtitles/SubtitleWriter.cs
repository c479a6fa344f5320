using System.Globalization;
using System.Text;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Subtitles;

/// <summary>Writes transcripts as subtitles. Pure; no text can break out of its cue.</summary>
public static class SubtitleWriter
{
    /// <summary>SubRip. It has no escapes, so what players take for markup is replaced by what looks like it.</summary>
    public static string WriteSrt(IEnumerable<TranscriptSegment> segments)
    {
        var text = new StringBuilder();
        var number = 0;
        foreach (var cue in CueLayout.Cues(segments))
        {
            text.Append(CultureInfo.InvariantCulture, $"{++number}\n{Time(cue.Start, ',')} --> {Time(cue.End, ',')}\n");
            foreach (var line in cue.Lines)
                text.Append(WithoutMarkup(line)).Append('\n');
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>WebVTT.</summary>
    public static string WriteVtt(IEnumerable<TranscriptSegment> segments)
    {
        var text = new StringBuilder("WEBVTT\n\n");
        foreach (var cue in CueLayout.Cues(segments))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Time(cue.Start, '.')} --> {Time(cue.End, '.')}\n");
            foreach (var line in cue.Lines)
                text.Append(Escaped(line)).Append('\n');
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>What is said in a range, with times from the start of the range: the transcript of a clip. A word belongs to the range
    /// that its middle lies in, so that of two ranges that touch, exactly one has it.</summary>
    public static IReadOnlyList<TranscriptSegment> Slice(IEnumerable<TranscriptSegment> segments, TimeRange range)
    {
        var slice = new List<TranscriptSegment>();
        foreach (var segment in segments.Where(segment => range.Overlaps(new(segment.Start, segment.End))))
        {
            var words = Words(segment).Where(word => range.Contains((word.Start + word.End) / 2)).ToArray();
            if (words.Length == 0)
                continue;
            var shifted = words
                .Select(word => word with { Start = Shift(word.Start), End = Shift(word.End) })
                .ToArray();
            slice.Add(
                segment with
                {
                    Start = shifted[0].Start,
                    End = shifted[^1].End,
                    Text =
                        words.Length == segment.Words.Count
                            ? segment.Text
                            : string.Join(' ', words.Select(word => word.Text)),
                    Words = shifted,
                }
            );
        }
        return slice;

        double Shift(double time) => Math.Clamp(time, range.Start, range.End) - range.Start;
    }

    private static IEnumerable<TranscriptWord> Words(TranscriptSegment segment) =>
        segment.Words.Count > 0
            ? segment.Words
            : CueWords
                .Of(segment)
                .Select(word => new TranscriptWord(word.Start, word.End, word.Text, segment.Confidence, true));

    private static string Time(double seconds, char point)
    {
        var time = (long)Math.Round(Math.Max(0, seconds) * 1000);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time / 3_600_000:00}:{time / 60_000 % 60:00}:{time / 1000 % 60:00}{point}{time % 1000:000}"
        );
    }

    private static string Escaped(string line) =>
        line.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private static string WithoutMarkup(string line) =>
        line.Replace('<', '‹').Replace('>', '›').Replace('{', '(').Replace('}', ')').Replace('\\', '/');
}
