using CsCheck;

namespace EventPipeline.Messaging.Tests;

public sealed class GroupPositionTests
{
    private const int Nothing = -1001;

    [Theory]
    [InlineData(Nothing, 0, 7, 7)]
    [InlineData(3, 0, 7, 4)]
    [InlineData(7, 0, 7, 0)]
    [InlineData(1, 4, 7, 3)] // what was committed has expired
    [InlineData(20, 0, 7, 7)] // committed on an earlier topic of the name
    public void A_backlog_counts_from_where_a_consumer_would_start(
        long committed,
        long first,
        long end,
        long backlog
    ) => Of(new PartitionPosition(0, committed, first, end)).Backlog.ShouldBe(backlog);

    [Theory]
    [InlineData(Nothing, 0, 9, false)]
    [InlineData(5, 0, 9, false)] // next is the message itself
    [InlineData(6, 0, 9, true)]
    [InlineData(9, 0, 9, true)]
    [InlineData(Nothing, 6, 9, true)] // it expired
    [InlineData(Nothing, 0, 5, true)] // another topic of the name, where it never was
    [InlineData(6, 0, 5, true)]
    public void A_message_is_passed_when_it_will_not_be_delivered_again(
        long committed,
        long first,
        long end,
        bool passed
    ) =>
        Of(new PartitionPosition(0, 0, 0, 100), new PartitionPosition(3, committed, first, end))
            .HasPassed(QueueMark.Behind(3, 5))
            .ShouldBe(passed);

    [Fact]
    public void A_message_of_a_partition_or_topic_that_is_gone_is_passed()
    {
        Of().HasPassed(QueueMark.Behind(0, 5)).ShouldBeTrue();
        Of(new PartitionPosition(0, Nothing, 0, 9)).HasPassed(QueueMark.Behind(1, 5)).ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_a_topic_is_passed_when_nothing_of_then_is_left_whatever_came_later() =>
        Gen.Select(Gen.Long[0, 5], Gen.Long[0, 5], Gen.Long[0, 5])
            .Select((committed, more, later) => (Before: committed + more, Committed: committed, Later: later))
            .Array[1, 4]
            .Sample(partitions =>
            {
                var then = Of([
                    .. partitions.Select((p, number) => new PartitionPosition(number, p.Committed, 0, p.Before)),
                ]);
                var mark = QueueMark.AtEnd(then.Partitions);
                then.HasPassed(mark).ShouldBe(then.Backlog == 0);

                var grown = Of([
                    .. partitions.Select(
                        (p, number) => new PartitionPosition(number, p.Committed, 0, p.Before + p.Later)
                    ),
                ]);
                grown.HasPassed(mark).ShouldBe(then.Backlog == 0);

                var workedOff = Of([
                    .. partitions.Select((p, number) => new PartitionPosition(number, p.Before, 0, p.Before + p.Later)),
                ]);
                workedOff.HasPassed(mark).ShouldBeTrue();
            });

    private static GroupPosition Of(params IReadOnlyList<PartitionPosition> partitions) => new(partitions);
}
