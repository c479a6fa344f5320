using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>Segments of a source in which nobody speaks: along its scenes and its silences. Pure.</summary>
internal static class SilentSegments
{
    /// <summary>Recorded with the segments.</summary>
    public const string Method = "scenes+sound@1";

    private const int MostSegments = 15;
    private const double ShortestSeconds = 8;
    private const double LongestSeconds = 60;
    private const double LivelyCutsPerSecond = 0.1;

    /// <summary>Segments that cover the whole source, in order; at least one.</summary>
    public static IReadOnlyList<ContentSegment> Of(SoundAndPicture measured)
    {
        var ranges = Ranges(measured);
        var liveliest = ranges.Max(measured.CutRate);
        return
        [
            .. ranges.Select(
                (range, i) =>
                {
                    var loudness = measured.Loudness(range);
                    var sound = measured.Sound(range);
                    var activity = liveliest > 0 ? measured.CutRate(range) / liveliest : 0;
                    return new ContentSegment(
                        range.Start,
                        range.End,
                        measured.HasVideo ? $"Scene {i + 1}" : $"Passage {i + 1}",
                        Keywords(range, measured, loudness, sound),
                        Math.Round((loudness + sound + activity) / 3, 4),
                        new Dictionary<string, double>
                        {
                            [Measures.Loudness] = Math.Round(loudness, 4),
                            [Measures.Sound] = Math.Round(sound, 4),
                            [Measures.Activity] = Math.Round(activity, 4),
                        }
                    );
                }
            ),
        ];
    }

    private static List<TimeRange> Ranges(SoundAndPicture measured)
    {
        var edges = measured
            .Cuts.Select(cut => cut.Time)
            .Concat(measured.Silences.Select(silence => (silence.Start + silence.End) / 2))
            .Where(time => time > 0 && time < measured.DurationSeconds)
            .Append(0)
            .Append(measured.DurationSeconds)
            .Distinct()
            .Order()
            .ToList();
        // The shortest neighbours become one until none is too short and there are not too many.
        var shortest = Math.Max(ShortestSeconds, measured.DurationSeconds / (3 * MostSegments));
        while (edges.Count > 2)
        {
            var (length, at) = Enumerable.Range(0, edges.Count - 1).Select(i => (edges[i + 1] - edges[i], i)).Min();
            if (length >= shortest && edges.Count - 1 <= MostSegments)
                break;
            var joinsNext =
                at == 0 || (at + 2 < edges.Count && edges[at + 2] - edges[at + 1] < edges[at] - edges[at - 1]);
            edges.RemoveAt(joinsNext ? at + 1 : at);
        }
        return Divided(edges, measured.DurationSeconds);
    }

    // A source without cuts still has a beginning, a middle and an end.
    private static List<TimeRange> Divided(List<double> edges, double duration)
    {
        var longest = Math.Max(2 * ShortestSeconds, Math.Min(LongestSeconds, duration / 5));
        var room = MostSegments - (edges.Count - 1);
        var ranges = new List<TimeRange>();
        foreach (var (start, end) in edges.Zip(edges.Skip(1)))
        {
            var parts = 1 + Math.Clamp((int)((end - start) / longest) - 1, 0, room);
            room -= parts - 1;
            var last = start;
            for (var i = 1; i <= parts; i++)
                ranges.Add(new TimeRange(last, last = i == parts ? end : start + (end - start) * i / parts));
        }
        return ranges;
    }

    private static string[] Keywords(TimeRange range, SoundAndPicture measured, double loudness, double sound)
    {
        var picture = !measured.HasVideo
            ? "no picture"
            : measured.CutRate(range) switch
            {
                0 => "one picture",
                < LivelyCutsPerSecond => "some cuts",
                _ => "many cuts",
            };
        return
        [
            picture,
            sound == 0 ? "no sound"
            : loudness > 0.6 ? "louder"
            : loudness < 0.4 ? "quieter"
            : "as loud as the rest",
            "no speech",
        ];
    }
}
