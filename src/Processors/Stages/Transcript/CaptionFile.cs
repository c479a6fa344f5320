using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using EventPipeline.Contracts;
using EventPipeline.Processors.Engines.Speech;
using EventPipeline.Processors.Engines.Speech.Alignment;

namespace EventPipeline.Processors.Stages.Transcript;

/// <summary>Reads SubRip and WebVTT as they are found in the wild: with and without numbers, hours or markup. Pure.</summary>
internal static partial class CaptionFile
{
    /// <summary>The captions as segments; word times are shared out by length.</summary>
    /// <param name="duration">Length of the source in seconds; captions after it are left out.</param>
    public static IReadOnlyList<TranscriptSegment> Read(string text, double duration)
    {
        var segments = new List<TranscriptSegment>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (TimeLine().Match(lines[i]) is not { Success: true } match)
                continue;
            var range = new TimeRange(
                Math.Clamp(Seconds(match.Groups["start"].Value), 0, duration),
                Math.Clamp(Seconds(match.Groups["end"].Value), 0, duration)
            );
            var content = new List<string>();
            while (i + 1 < lines.Length && lines[i + 1].Trim().Length > 0 && !TimeLine().IsMatch(lines[i + 1]))
                content.Add(lines[++i]);
            // Before another time line stands that caption's number.
            if (
                i + 1 < lines.Length
                && TimeLine().IsMatch(lines[i + 1])
                && content is [.., var last]
                && last.All(char.IsAsciiDigit)
            )
                content.RemoveAt(content.Count - 1);
            Add(segments, range, Spoken(string.Join(' ', content)));
        }
        return [.. segments.OrderBy(segment => segment.Start)];
    }

    private static void Add(List<TranscriptSegment> segments, TimeRange range, string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || range.Duration <= 0)
            return;
        // Captions that roll up show a line again while the next one comes.
        if (segments is [.., var before] && before.Text == text && range.Start - before.End < 0.1)
        {
            segments.RemoveAt(segments.Count - 1);
            range = range with { Start = before.Start };
        }
        var timed = WordTimes.Fill(
            range,
            [.. words.Select(word => new RecognizedWord(word, 1))],
            new KnownTime?[words.Length]
        );
        segments.Add(
            new TranscriptSegment(
                range.Start,
                range.End,
                text,
                1,
                [
                    .. timed.Select(word =>
                        word with
                        {
                            Start = Math.Round(word.Start, 3),
                            End = Math.Round(word.End, 3),
                        }
                    ),
                ]
            )
        );
    }

    /// <summary>Without markup, notes, descriptions of sounds, and marks of who speaks.</summary>
    private static string Spoken(string text)
    {
        text = WebUtility.HtmlDecode(Markup().Replace(text, ""));
        text = SoundDescription().Replace(text, " ");
        return string.Join(
            ' ',
            text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word.AsSpan().Trim("-–—>♪*#").Length > 0)
        );
    }

    /// <summary>Hours may be missing; SubRip has a comma where WebVTT has a point.</summary>
    private static double Seconds(string time) =>
        time.Replace(',', '.')
            .Split(':')
            .Aggregate(0.0, (sum, part) => sum * 60 + double.Parse(part, CultureInfo.InvariantCulture));

    [GeneratedRegex(
        @"^\s*(?<start>(\d{1,4}:)?\d{1,2}:\d{2}[,.]\d{1,3})\s*-->\s*(?<end>(\d{1,4}:)?\d{1,2}:\d{2}[,.]\d{1,3})(\s|$)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TimeLine();

    [GeneratedRegex(@"<[^<>]{0,200}>|\{[^{}]{0,200}\}", RegexOptions.None, 1000)]
    private static partial Regex Markup();

    [GeneratedRegex(@"\[[^\[\]]{0,80}\]|\([^()]{0,80}\)|♪[^♪]{0,200}♪?|^\s*>>", RegexOptions.None, 1000)]
    private static partial Regex SoundDescription();
}
