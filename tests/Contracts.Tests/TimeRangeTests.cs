using CsCheck;

namespace EventPipeline.Contracts.Tests;

public sealed class TimeRangeTests
{
    private static readonly Gen<TimeRange> Ranges = Gen.Select(
        Gen.Double[0, 100],
        Gen.Double[0.001, 10],
        (start, length) => new TimeRange(start, start + length)
    );

    [Fact]
    public void A_range_begins_at_its_start_and_ends_before_its_end() =>
        Ranges.Sample(range => range.Contains(range.Start) && !range.Contains(range.End) && range.Duration > 0);

    [Fact]
    public void Ranges_overlap_exactly_if_one_contains_the_start_of_the_other() =>
        Gen.Select(Ranges, Ranges)
            .Sample(
                (a, b) =>
                    a.Overlaps(b) == (a.Contains(b.Start) || b.Contains(a.Start)) && a.Overlaps(b) == b.Overlaps(a)
            );

    [Fact]
    public void Ranges_that_only_touch_do_not_overlap() =>
        new TimeRange(0, 1).Overlaps(new TimeRange(1, 2)).ShouldBeFalse();
}
