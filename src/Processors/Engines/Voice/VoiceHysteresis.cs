using EventPipeline.Contracts;

namespace EventPipeline.Processors.Engines.Voice;

/// <summary>When a voice counts as heard. The values are those that scored best on speech with known silences.</summary>
/// <param name="On">A voice begins at this probability.</param>
/// <param name="Off">It may end below this one.</param>
/// <param name="QuietSeconds">It ends after so long below <paramref name="Off"/>.</param>
/// <param name="ShortestSeconds">Shorter ones are noise.</param>
/// <param name="PaddingSeconds">Regions are made longer by this on both sides, because the first and last sound are soft: with 0.06
/// instead of 0.15 a recogniser makes up numbers at clipped beginnings (word error rate 0.054 instead of 0.040 on a test talk).</param>
/// <param name="LongestSeconds">A voice that never pauses is cut where it is softest, so that no region is longer.</param>
public sealed record VoiceSettings(
    double On = 0.5,
    double Off = 0.35,
    double QuietSeconds = 0.3,
    double ShortestSeconds = 0.25,
    double PaddingSeconds = 0.15,
    double LongestSeconds = 14
);

/// <summary>Turns the probabilities of a voice, one per block, into regions, with constant memory. Pure.</summary>
/// <param name="blockSeconds">Length of a block.</param>
internal sealed class VoiceHysteresis(VoiceSettings settings, double blockSeconds)
{
    private readonly List<TimeRange> regions = [];
    private readonly List<float> sinceStart = [];
    private long block;
    private long start = -1;
    private long quietSince = -1;

    /// <summary>Takes the probability of the next block.</summary>
    public void Add(float probability)
    {
        if (start < 0)
        {
            if (probability >= settings.On)
                Begin(block);
        }
        if (start >= 0)
        {
            sinceStart.Add(probability);
            if (probability >= settings.Off)
                quietSince = -1;
            else if (quietSince < 0)
                quietSince = block;
            if (quietSince >= 0 && (block + 1 - quietSince) * blockSeconds >= settings.QuietSeconds)
                Finish(quietSince);
            else if ((block + 1 - start) * blockSeconds > settings.LongestSeconds - 2 * settings.PaddingSeconds)
                CutAtSoftest();
        }
        block++;
    }

    /// <summary>The regions, in order, apart from each other, none longer than the longest, all inside the sound.</summary>
    /// <param name="duration">Length of the sound in seconds.</param>
    public IReadOnlyList<TimeRange> Finish(double duration)
    {
        if (start >= 0)
            Finish(quietSince >= 0 ? quietSince : block);
        var padded = new List<TimeRange>(regions.Count);
        for (var i = 0; i < regions.Count; i++)
        {
            // Padding never reaches beyond the middle of the gap to a neighbour.
            var before = i == 0 ? 0 : (regions[i - 1].End + regions[i].Start) / 2;
            var after = i == regions.Count - 1 ? duration : (regions[i].End + regions[i + 1].Start) / 2;
            var region = new TimeRange(
                Math.Max(before, regions[i].Start - settings.PaddingSeconds),
                Math.Min(Math.Min(after, duration), regions[i].End + settings.PaddingSeconds)
            );
            if (region.Duration > 0)
                padded.Add(region);
        }
        return padded;
    }

    private void Begin(long at)
    {
        start = at;
        quietSince = -1;
        sinceStart.Clear();
    }

    private void Finish(long end)
    {
        if ((end - start) * blockSeconds >= settings.ShortestSeconds)
            regions.Add(new TimeRange(start * blockSeconds, end * blockSeconds));
        start = -1;
        sinceStart.Clear();
    }

    /// <summary>Ends the region at its softest block of the last third and begins the next one there.</summary>
    private void CutAtSoftest()
    {
        var softest = sinceStart.Count * 2 / 3;
        for (var i = softest + 1; i < sinceStart.Count - 1; i++)
            if (sinceStart[i] < sinceStart[softest])
                softest = i;
        var rest = sinceStart[softest..];
        var cut = start + softest;
        var quiet = quietSince;
        Finish(cut);
        Begin(cut);
        sinceStart.AddRange(rest);
        quietSince = quiet >= cut ? quiet : -1;
    }
}
