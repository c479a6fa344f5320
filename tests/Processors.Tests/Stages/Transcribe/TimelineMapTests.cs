using CsCheck;
using EventPipeline.Contracts;
using EventPipeline.Processors.Stages.Transcribe;

namespace EventPipeline.Processors.Tests.Stages.Transcribe;

public sealed class TimelineMapTests
{
    private const double Tolerance = 1e-9;

    private static readonly Gen<TimeRange[]> Pieces = Gen.Select(Gen.Double[0, 5], Gen.Double[0.01, 14])
        .Array[1, 20]
        .Select(steps =>
        {
            var time = 0.0;
            return steps
                .Select(step =>
                {
                    var start = time + step.Item1;
                    time = start + step.Item2;
                    return new TimeRange(start, time);
                })
                .ToArray();
        });

    [Fact]
    public void There_and_back_is_the_same_time() =>
        Gen.Select(Pieces, Gen.Double[0, 1])
            .Sample(
                (pieces, at) =>
                {
                    var map = new TimelineMap(pieces);
                    var joined = at * map.Joined[^1].End;
                    map.ToJoined(map.ToSource(joined)).ShouldBe(joined, 1e-6);
                }
            );

    [Fact]
    public void Every_time_of_the_sound_is_inside_a_piece_and_later_is_never_earlier() =>
        Gen.Select(Pieces, Gen.Double[-0.1, 1.1].Array[2])
            .Sample(
                (pieces, at) =>
                {
                    var map = new TimelineMap(pieces);
                    var times = at.Order().Select(part => map.ToSource(part * map.Joined[^1].End)).ToArray();
                    times[1].ShouldBeGreaterThanOrEqualTo(times[0] - Tolerance);
                    foreach (var time in times)
                        pieces
                            .Any(piece => time >= piece.Start - Tolerance && time <= piece.End + Tolerance)
                            .ShouldBeTrue();
                }
            );

    [Fact]
    public void Every_time_of_the_source_has_a_place_and_later_is_never_earlier() =>
        Gen.Select(Pieces, Gen.Double[-10, 400].Array[2])
            .Sample(
                (pieces, at) =>
                {
                    var map = new TimelineMap(pieces);
                    var times = at.Order().Select(map.ToJoined).ToArray();
                    times[1].ShouldBeGreaterThanOrEqualTo(times[0] - Tolerance);
                    foreach (var time in times)
                        time.ShouldBeInRange(0, map.Joined[^1].End);
                }
            );

    [Fact]
    public void A_stretch_stays_in_the_piece_of_its_middle() =>
        Gen.Select(Pieces, Gen.Double[0, 1], Gen.Double[0, 20])
            .Sample(
                (pieces, at, length) =>
                {
                    var map = new TimelineMap(pieces);
                    var start = at * map.Joined[^1].End;
                    var range = map.ToSource(new TimeRange(start, start + length));
                    range.Duration.ShouldBeInRange(0, length + Tolerance);
                    pieces
                        .Any(piece => range.Start >= piece.Start - Tolerance && range.End <= piece.End + Tolerance)
                        .ShouldBeTrue();
                }
            );

    [Fact]
    public void Pieces_are_joined_without_gaps()
    {
        var map = new TimelineMap([new(10, 12), new(20, 25)]);
        map.Joined.ShouldBe([new(0, 2), new(2, 7)]);
        map.ToSource(1).ShouldBe(11);
        map.ToSource(2).ShouldBe(20);
        map.ToSource(new TimeRange(1.5, 2.2)).ShouldBe(new TimeRange(11.5, 12));
        map.ToJoined(15).ShouldBe(2);
    }

    [Fact]
    public void Pieces_that_overlap_are_refused()
    {
        Should.Throw<ArgumentException>(() => new TimelineMap([new(0, 2), new(1, 3)]));
        Should.Throw<ArgumentException>(() => new TimelineMap([new(2, 2)]));
        Should.Throw<ArgumentException>(() => new TimelineMap([]));
    }
}
