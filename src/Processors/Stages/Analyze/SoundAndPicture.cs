using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Analyze;

/// <summary>What was measured of the source without understanding it, and how it is asked about a stretch of time.</summary>
internal sealed record SoundAndPicture(
    double DurationSeconds,
    bool HasAudio,
    bool HasVideo,
    IReadOnlyList<TimeRange> Silences,
    IReadOnlyList<SceneCut> Cuts,
    IReadOnlyList<double> PerSecondLufs
)
{
    private const double Unheard = -70;
    private const double LoudnessSpan = 12;

    private readonly double medianLufs = Median([.. PerSecondLufs.Where(lufs => lufs > Unheard)]);

    /// <summary>0 to 1; see <see cref="Measures.Loudness"/>.</summary>
    public double Loudness(TimeRange range)
    {
        var from = Math.Clamp((int)range.Start, 0, PerSecondLufs.Count);
        var to = Math.Clamp((int)Math.Ceiling(range.End), from, PerSecondLufs.Count);
        var heard = PerSecondLufs.Skip(from).Take(to - from).Where(lufs => lufs > Unheard).ToArray();
        return heard.Length == 0 ? 0 : Math.Clamp(0.5 + (heard.Average() - medianLufs) / LoudnessSpan, 0, 1);
    }

    /// <summary>0 to 1; see <see cref="Measures.Sound"/>.</summary>
    public double Sound(TimeRange range) =>
        HasAudio && range.Duration > 0
            ? Math.Clamp(1 - Silences.Sum(silence => Shared(silence, range)) / range.Duration, 0, 1)
            : 0;

    /// <summary>Changes of the picture a second.</summary>
    public double CutRate(TimeRange range) =>
        range.Duration > 0 ? Cuts.Count(cut => range.Contains(cut.Time)) / range.Duration : 0;

    private static double Shared(TimeRange a, TimeRange b) =>
        Math.Max(0, Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start));

    private static double Median(double[] values) =>
        values.Length == 0 ? 0 : values.Order().ElementAt(values.Length / 2);
}
