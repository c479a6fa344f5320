using CsCheck;
using EventPipeline.Processors.Engines.Voice;

namespace EventPipeline.Processors.Tests.Engines.Voice;

public sealed class VoiceHysteresisTests
{
    private const double Block = 0.032;
    private static readonly VoiceSettings Settings = new();

    /// <summary>Probabilities that stay high or low for a while, as real ones do.</summary>
    private static readonly Gen<float[]> Probabilities = Gen.Select(
            Gen.Float[0, 1],
            Gen.Int[1, 200],
            (level, blocks) => Enumerable.Repeat(level, blocks)
        )
        .Array[0, 30]
        .Select(runs => runs.SelectMany(run => run).ToArray());

    [Fact]
    public void Regions_are_in_order_apart_inside_and_never_too_long() =>
        Probabilities.Sample(probabilities =>
        {
            var duration = probabilities.Length * Block;
            var regions = Detect(probabilities);
            var end = 0.0;
            foreach (var region in regions)
            {
                region.Start.ShouldBeGreaterThanOrEqualTo(end);
                region.Duration.ShouldBeInRange(Settings.ShortestSeconds - 1e-9, Settings.LongestSeconds + 1e-9);
                end = region.End;
            }
            end.ShouldBeLessThanOrEqualTo(duration + 1e-9);
        });

    [Fact]
    public void Every_clear_voice_is_in_a_region_and_clear_silence_in_none() =>
        Probabilities.Sample(probabilities =>
        {
            var regions = Detect(probabilities);
            for (var i = 0; i < probabilities.Length; i++)
            {
                // Loud for long enough around: the middle of such a stretch must be inside.
                if (i >= 10 && i + 10 < probabilities.Length && probabilities[(i - 10)..(i + 10)].All(p => p >= 0.5))
                    regions.Any(region => region.Contains((i + 0.5) * Block)).ShouldBeTrue();
                if (i >= 12 && i + 12 < probabilities.Length && probabilities[(i - 12)..(i + 12)].All(p => p < 0.35))
                    regions.Any(region => region.Contains((i + 0.5) * Block)).ShouldBeFalse();
            }
        });

    [Fact]
    public void A_short_pause_does_not_end_a_voice_and_a_long_one_does()
    {
        Detect([.. Loud(30), .. Quiet(8), .. Loud(30)]).Count.ShouldBe(1);
        Detect([.. Loud(30), .. Quiet(20), .. Loud(30)]).Count.ShouldBe(2);
    }

    [Fact]
    public void A_click_is_no_voice() => Detect([.. Quiet(30), .. Loud(5), .. Quiet(30)]).ShouldBeEmpty();

    [Fact]
    public void A_voice_that_never_pauses_is_cut_where_it_is_softest()
    {
        var probabilities = Loud(800);
        probabilities[400] = 0.55f;
        var regions = Detect(probabilities);
        regions[0].End.ShouldBe(400 * Block, 1e-9);
        regions[1].Start.ShouldBe(400 * Block, 1e-9);
    }

    private static IReadOnlyList<Contracts.TimeRange> Detect(float[] probabilities)
    {
        var hysteresis = new VoiceHysteresis(Settings, Block);
        foreach (var probability in probabilities)
            hysteresis.Add(probability);
        return hysteresis.Finish(probabilities.Length * Block);
    }

    private static float[] Loud(int blocks) => [.. Enumerable.Repeat(0.9f, blocks)];

    private static float[] Quiet(int blocks) => [.. Enumerable.Repeat(0.05f, blocks)];
}
