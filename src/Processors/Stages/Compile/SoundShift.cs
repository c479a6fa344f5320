using System.Numerics;

namespace EventPipeline.Processors.Stages.Compile;

/// <summary>Finds a piece of sound in a longer one by normalised cross-correlation. Pure.</summary>
internal static class SoundShift
{
    /// <summary>A lower correlation is chance.</summary>
    private const double ClearCorrelation = 0.9;

    /// <summary>Mean square of 16-bit samples below which there is only noise (-60 dBFS).</summary>
    private const double Quiet = 33.0 * 33.0;

    /// <summary>Where in <paramref name="whole"/> the part begins, in samples; null if it is silent, is not found, or fits in several places.</summary>
    public static int? Find(ReadOnlySpan<float> part, ReadOnlySpan<float> whole)
    {
        var places = whole.Length - part.Length + 1;
        var partEnergy = Dot(part, part);
        if (places < 1 || part.Length == 0 || partEnergy / part.Length < Quiet)
            return null;
        var correlations = new double[places];
        var energy = Dot(whole[..part.Length], whole[..part.Length]);
        for (var place = 0; place < places; place++)
        {
            if (energy > 0)
                correlations[place] = Dot(part, whole.Slice(place, part.Length)) / Math.Sqrt(partEnergy * energy);
            if (place + part.Length < whole.Length)
                energy += Square(whole[place + part.Length]) - Square(whole[place]);
        }
        var best = Array.IndexOf(correlations, correlations.Max());
        return correlations[best] >= ClearCorrelation && !HasRival(correlations, best) ? best : null;
    }

    /// <summary>A hum fits again after every period: beyond the valleys around the best place there is another as good.</summary>
    private static bool HasRival(double[] correlations, int best)
    {
        var valley = 0.9 * correlations[best];
        var (left, right) = (best, best);
        while (left >= 0 && correlations[left] >= valley)
            left--;
        while (right < correlations.Length && correlations[right] >= valley)
            right++;
        var rival = 0.98 * correlations[best];
        return correlations.AsSpan(0, Math.Max(0, left)).ContainsAnyInRange(rival, double.MaxValue)
            || correlations.AsSpan(right).ContainsAnyInRange(rival, double.MaxValue);
    }

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(left[i..]) * new Vector<float>(right[i..]);
        double total = Vector.Sum(sum);
        for (; i < left.Length; i++)
            total += left[i] * right[i];
        return total;
    }

    private static double Square(float value) => (double)value * value;
}
