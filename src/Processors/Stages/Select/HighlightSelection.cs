using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>Chooses the highlights of a video. Pure: recorded facts and versioned weights in, clips and their reasons out.</summary>
internal static class HighlightSelection
{
    /// <summary>At least one highlight, at most as many as wanted, in the order of the timeline. They do not overlap; together with the
    /// removed regions they cover the timeline.</summary>
    public static HighlightsSelected Select(SelectionInput input, SelectionWeights weights, SelectionOptions options)
    {
        var whole = new TimeRange(0, input.DurationSeconds);
        var candidates = input.DurationSeconds <= options.MinimumSeconds ? [] : Candidates(input, weights, options);
        var chosen = Choose(candidates, input.DurationSeconds, weights, options);
        if (chosen.Count == 0)
            chosen = [new Candidate(whole, 0, weights.Contributions(FirstMeasures(input)))];
        chosen.Sort((a, b) => a.Range.Start.CompareTo(b.Range.Start));
        var topics = input.Analysis.Segments;
        return new HighlightsSelected(
            weights.Version,
            input.Analysis.Signals,
            [
                .. chosen.Select(
                    (clip, i) =>
                        new Highlight(
                            $"clip-{i + 1:D3}",
                            clip.Range.Start,
                            clip.Range.End,
                            Title(chosen, i),
                            clip.Score,
                            clip.Range == whole
                                ? "Chosen whole, because there is nothing that could be left out."
                                : Reasons.Of(clip.Contributions),
                            clip.Contributions
                        )
                ),
            ],
            RemovedRegions.Of(input, [.. chosen.Select(clip => clip.Range)], candidates)
        );

        string Title(List<Candidate> clips, int index)
        {
            var segment = clips[index].Segment;
            var topic = segment < topics.Count ? topics[segment].Topic : "Whole Video";
            var earlier = clips.Take(index).Count(clip => clip.Segment == segment);
            return earlier == 0 ? topic : $"{topic} ({earlier + 1})";
        }
    }

    private static IReadOnlyDictionary<string, double> FirstMeasures(SelectionInput input) =>
        input.Analysis.Segments is [var first, ..] ? first.Measures : new Dictionary<string, double>();

    private static List<Candidate> Choose(
        IReadOnlyList<Candidate> candidates,
        double duration,
        SelectionWeights weights,
        SelectionOptions options
    )
    {
        var chosen = new List<Candidate>();
        while (chosen.Count < options.Count)
        {
            var best = candidates
                .Where(candidate => !chosen.Any(other => other.Range.Overlaps(candidate.Range)))
                .OrderByDescending(candidate => candidate.Score - Penalty(candidate))
                .ThenBy(candidate => candidate.Range.Start)
                .FirstOrDefault();
            if (best is null)
                break;
            chosen.Add(best);
        }
        return chosen;

        double Penalty(Candidate candidate) =>
            chosen
                .Select(other =>
                    weights.Nearness
                        * Math.Exp(-Math.Abs(other.Middle - candidate.Middle) * 2 * options.Count / duration)
                    + (other.Segment == candidate.Segment ? weights.SameSegment : 0)
                )
                .DefaultIfEmpty(0)
                .Max();
    }

    /// <summary>Every segment in as few runs of whole pieces as the longest clip allows, or in more where more clips are wanted than there are segments.</summary>
    private static List<Candidate> Candidates(SelectionInput input, SelectionWeights weights, SelectionOptions options)
    {
        var pieces = Piece.Of(input, options);
        var edges = new ClipEdges(input, pieces, options);
        var longest = options.MaximumSeconds - 2 * ClipEdges.Reach;
        var runs = Enumerable
            .Range(0, input.Analysis.Segments.Count)
            .SelectMany(segment => Runs(pieces, segment, PartsOf(segment), longest))
            .Select(run => (run.First, run.Last, Range: Around(run.First, run.Last), pieces[run.First].Segment))
            .Where(run => run.Range.Duration > 0)
            .ToArray();
        var focus = runs.Select(run => Hits(run.First, run.Last) / run.Range.Duration).ToArray();
        var fullest = focus.DefaultIfEmpty(0).Max();
        return
        [
            .. runs.Select(
                (run, i) =>
                    new Candidate(
                        run.Range,
                        run.Segment,
                        weights.Contributions(
                            input.IsSpoken
                                ? input
                                    .Analysis.Segments[run.Segment]
                                    .Measures.Append(new(SelectionWeights.Focus, fullest > 0 ? focus[i] / fullest : 0))
                                : input.Analysis.Segments[run.Segment].Measures
                        )
                    )
            ),
        ];

        int PartsOf(int segment)
        {
            var length = input.Analysis.Segments[segment].End - input.Analysis.Segments[segment].Start;
            var wanted = (int)Math.Ceiling((double)options.Count / input.Analysis.Segments.Count);
            return Math.Max(
                (int)Math.Ceiling(length / longest),
                Math.Min(wanted, (int)(length / options.MinimumSeconds))
            );
        }

        double Hits(int first, int last) => pieces.Skip(first).Take(last - first + 1).Sum(piece => piece.KeywordHits);

        // A run that is too short takes in the nearer neighbour until it is long enough.
        TimeRange Around(int first, int last)
        {
            while (edges.Around(first, last) is var range && range.Duration < options.MinimumSeconds)
            {
                var before =
                    first > 0 ? pieces[first].Range.Start - pieces[first - 1].Range.End : double.PositiveInfinity;
                var after =
                    last + 1 < pieces.Count
                        ? pieces[last + 1].Range.Start - pieces[last].Range.End
                        : double.PositiveInfinity;
                var (from, to) = before < after ? (first - 1, last) : (first, last + 1);
                if (from < 0 || to >= pieces.Count || pieces[to].Range.End - pieces[from].Range.Start > longest)
                    return range;
                (first, last) = (from, to);
            }
            return edges.Around(first, last);
        }
    }

    private static IEnumerable<(int First, int Last)> Runs(
        IReadOnlyList<Piece> pieces,
        int segment,
        int parts,
        double longest
    )
    {
        var inside = Enumerable.Range(0, pieces.Count).Where(i => pieces[i].Segment == segment).ToArray();
        if (inside.Length == 0)
            yield break;
        var wanted = (pieces[inside[^1]].Range.End - pieces[inside[0]].Range.Start) / Math.Max(1, parts);
        var first = inside[0];
        foreach (var next in inside.Skip(1).Append(int.MaxValue))
        {
            var last = next == int.MaxValue ? inside[^1] : next - 1;
            var length = pieces[last].Range.End - pieces[first].Range.Start;
            if (
                next == int.MaxValue
                || length >= wanted
                || pieces[next].Range.End - pieces[first].Range.Start > Math.Min(longest, wanted * 1.5)
            )
            {
                yield return (first, last);
                first = next;
            }
        }
    }
}

/// <summary>A clip that could be made.</summary>
/// <param name="Segment">Index of the segment that it is about.</param>
internal sealed record Candidate(TimeRange Range, int Segment, IReadOnlyDictionary<string, double> Contributions)
{
    /// <summary>0 to 1.</summary>
    public double Score { get; } = Math.Round(Contributions.Values.Sum(), 4);

    /// <summary>Where on the timeline it is.</summary>
    public double Middle => (Range.Start + Range.End) / 2;
}
