using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Stages.Features;

/// <summary>Silence by peak level in steps of 10 ms, against a threshold that follows the noise of the room. Pure.</summary>
internal static class SilenceDetection
{
    /// <summary>Length of a step, seconds.</summary>
    public const double Step = 0.01;

    /// <summary>Shorter silences are pauses between words.</summary>
    public const double Shortest = 0.4;

    private const int SampleRate = 16_000;
    private const int StepSamples = (int)(SampleRate * Step);
    private const double Quietest = -96;

    // In a quiet room, what is below -40 dBFS is not heard beside speech. In a louder one, peaks of noise stay within 9 dB of the level
    // that a tenth of the time is below; and silence is always well below the loud parts, or a quiet recording would be nothing else.
    // What nobody hears is silent, whatever else there is.
    private const double Inaudible = -66;
    private const double UsualThreshold = -40;
    private const double AboveNoise = 9;
    private const double BelowLoud = 15;

    // A click of one or two steps does not end a silence.
    private const int ClickSteps = 2;
    private const int StepsAroundClick = 10;

    /// <summary>Peak level of every step, dBFS.</summary>
    /// <param name="sound">16 kHz, mono, signed 16 bits.</param>
    public static List<float> Levels(Stream sound)
    {
        var levels = new List<float>();
        var buffer = new byte[StepSamples * sizeof(short) * 1000];
        int read;
        while ((read = sound.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 1)
        {
            var bytes = buffer.AsSpan(0, read & ~1);
            while (bytes.Length > 0)
            {
                var step = bytes[..Math.Min(bytes.Length, StepSamples * sizeof(short))];
                levels.Add(Level(step));
                bytes = bytes[step.Length..];
            }
        }
        return levels;
    }

    public static SilencesDetected Detect(IReadOnlyList<float> levels, double duration)
    {
        var noise = Percentile(levels, 0.1);
        var threshold = Math.Max(
            Inaudible,
            Math.Min(Math.Max(UsualThreshold, noise + AboveNoise), Percentile(levels, 0.95) - BelowLoud)
        );
        var quiet = new bool[levels.Count];
        for (var i = 0; i < quiet.Length; i++)
            quiet[i] = levels[i] < threshold;
        ForgetClicks(quiet);
        var regions = new List<TimeRange>();
        for (var i = 0; i < quiet.Length; )
        {
            var start = i;
            while (i < quiet.Length && quiet[i] == quiet[start])
                i++;
            var end = i == quiet.Length ? Math.Max(duration, start * Step) : Math.Min(i * Step, duration);
            if (quiet[start] && end - start * Step >= Shortest)
                regions.Add(new TimeRange(Math.Round(start * Step, 3), Math.Round(end, 3)));
        }
        return new SilencesDetected(Math.Round(noise, 1), Math.Round(threshold, 1), Shortest, regions);
    }

    private static void ForgetClicks(bool[] quiet)
    {
        for (var i = 0; i < quiet.Length; )
        {
            var start = i;
            while (i < quiet.Length && quiet[i] == quiet[start])
                i++;
            var isClick =
                !quiet[start]
                && i - start <= ClickSteps
                && start >= StepsAroundClick
                && i + StepsAroundClick <= quiet.Length
                && quiet.AsSpan(start - StepsAroundClick, StepsAroundClick).IndexOf(false) < 0
                && quiet.AsSpan(i, StepsAroundClick).IndexOf(false) < 0;
            if (isClick)
                quiet.AsSpan(start, i - start).Fill(true);
        }
    }

    private static float Level(ReadOnlySpan<byte> step)
    {
        var peak = 0;
        foreach (var sample in MemoryMarshal.Cast<byte, short>(step))
            peak = Math.Max(
                peak,
                Math.Abs((int)(BitConverter.IsLittleEndian ? sample : BinaryPrimitives.ReverseEndianness(sample)))
            );
        return peak == 0 ? (float)Quietest : (float)Math.Max(Quietest, 20 * Math.Log10(peak / 32768.0));
    }

    private static double Percentile(IReadOnlyList<float> levels, double share)
    {
        if (levels.Count == 0)
            return Quietest;
        var sorted = levels.ToArray();
        Array.Sort(sorted);
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
