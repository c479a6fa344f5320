using EventPipeline.Contracts;

namespace EventPipeline.Processors.Subtitles;

/// <summary>What stands on the screen at a time.</summary>
/// <param name="Lines">One or two, plain text.</param>
public sealed record Cue(double Start, double End, IReadOnlyList<string> Lines);

/// <summary>Sets a transcript as cues that can be read: at most two lines of 42 characters, at most seven seconds, cut at
/// punctuation and pauses where possible. The limits are those that broadcasters and streaming services publish. Pure.</summary>
internal static class CueLayout
{
    /// <summary>Most characters of a line.</summary>
    public const int LineLength = 42;

    /// <summary>Longest time of a cue.</summary>
    public const double LongestSeconds = 7;

    /// <summary>A shorter cue cannot be read; it stays longer if nothing follows at once.</summary>
    public const double ShortestSeconds = 1;

    /// <summary>Two frames: without a gap, a change of text is easily missed.</summary>
    public const double GapSeconds = 0.08;

    /// <summary>Cues in the order of time, none overlapping another.</summary>
    public static IReadOnlyList<Cue> Cues(IEnumerable<TranscriptSegment> segments)
    {
        var groups = segments
            .OrderBy(segment => segment.Start)
            .SelectMany(segment => Groups(CueWords.Of(segment)))
            .ToArray();
        var cues = new List<Cue>(groups.Length);
        var free = 0.0;
        for (var i = 0; i < groups.Length; i++)
        {
            var start = Math.Max(groups[i][0].Start, free);
            var wanted = Math.Clamp(groups[i][^1].End, start + ShortestSeconds, start + LongestSeconds);
            var next = i + 1 < groups.Length ? groups[i + 1][0].Start : double.PositiveInfinity;
            // Times are written in milliseconds: less than one would make a cue that ends when it begins.
            var end = Math.Max(Math.Min(wanted, next - GapSeconds), start + 0.001);
            cues.Add(new Cue(start, end, Lines(groups[i])));
            free = end;
        }
        return cues;
    }

    /// <summary>Cuts words into groups of least total cost (dynamic programming over the places to cut).</summary>
    private static IEnumerable<CueWord[]> Groups(IReadOnlyList<CueWord> words)
    {
        var best = new double[words.Count + 1];
        var previous = new int[words.Count + 1];
        for (var end = 1; end <= words.Count; end++)
        {
            best[end] = double.PositiveInfinity;
            for (var start = end - 1; start >= 0 && (start == end - 1 || Fits(words, start, end)); start--)
            {
                var cost = best[start] + Cost(words, start, end);
                if (cost < best[end])
                    (best[end], previous[end]) = (cost, start);
            }
        }
        var cuts = new Stack<(int Start, int End)>();
        for (var end = words.Count; end > 0; end = previous[end])
            cuts.Push((previous[end], end));
        return cuts.Select(cut => words.Skip(cut.Start).Take(cut.End - cut.Start).ToArray());
    }

    private static bool Fits(IReadOnlyList<CueWord> words, int start, int end) =>
        words[end - 1].End - words[start].Start <= LongestSeconds && BestBreak(words, start, end) >= 0;

    private static double Cost(IReadOnlyList<CueWord> words, int start, int end)
    {
        var cost = 10.0;
        if (end < words.Count)
            cost +=
                EndsSentence(words[end - 1].Text) ? 0
                : EndsClause(words[end - 1].Text) ? 4
                : words[end].Start - words[end - 1].End > 0.35 ? 6
                : 14;
        for (var i = start + 1; i < end; i++)
            if (words[i].Start - words[i - 1].End > 1.5)
                cost += 12;
        // Of two cuts that are otherwise equal, the one that makes cues of like length.
        var length = Length(words, start, end);
        return cost + length * length / 2000.0;
    }

    private static string[] Lines(CueWord[] words)
    {
        var at = BestBreak(words, 0, words.Length);
        return at <= 0 ? [Text(words)] : [Text(words[..at]), Text(words[at..])];
    }

    /// <summary>Where the second line begins: 0 if one line is enough, -1 if two are not.</summary>
    private static int BestBreak(IReadOnlyList<CueWord> words, int start, int end)
    {
        var total = Length(words, start, end);
        if (total <= LineLength || end - start == 1)
            return 0;
        var (best, bestCost) = (-1, double.PositiveInfinity);
        var first = -1;
        for (var at = start + 1; at < end; at++)
        {
            first += words[at - 1].Text.Length + 1;
            var second = total - first - 1;
            if (first > LineLength)
                break;
            if (second > LineLength)
                continue;
            var cost = Math.Abs(first - second) - (EndsClause(words[at - 1].Text) ? 12 : 0);
            if (cost < bestCost)
                (best, bestCost) = (at - start, cost);
        }
        return best;
    }

    private static int Length(IReadOnlyList<CueWord> words, int start, int end)
    {
        var length = end - start - 1;
        for (var i = start; i < end; i++)
            length += words[i].Text.Length;
        return length;
    }

    private static string Text(IEnumerable<CueWord> words) => string.Join(' ', words.Select(word => word.Text));

    private static bool EndsSentence(string word) =>
        word.AsSpan().TrimEnd("\"')]”’»") is [.., '.' or '!' or '?' or '…'];

    private static bool EndsClause(string word) =>
        EndsSentence(word) || word.AsSpan().TrimEnd("\"')]”’»") is [.., ',' or ';' or ':' or '–' or '—'];
}
