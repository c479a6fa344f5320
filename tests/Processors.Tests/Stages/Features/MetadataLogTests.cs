using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Features;

namespace EventPipeline.Processors.Tests.Stages.Features;

/// <summary>What ffmpeg's filters write, and what is made of it.</summary>
public sealed class MetadataLogTests
{
    private static readonly string[] Lines =
    [
        "frame:",
        "frame:1 pts_time:",
        "pts_time:3",
        "pts_time:nan",
        "lavfi.",
        "lavfi.r128.S=-20",
        "lavfi.scd.score=-nan",
        "lavfi.black_start=x",
        "lavfi.black_end=2",
        "=",
        "",
    ];

    [Fact]
    public void Measures_are_read_with_the_time_of_their_frame() =>
        MetadataLog
            .Read([
                "frame:0    pts:0       pts_time:0",
                "lavfi.scd.score=0.000",
                "frame:1    pts:512     pts_time:0.0333333",
                "lavfi.blur=-nan",
                "lavfi.freezedetect.freeze_start=0.04",
                "something else",
            ])
            .ShouldBe([
                new Measure(0, "scd.score", 0),
                new Measure(0.0333333, "blur", double.NaN),
                new Measure(0.0333333, "freezedetect.freeze_start", 0.04),
            ]);

    [Fact]
    public void Any_text_can_be_read() =>
        Gen.Int[0, Lines.Length - 1]
            .List[0, 20]
            .Sample(chosen =>
            {
                var measures = MetadataLog.Read(chosen.Select(line => Lines[line])).ToList();
                var pictures = PictureLog.Read(measures, 10);
                pictures.Changes.ShouldAllBe(change => double.IsFinite(change.Time + change.Score));
                pictures.Black.ShouldAllBe(black => black.Start < black.End);
                LoudnessLog.Read(measures, 10).PerSecondLufs.Count.ShouldBeLessThanOrEqualTo(11);
            });

    [Fact]
    public void Stretches_that_nobody_ended_last_to_the_end()
    {
        var log = PictureLog.Read(
            [
                new(1, "black_start", 0.5),
                new(2, "black_end", 1.5),
                new(8, "black_start", 8),
                new(3, "freezedetect.freeze_start", 1),
                new(3, "freezedetect.freeze_duration", 2),
                new(3, "freezedetect.freeze_end", 3),
                new(5, "scd.score", 12.5),
            ],
            10
        );

        log.Black.ShouldBe([new TimeRange(0.5, 1.5), new TimeRange(8, 10)]);
        log.Frozen.ShouldBe([new TimeRange(1, 3)]);
        log.Changes.ShouldBe([new PictureChange(5, 12.5)]);
    }

    [Fact]
    public void The_mean_leaves_out_what_could_not_be_measured()
    {
        MetadataLog.Mean([new(0, "blur", 4), new(2, "blur", double.NaN), new(4, "blur", 6)]).ShouldBe(5);
        MetadataLog.Mean([new(2, "blur", double.NaN)]).ShouldBeNull();
    }

    [Fact]
    public void Loudness_is_the_last_of_each_second_and_of_the_whole()
    {
        var loudness = LoudnessLog.Read(
            [
                new(0.0, "r128.S", -120.7),
                new(0.9, "r128.S", -30.04),
                new(0.9, "r128.I", -29),
                new(2.9, "r128.S", -25),
                new(2.9, "r128.I", -26.12),
                new(2.9, "r128.LRA", 8.81),
                new(2.9, "r128.true_peak", 0.5),
                new(1e9, "r128.S", -20),
            ],
            3
        );

        loudness.PerSecondLufs.ShouldBe([-30, -120, -25]);
        (loudness.IntegratedLufs, loudness.RangeLufs, loudness.TruePeakDecibels).ShouldBe((-26.12, 8.81, -6));
    }

    [Fact]
    public void Nothing_heard_has_no_loudness()
    {
        var loudness = LoudnessLog.Read(
            [new(0.9, "r128.I", -70), new(0.9, "r128.LRA", 0), new(0.9, "r128.true_peak", 0)],
            1
        );

        (loudness.IntegratedLufs, loudness.RangeLufs, loudness.TruePeakDecibels).ShouldBe((null, null, null));
    }
}
