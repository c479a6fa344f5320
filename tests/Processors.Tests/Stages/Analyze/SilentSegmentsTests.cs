using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Analyze;

namespace EventPipeline.Processors.Tests.Stages.Analyze;

public class SilentSegmentsTests
{
    [Fact]
    public void Scenes_become_segments()
    {
        var segments = SilentSegments.Of(Film(60, cuts: [15, 30, 45], silences: []));
        segments.Select(segment => segment.Start).ShouldBe([0, 15, 30, 45]);
        segments.Select(segment => segment.Topic).ShouldBe(["Scene 1", "Scene 2", "Scene 3", "Scene 4"]);
    }

    [Fact]
    public void Sound_without_a_picture_is_divided_at_its_silences() =>
        SilentSegments
            .Of(Film(40, cuts: [], silences: [new(11, 13), new(27, 29)]) with { HasVideo = false })
            .Select(segment => (segment.Start, segment.Topic))
            .ShouldBe([(0, "Passage 1"), (12, "Passage 2"), (28, "Passage 3")]);

    [Fact]
    public void One_long_scene_is_divided_evenly() => SilentSegments.Of(Film(200, [], [])).Count.ShouldBeInRange(4, 6);

    [Fact]
    public void The_whole_source_is_covered_by_at_most_fifteen_segments() =>
        Gen.Select(Gen.Double[0.1, 4000], Gen.Double[0, 1].List[0, 60], Gen.Double[0, 1].List[0, 60], Gen.Bool)
            .Sample(
                (duration, cuts, silences, hasVideo) =>
                {
                    var segments = SilentSegments.Of(
                        Film(
                            duration,
                            [.. cuts.Select(cut => cut * duration)],
                            [.. silences.Order().Select(at => new TimeRange(at * duration, at * duration + 0.01))]
                        ) with
                        {
                            HasVideo = hasVideo,
                        }
                    );
                    segments.Count.ShouldBeInRange(1, 15);
                    segments[0].Start.ShouldBe(0);
                    segments[^1].End.ShouldBe(duration);
                    foreach (var (a, b) in segments.Zip(segments.Skip(1)))
                        b.Start.ShouldBe(a.End);
                    segments.ShouldAllBe(segment => segment.End > segment.Start);
                    segments
                        .SelectMany(segment => segment.Measures.Values)
                        .ShouldAllBe(value => value >= 0 && value <= 1);
                }
            );

    private static SoundAndPicture Film(double duration, double[] cuts, TimeRange[] silences) =>
        new(
            duration,
            HasAudio: true,
            HasVideo: true,
            silences,
            [.. cuts.Select(cut => new SceneCut(cut, 50, SceneCutKind.Cut))],
            [.. Enumerable.Range(0, (int)Math.Min(duration, 100)).Select(i => -20.0 - i % 7)]
        );
}
