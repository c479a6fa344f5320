using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Layout;

/// <summary>A rectangle that may be the camera.</summary>
/// <param name="MotionShare">How much of all motion is in it, 0 to 1.</param>
/// <param name="EdgeSupport">How much of its outline is a standing edge or the picture's own, 0 to 1.</param>
/// <param name="Density">How much of its area moves, 0 to 1.</param>
internal sealed record CameraCandidate(
    PictureRegion Region,
    double MotionShare,
    double EdgeSupport,
    double Density,
    double Score
);

/// <summary>Finds the rectangle with the motion in it and standing edges around it. Every pair of standing lines is tried against
/// every other: there are few lines, and sums make each try cheap. Pure.</summary>
internal static class CameraSearch
{
    private const int MostLines = 24;

    /// <summary>A line shorter than this part of the picture is something on a slide.</summary>
    private const double ShortestLine = 0.08;

    private const double SmallestSide = 0.08;

    /// <summary>Mean motion of a cell that counts as moving, in grey levels.</summary>
    private const double Moving = 0.15;

    /// <summary>The best rectangle; null where nothing moves.</summary>
    public static CameraCandidate? Find(LayoutEvidence evidence)
    {
        var motion = new AreaSum(evidence, evidence.MotionOf);
        if (motion.Total <= 0)
            return null;
        var moving = new AreaSum(evidence, (column, row) => evidence.MotionOf(column, row) > Moving ? 1 : 0);
        var (left, top, right, bottom) = motion.Bulk();
        var upright = Lines(evidence.Width, evidence.Height, evidence.UprightLine, [left, right]);
        var level = Lines(evidence.Height, evidence.Width, evidence.LevelLine, [top, bottom]);

        CameraCandidate? best = null;
        foreach (var (x1, x2) in Pairs(upright, evidence.Width))
        foreach (var (y1, y2) in Pairs(level, evidence.Height))
        {
            var region = new PictureRegion(x1.At, y1.At, x2.At - x1.At, y2.At - y1.At);
            var share = motion.Of(region) / motion.Total;
            if (share < 0.5)
                continue;
            var support =
                (
                    x1.Support(y1.At, y2.At)
                    + x2.Support(y1.At, y2.At)
                    + y1.Support(x1.At, x2.At)
                    + y2.Support(x1.At, x2.At)
                ) / 4;
            var area = (double)region.Width * region.Height / ((double)evidence.Width * evidence.Height);
            var score = (share * (0.5 + (0.5 * support))) - (0.25 * area);
            if (best is null || score > best.Score)
                best = new CameraCandidate(region, share, support, moving.Mean(region), score);
        }
        return best;
    }

    /// <summary>The picture's two sides, the given guesses, and the longest standing lines.</summary>
    private static List<Line> Lines(int length, int across, Func<int, float[]> lineAt, int[] guesses)
    {
        var found = new List<(int At, double Run, float[] Profile)>();
        for (var at = 2; at < length - 1; at++)
        {
            var profile = lineAt(at);
            var run = LongestRun(profile) / (double)across;
            if (run >= ShortestLine)
                found.Add((at, run, profile));
        }
        var lines = new List<Line> { Line.OfPicture(0, across), Line.OfPicture(length, across) };
        foreach (var (at, _, profile) in found.OrderByDescending(line => line.Run))
            if (lines.Count < MostLines && lines.TrueForAll(line => Math.Abs(line.At - at) > 3))
                lines.Add(new Line(at, profile));
        foreach (var guess in guesses.Where(guess => guess > 0 && guess < length))
            if (lines.TrueForAll(line => Math.Abs(line.At - guess) > 3))
                lines.Add(new Line(guess, lineAt(guess)));
        return [.. lines.OrderBy(line => line.At)];
    }

    private static IEnumerable<(Line First, Line Second)> Pairs(List<Line> lines, int length)
    {
        for (var first = 0; first < lines.Count; first++)
        for (var second = first + 1; second < lines.Count; second++)
            if (lines[second].At - lines[first].At >= SmallestSide * length)
                yield return (lines[first], lines[second]);
    }

    /// <summary>Longest stretch that stands in most looks; small holes (a letter, a hand before the frame) do not end it.</summary>
    private static int LongestRun(float[] profile)
    {
        const int LargestHole = 6;
        var (longest, start, last) = (0, -1, -1);
        for (var i = 0; i < profile.Length; i++)
        {
            if (profile[i] < 0.6f)
                continue;
            if (start < 0 || i - last > LargestHole)
                start = i;
            last = i;
            longest = Math.Max(longest, last - start + 1);
        }
        return longest;
    }

    /// <summary>A line with its support so far along it.</summary>
    private sealed class Line
    {
        private readonly double[] sums;

        public Line(int at, float[] profile)
        {
            At = at;
            sums = new double[profile.Length + 1];
            for (var i = 0; i < profile.Length; i++)
                sums[i + 1] = sums[i] + profile[i];
        }

        public static Line OfPicture(int at, int across)
        {
            var profile = new float[across];
            Array.Fill(profile, 1);
            return new Line(at, profile);
        }

        public int At { get; }

        public double Support(int from, int to) => (sums[to] - sums[from]) / (to - from);
    }
}
