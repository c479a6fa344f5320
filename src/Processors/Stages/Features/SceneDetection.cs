using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>Cuts and fades. A cut is a picture that differs much from the one before (ffmpeg's scdet), or little but among pictures that
/// hardly differ at all: one slide follows another. A fade is the middle of a black stretch. PySceneDetect's minimum length of a scene
/// (0.6 s) keeps flashes from counting. Pure.</summary>
internal static class SceneDetection
{
    /// <summary>A change of this score is a cut whatever is around it; scdet's manual recommends 8 to 14.</summary>
    public const double StrongScore = 8;

    /// <summary>A weaker one is a cut if it stands out.</summary>
    public const double WeakScore = 4;

    /// <summary>By which factor a weak one exceeds the mean of its neighbours.</summary>
    public const double StandsOut = 4;

    /// <summary>Neighbours on each side.</summary>
    public const int Neighbours = 5;

    /// <summary>Shortest scene, seconds; of two cuts that are nearer the stronger one stays.</summary>
    public const double ShortestScene = 0.6;

    private const double FadeScore = 100;
    private const double FadeMargin = 0.5;

    /// <summary>Cuts in order, and the scenes between them, which cover the whole.</summary>
    public static ScenesDetected Detect(PictureLog log, double duration)
    {
        var fades = log
            .Black.Where(black => black.Start > ShortestScene && black.End < duration - ShortestScene)
            .ToList();
        var hard = Enumerable
            .Range(0, log.Changes.Count)
            .Where(index => IsCut(log.Changes, index))
            .Select(index => log.Changes[index])
            .Where(change => !fades.Any(fade => Near(fade, change.Time)))
            .Select(change => new SceneCut(change.Time, Math.Round(change.Score, 2), SceneCutKind.Cut));
        var candidates = fades
            .Select(fade => new SceneCut((fade.Start + fade.End) / 2, FadeScore, SceneCutKind.Fade))
            .Concat(hard)
            .Where(cut => cut.Time >= ShortestScene && cut.Time <= duration - ShortestScene)
            .OrderBy(cut => cut.Time);
        var cuts = new List<SceneCut>();
        foreach (var cut in candidates)
        {
            if (cuts.Count == 0 || cut.Time - cuts[^1].Time >= ShortestScene)
                cuts.Add(cut);
            else if (cut.Score > cuts[^1].Score)
                cuts[^1] = cut;
        }
        double[] edges = [0, .. cuts.Select(cut => cut.Time), duration];
        return new ScenesDetected(cuts, [.. edges.Zip(edges.Skip(1), (start, end) => new TimeRange(start, end))]);
    }

    private static bool IsCut(IReadOnlyList<PictureChange> changes, int index) =>
        changes[index].Score switch
        {
            >= StrongScore => true,
            < WeakScore => false,
            var score => score >= StandsOut * MeanAround(changes, index),
        };

    private static double MeanAround(IReadOnlyList<PictureChange> changes, int index)
    {
        var first = Math.Max(0, index - Neighbours);
        var last = Math.Min(changes.Count - 1, index + Neighbours);
        var sum = -changes[index].Score;
        for (var near = first; near <= last; near++)
            sum += changes[near].Score;
        return first == last ? double.PositiveInfinity : sum / (last - first);
    }

    private static bool Near(TimeRange fade, double time) =>
        time >= fade.Start - FadeMargin && time <= fade.End + FadeMargin;
}
