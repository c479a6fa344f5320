using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Features;

namespace EventPipeline.Processors.Tests.Stages.Features;

public sealed class SceneDetectionTests
{
    private const double Duration = 20;
    private const int FrameRate = 25;

    [Fact]
    public void A_strong_change_is_a_cut_also_among_moving_pictures() => Cuts(Changes(3, (10, 30))).ShouldBe([10.0]);

    [Fact]
    public void A_weak_change_is_a_cut_only_where_nothing_else_moves()
    {
        Cuts(Changes(0.01, (10, 5.6))).ShouldBe([10.0]);
        Cuts(Changes(3, (10, 5.6))).ShouldBeEmpty();
        Cuts(Changes(0.01, (10, 3.9))).ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_flash_only_the_stronger_change_stays() =>
        Cuts(Changes(0.1, (10, 30), (10.2, 20))).ShouldBe([10.0]);

    [Fact]
    public void A_fade_through_black_is_one_change_in_its_middle()
    {
        var scenes = Detect(Changes(0.1, (9, 15), (11, 15)), new TimeRange(9.1, 10.9));

        scenes.Cuts.ShouldBe([new SceneCut(10, 100, SceneCutKind.Fade)]);
        scenes.Scenes.ShouldBe([new TimeRange(0, 10), new TimeRange(10, Duration)]);
    }

    [Fact]
    public void Black_at_the_ends_is_no_fade() =>
        Detect(Changes(0.1), new TimeRange(0, 2), new TimeRange(18, Duration)).Cuts.ShouldBeEmpty();

    [Fact]
    public void Scenes_cover_the_video_and_none_is_shorter_than_the_shortest() =>
        Gen.Select(
                Gen.Select(Gen.Int[0, 499], Gen.Double[0, 60]).List[0, 40],
                Gen.Select(Gen.Double[0, 19], Gen.Double[0.1, 1]).List[0, 4]
            )
            .Sample(
                (jumps, black) =>
                {
                    var changes = Changes(0.5, [.. jumps.Select(jump => (jump.Item1 / (double)FrameRate, jump.Item2))]);
                    var scenes = Detect(
                        changes,
                        [.. black.Select(range => new TimeRange(range.Item1, range.Item1 + range.Item2))]
                    ).Scenes;

                    scenes[0].Start.ShouldBe(0);
                    scenes[^1].End.ShouldBe(Duration);
                    scenes.Zip(scenes.Skip(1)).ShouldAllBe(pair => pair.First.End == pair.Second.Start);
                    scenes.ShouldAllBe(scene => scene.Duration >= SceneDetection.ShortestScene - 1e-9);
                }
            );

    [Fact]
    public void One_picture_and_none_are_one_scene()
    {
        SceneDetection.Detect(new PictureLog([], [], []), 5).Scenes.ShouldBe([new TimeRange(0, 5)]);
        SceneDetection
            .Detect(new PictureLog([new PictureChange(0, 5)], [], []), 0.04)
            .Scenes.ShouldBe([new TimeRange(0, 0.04)]);
    }

    private static ScenesDetected Detect(PictureChange[] changes, params TimeRange[] black) =>
        SceneDetection.Detect(new PictureLog(changes, black, []), Duration);

    private static IEnumerable<double> Cuts(PictureChange[] changes) => Detect(changes).Cuts.Select(cut => cut.Time);

    /// <summary>Changes of one score all the time, and others at given times.</summary>
    private static PictureChange[] Changes(double even, params (double Time, double Score)[] others)
    {
        var changes = Enumerable
            .Range(0, (int)Duration * FrameRate)
            .Select(frame => new PictureChange((double)frame / FrameRate, even))
            .ToArray();
        foreach (var (time, score) in others)
        {
            var frame = (int)Math.Round(time * FrameRate);
            changes[frame] = changes[frame] with { Score = score };
        }
        return changes;
    }
}
