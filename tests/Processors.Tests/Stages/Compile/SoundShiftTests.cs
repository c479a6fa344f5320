using CsCheck;
using EventPipeline.Processors.Stages.Compile;

namespace EventPipeline.Processors.Tests.Stages.Compile;

public sealed class SoundShiftTests
{
    [Fact]
    public void A_piece_is_found_where_it_was_cut_whatever_its_level() =>
        Gen.Select(Gen.Int[0, 900], Gen.Float[0.2f, 2], Gen.Int)
            .Sample(
                (at, level, seed) =>
                {
                    var whole = Noise(2000, seed);
                    var part = whole.Skip(at).Take(1000).Select(value => value * level).ToArray();
                    SoundShift.Find(part, whole).ShouldBe(at);
                },
                iter: 100
            );

    [Fact]
    public void Silence_a_hum_and_other_sound_tell_nothing()
    {
        var noise = Noise(2000, 1);
        var hum = Enumerable.Range(0, 2000).Select(i => 8000 * MathF.Sin(i / 5f)).ToArray();
        SoundShift.Find(new float[1000], noise).ShouldBeNull();
        SoundShift.Find(hum.AsSpan(300, 1000), hum).ShouldBeNull();
        SoundShift.Find(Noise(1000, 2), noise).ShouldBeNull();
        SoundShift.Find(noise, noise.AsSpan(0, 1000)).ShouldBeNull();
        SoundShift.Find([], noise).ShouldBeNull();
    }

    private static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-8000, 8000))];
    }
}
