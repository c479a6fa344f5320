using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Select;

/// <summary>What no clip shows, and why.</summary>
internal static class RemovedRegions
{
    /// <summary>Regions that cover the timeline together with the clips, in order, without overlap.</summary>
    /// <param name="clips">In order, without overlap.</param>
    public static IReadOnlyList<RemovedRegion> Of(
        SelectionInput input,
        IReadOnlyList<TimeRange> clips,
        IReadOnlyList<Candidate> candidates
    )
    {
        var segments = input.Analysis.Segments;
        var edges = clips
            .SelectMany(clip => new[] { clip.Start, clip.End })
            .Concat(segments.SelectMany(segment => new[] { segment.Start, segment.End }))
            .Append(0)
            .Append(input.DurationSeconds)
            .Where(time => time >= 0 && time <= input.DurationSeconds)
            .Distinct()
            .Order()
            .ToArray();
        var regions = new List<RemovedRegion>();
        foreach (var (start, end) in edges.Zip(edges.Skip(1)))
        {
            var middle = (start + end) / 2;
            if (clips.Any(clip => clip.Contains(middle)))
                continue;
            var reason = Reason(middle);
            if (regions is [.., var last] && last.End == start && last.Reason == reason)
                regions[^1] = last with { End = end };
            else
                regions.Add(new RemovedRegion(start, end, reason));
        }
        return regions;

        string Reason(double time)
        {
            var index = segments.TakeWhile(segment => segment.End <= time).Count();
            if (index == segments.Count || segments[index].Start > time)
                return "Pause: nothing is said here.";
            var topic = segments[index].Topic;
            var own = candidates.Where(candidate => candidate.Segment == index).ToArray();
            if (own.Any(candidate => clips.Contains(candidate.Range)))
                return $"Left out of \"{topic}\", so that the clip stays short.";
            if (own.Length == 0)
                return $"\"{topic}\" holds nothing that a clip could be made of.";
            var best = own.MaxBy(candidate => candidate.Score)!;
            return clips.Any(clip => clip.Overlaps(best.Range))
                ? $"A clip of \"{topic}\" would overlap a chosen one."
                : $"\"{topic}\" scored {best.Score:F2}: behind the chosen clips in score, or too close to one of them.";
        }
    }
}
