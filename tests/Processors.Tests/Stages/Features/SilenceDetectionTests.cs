using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Features;

namespace EventPipeline.Processors.Tests.Stages.Features;

public sealed class SilenceDetectionTests
{
    private const float Speech = -20;
    private const float DigitalSilence = -96;

    private static readonly Gen<(List<float> Levels, List<TimeRange> Pauses)> Recording =
        from floor in Gen.Float[-90, -46]
        from turns in Gen.Select(Gen.Int[50, 300], Gen.Int[50, 200]).List[2, 12]
        from seed in Gen.Int
        select Record(floor, turns, new Random(seed));

    [Fact]
    public void The_pauses_of_a_speaker_are_found_to_the_step_whatever_the_room() =>
        Recording.Sample(recording => Regions(recording.Levels).ShouldBe(recording.Pauses));

    [Fact]
    public void A_quieter_copy_has_the_same_pauses() =>
        Gen.Select(Recording, Gen.Float[-6, 0])
            .Sample(
                (recording, gain) => Regions(recording.Levels.Select(level => level + gain)).ShouldBe(recording.Pauses)
            );

    [Fact]
    public void Regions_are_apart_inside_the_sound_and_long_enough() =>
        Gen.Float[-96, 0]
            .List[0, 2000]
            .Sample(levels =>
            {
                var last = 0.0;
                foreach (var region in Regions(levels))
                {
                    region.Start.ShouldBeGreaterThanOrEqualTo(last);
                    region.Duration.ShouldBeGreaterThanOrEqualTo(SilenceDetection.Shortest - 1e-9);
                    last = region.End;
                }
                last.ShouldBeLessThanOrEqualTo(levels.Count * SilenceDetection.Step + 1e-9);
            });

    [Fact]
    public void Digital_silence_is_one_region() =>
        Regions(Enumerable.Repeat(DigitalSilence, 500)).ShouldBe([new TimeRange(0, 5)]);

    [Fact]
    public void A_loud_tone_without_a_pause_has_none() => Regions(Enumerable.Repeat(-12f, 500)).ShouldBeEmpty();

    [Fact]
    public void A_click_does_not_end_a_silence_and_a_word_does()
    {
        Regions(With(2)).ShouldBe([new TimeRange(2, 4.02)]);
        Regions(With(10)).ShouldBe([new TimeRange(2, 3), new TimeRange(3.1, 4.1)]);

        static IEnumerable<float> With(int loudSteps) =>
            [
                .. Enumerable.Repeat(Speech, 200),
                .. Enumerable.Repeat(-70f, 100),
                .. Enumerable.Repeat(-10f, loudSteps),
                .. Enumerable.Repeat(-70f, 100),
                .. Enumerable.Repeat(Speech, 200),
            ];
    }

    [Fact]
    public void Levels_are_the_peaks_of_the_samples()
    {
        var samples = new short[160 + 160 + 80];
        samples[200] = -16384;
        samples[399] = short.MinValue;
        var bytes = new byte[samples.Length * sizeof(short)];
        Buffer.BlockCopy(samples, 0, bytes, 0, bytes.Length);

        var levels = SilenceDetection.Levels(new MemoryStream(bytes));

        levels.Select(level => Math.Round(level, 2)).ShouldBe([DigitalSilence, -6.02, 0]);
    }

    private static IReadOnlyList<TimeRange> Regions(IEnumerable<float> levels)
    {
        var all = levels.ToList();
        return SilenceDetection.Detect(all, Math.Round(all.Count * SilenceDetection.Step, 3)).Regions;
    }

    /// <summary>Speech and pauses in turn, in steps; the level of the room varies by a decibel either way.</summary>
    private static (List<float>, List<TimeRange>) Record(
        float floor,
        List<(int Speech, int Pause)> turns,
        Random random
    )
    {
        var levels = new List<float>();
        var pauses = new List<TimeRange>();
        foreach (var (speech, pause) in turns)
        {
            levels.AddRange(Enumerable.Range(0, speech).Select(_ => Speech + 6 * (random.NextSingle() - 0.5f)));
            var start = levels.Count;
            levels.AddRange(Enumerable.Range(0, pause).Select(_ => floor + 2 * (random.NextSingle() - 0.5f)));
            pauses.Add(new TimeRange(Seconds(start), Seconds(levels.Count)));
        }
        return (levels, pauses);
    }

    private static double Seconds(int steps) => Math.Round(steps * SilenceDetection.Step, 3);
}
