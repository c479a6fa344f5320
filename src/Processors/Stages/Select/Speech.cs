using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>Where somebody speaks, understood or not: words, and voices that were only heard. Pure.</summary>
/// <param name="Ranges">In order and apart from each other.</param>
/// <param name="Options">Whose margins are kept to a voice, if the pause is long enough.</param>
internal sealed record Speech(IReadOnlyList<TimeRange> Ranges, double DurationSeconds, SelectionOptions Options)
{
    /// <summary>A longer stretch without a pause leaves no room for a clip that begins and ends outside of it. Only its words are kept whole.</summary>
    private const double LongestSeconds = 60;

    public static Speech Of(SelectionInput input, SelectionOptions options)
    {
        var words = input
            .Sentences.SelectMany(sentence => sentence.Words)
            .Select(word => new TimeRange(word.Start, word.End))
            .ToArray();
        return new Speech(
            [
                .. Joined([.. words, .. input.Voices])
                    .SelectMany(range =>
                        range.Duration > LongestSeconds ? Joined(words.Where(range.Overlaps)) : [range]
                    ),
            ],
            input.DurationSeconds,
            options
        );
    }

    /// <summary>The time itself, or the nearest one that lies in no range.</summary>
    public double Outside(double time)
    {
        for (var i = 0; i < Ranges.Count; i++)
        {
            var (start, end) = Ranges[i];
            if (start >= time || end <= time)
                continue;
            if (time - start < end - time && start > 0)
                return start - Math.Min(Options.LeadSeconds, (start - (i == 0 ? 0 : Ranges[i - 1].End)) / 2);
            return end
                + Math.Min(
                    Options.TailSeconds,
                    ((i + 1 == Ranges.Count ? DurationSeconds : Ranges[i + 1].Start) - end) / 2
                );
        }
        return time;
    }

    private static List<TimeRange> Joined(IEnumerable<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (var range in ranges.Where(range => range.Duration > 0).OrderBy(range => range.Start))
            if (joined is [.., var last] && range.Start < last.End)
                joined[^1] = last with { End = Math.Max(last.End, range.End) };
            else
                joined.Add(range);
        return joined;
    }
}
