using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>Cuts and fades. A cut is a picture whose change against the one before (ffmpeg's scdet) is large; a fade is the
/// middle of a black stretch. PySceneDetect's minimum length of a scene (0.6 s) keeps flashes from counting.</summary>
internal static class SceneDetection
{
    /// <summary>Smallest change that is a cut, of 100. Slides of one template differ by little more.</summary>
    public const double CutScore = 8;

    /// <summary>Shortest scene, seconds.</summary>
    public const double ShortestScene = 0.6;

    private const double FadeScore = 100;
    private const double FadeMargin = 0.5;

    public static ScenesDetected Detect(PictureLog log, double duration)
    {
        var fades = log
            .Black.Where(black => black.Start > ShortestScene && black.End < duration - ShortestScene)
            .ToList();
        var candidates = log
            .Scores.Where(it => it.Score >= CutScore && !fades.Any(fade => Near(fade, it.Time)))
            .Select(it => new SceneCut(it.Time, it.Score, SceneCutKind.Cut))
            .Concat(fades.Select(fade => new SceneCut((fade.Start + fade.End) / 2, FadeScore, SceneCutKind.Fade)))
            .OrderBy(cut => cut.Time);
        var cuts = new List<SceneCut>();
        foreach (var cut in candidates.Where(cut => cut.Time >= ShortestScene && cut.Time <= duration - ShortestScene))
        {
            if (cuts.Count == 0 || cut.Time - cuts[^1].Time >= ShortestScene)
                cuts.Add(cut);
            else if (cut.Score > cuts[^1].Score)
                cuts[^1] = cut;
        }
        double[] edges = [0, .. cuts.Select(cut => cut.Time), duration];
        return new ScenesDetected(cuts, [.. edges.Zip(edges.Skip(1), (start, end) => new TimeRange(start, end))]);
    }

    private static bool Near(TimeRange fade, double time) =>
        time >= fade.Start - FadeMargin && time <= fade.End + FadeMargin;
}
