using System.Globalization;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>A number that a filter wrote about a frame; NaN where it could not measure (<c>-nan</c>, on a flat picture).</summary>
internal readonly record struct Measure(double Time, string Key, double Value);

/// <summary>What ffmpeg's metadata filter prints: a line with the time of a frame, then a line per value.</summary>
internal static class MetadataLog
{
    private const string TimeMark = "pts_time:";
    private const string Namespace = "lavfi.";

    /// <summary>All measures in order, their keys without <c>lavfi.</c> Lines that are no such thing are passed over.</summary>
    public static IEnumerable<Measure> Read(IEnumerable<string> lines)
    {
        var time = 0.0;
        foreach (var line in lines)
        {
            if (line.IndexOf(TimeMark, StringComparison.Ordinal) is >= 0 and var mark)
                time = Number(line.AsSpan(mark + TimeMark.Length)) is var read && double.IsFinite(read) ? read : time;
            else if (
                line.StartsWith(Namespace, StringComparison.Ordinal)
                && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equal
            )
                yield return new Measure(time, line[Namespace.Length..equal], Number(line.AsSpan(equal + 1)));
        }
    }

    /// <summary>Mean of what could be measured; null if nothing could.</summary>
    public static double? Mean(IEnumerable<Measure> measures)
    {
        var values = measures.Select(measure => measure.Value).Where(double.IsFinite).ToList();
        return values.Count == 0 ? null : Math.Round(values.Average(), 3);
    }

    private static double Number(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}

/// <summary>How much a picture differs from the one before (scdet), 0 to 100.</summary>
internal readonly record struct PictureChange(double Time, double Score);

/// <summary>The log of pictures, read.</summary>
/// <param name="Changes">Of every picture.</param>
internal sealed record PictureLog(
    IReadOnlyList<PictureChange> Changes,
    IReadOnlyList<TimeRange> Black,
    IReadOnlyList<TimeRange> Frozen
)
{
    public static PictureLog Read(IEnumerable<Measure> measures, double duration)
    {
        var changes = new List<PictureChange>();
        var black = new Stretches();
        var frozen = new Stretches();
        foreach (var (time, key, value) in measures)
            switch (key)
            {
                case "scd.score":
                    changes.Add(new PictureChange(time, double.IsFinite(value) ? value : 0));
                    break;
                case "black_start":
                    black.Begin(value);
                    break;
                case "black_end":
                    black.End(value);
                    break;
                case "freezedetect.freeze_start":
                    frozen.Begin(value);
                    break;
                case "freezedetect.freeze_end":
                    frozen.End(value);
                    break;
            }
        return new PictureLog(changes, black.Close(duration), frozen.Close(duration));
    }

    /// <summary>Starts and ends as they come; one that is open at the end lasts to the end.</summary>
    private sealed class Stretches
    {
        private readonly List<TimeRange> closed = [];
        private double? start;

        public void Begin(double time) => start ??= time;

        public void End(double time)
        {
            if (start is { } from && time > from)
                closed.Add(new TimeRange(from, time));
            start = null;
        }

        public List<TimeRange> Close(double duration)
        {
            End(duration);
            return closed;
        }
    }
}

/// <summary>The log of loudness, read.</summary>
internal static class LoudnessLog
{
    private const double Nothing = -120;
    private const double Gate = -70; // below this, EBU R 128 measures nothing

    /// <summary>The last value of each second, and the last of the measures over the whole.</summary>
    /// <param name="duration">Seconds; what claims to be later is passed over.</param>
    public static LoudnessMeasured Read(IEnumerable<Measure> measures, double duration)
    {
        double? integrated = null;
        double? range = null;
        double? peak = null;
        var perSecond = new List<double>();
        foreach (var (time, key, value) in measures)
        {
            if (key == "r128.I")
                integrated = value > Gate ? value : null;
            else if (key == "r128.LRA")
                range = value;
            else if (key == "r128.true_peak" && value > 0) // a factor; 1 is full scale
                peak = Math.Round(20 * Math.Log10(value), 1);
            else if (key == "r128.S" && time >= 0 && time < duration + 1)
            {
                while (perSecond.Count <= (int)time)
                    perSecond.Add(Nothing);
                perSecond[(int)time] = double.IsFinite(value) ? Math.Max(Nothing, Math.Round(value, 1)) : Nothing;
            }
        }
        return new LoudnessMeasured(integrated, integrated is null ? null : range, peak, perSecond);
    }
}
