using System.Globalization;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>What ffmpeg's metadata filter prints: a line with the time of a frame, then a line per value.</summary>
internal static class MetadataLog
{
    /// <summary>Every value with the time of its frame, in order. Lines that are no such thing are passed over.</summary>
    public static IEnumerable<(double Time, string Key, string Value)> Read(IEnumerable<string> lines)
    {
        const string TimeMark = "pts_time:";
        var time = 0.0;
        foreach (var line in lines)
        {
            if (
                line.IndexOf(TimeMark, StringComparison.Ordinal) is >= 0 and var at
                && TryNumber(line.AsSpan(at + TimeMark.Length).Trim(), out var seconds)
            )
                time = seconds;
            else if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equal)
                yield return (time, line[..equal], line[(equal + 1)..]);
        }
    }

    /// <summary>Mean of the finite values of a key; null if there is none.</summary>
    public static double? Mean(IEnumerable<string> lines, string key)
    {
        var values = Read(lines)
            .Where(entry => entry.Key == key)
            .Select(entry => TryNumber(entry.Value, out var value) ? value : double.NaN)
            .Where(double.IsFinite)
            .ToList();
        return values.Count == 0 ? null : Math.Round(values.Average(), 3);
    }

    public static bool TryNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}

/// <summary>The log of pictures, read.</summary>
/// <param name="Scores">Change against the picture before (scdet, 0 to 100), for pictures where it is not small.</param>
internal sealed record PictureLog(
    IReadOnlyList<(double Time, double Score)> Scores,
    IReadOnlyList<TimeRange> Black,
    IReadOnlyList<TimeRange> Frozen
)
{
    private const double SmallScore = 3;

    public static PictureLog Read(IEnumerable<string> lines, double duration)
    {
        var scores = new List<(double, double)>();
        var black = new Stretches();
        var frozen = new Stretches();
        foreach (var (time, key, value) in MetadataLog.Read(lines))
        {
            if (!MetadataLog.TryNumber(value, out var number))
                continue;
            switch (key)
            {
                case "lavfi.scd.score" when number >= SmallScore:
                    scores.Add((time, number));
                    break;
                case "lavfi.black_start":
                    black.Begin(number);
                    break;
                case "lavfi.black_end":
                    black.End(number);
                    break;
                case "lavfi.freezedetect.freeze_start":
                    frozen.Begin(number);
                    break;
                case "lavfi.freezedetect.freeze_end":
                    frozen.End(number);
                    break;
            }
        }
        return new PictureLog(scores, black.Close(duration), frozen.Close(duration));
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

    public static LoudnessMeasured Read(IEnumerable<string> lines)
    {
        double? integrated = null;
        double? range = null;
        double? peak = null;
        var perSecond = new List<double>();
        foreach (var (time, key, value) in MetadataLog.Read(lines))
        {
            if (!MetadataLog.TryNumber(value, out var number))
                continue;
            if (key == "lavfi.r128.I")
                integrated = number > Gate ? number : null;
            else if (key == "lavfi.r128.LRA")
                range = number;
            else if (key.StartsWith("lavfi.r128.true_peaks_ch", StringComparison.Ordinal) && number > 0)
                peak = Math.Max(peak ?? double.NegativeInfinity, 20 * Math.Log10(number));
            else if (key == "lavfi.r128.S" && time >= perSecond.Count)
                perSecond.Add(double.IsFinite(number) && number > Nothing ? Math.Round(number, 1) : Nothing);
        }
        return new LoudnessMeasured(integrated, range, peak is { } level ? Math.Round(level, 1) : null, perSecond);
    }
}
