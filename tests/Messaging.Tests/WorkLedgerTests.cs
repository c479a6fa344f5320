using CsCheck;

namespace EventPipeline.Messaging.Tests;

public sealed class WorkLedgerTests
{
    private static readonly PartitionId Partition = new("work", 0);
    private static readonly Step[] InGoodOrder = [Step.Assign, Step.Take, Step.Start, Step.End, Step.Revoke];

    [Fact]
    public void Offsets_go_only_with_the_finished_prefix_in_whatever_order_work_ends() =>
        Gen.Shuffle(Enumerable.Range(0, 12).ToArray())
            .Sample(order =>
            {
                var ledger = new WorkLedger(12);
                ledger.Assign(Partition);
                var tickets = order.Order().Select(number => Started(ledger, number * 2)).ToList(); // offsets have gaps
                var ended = new HashSet<int>();
                foreach (var number in order)
                {
                    ledger.End(tickets[number], settled: true);
                    ended.Add(number);
                    var prefix = Enumerable.Range(0, 12).TakeWhile(ended.Contains).Count();
                    var moved = ledger.TakeMovedPositions();
                    if (ended.Contains(0) && number < prefix)
                        moved.ShouldBe([(Partition, (prefix - 1) * 2 + 1)]);
                    else
                        moved.ShouldBeEmpty();
                }
            });

    [Fact]
    public void Whatever_happens_to_a_group_nothing_unfinished_is_committed_and_everything_ends_up_committed() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 1], Gen.Int[0, 2], Gen.Int[0, 1000])
            .Array[0, 150]
            .Sample(
                steps =>
                {
                    var group = new SimulatedGroup(handOver: false);
                    foreach (var (step, member, partition, chance) in steps)
                        group.Do(step, member, partition, chance);
                    group.FinishEverything();
                },
                iter: 3000
            );

    [Fact]
    public void With_hand_over_nothing_is_done_twice_unless_a_member_dies_or_loses_its_partitions() =>
        Gen.Select(
                Gen.Int[0, InGoodOrder.Length - 1].Select(index => InGoodOrder[index]),
                Gen.Int[0, 1],
                Gen.Int[0, 2],
                Gen.Int[0, 1000]
            )
            .Array[0, 150]
            .Sample(
                steps =>
                {
                    var group = new SimulatedGroup(handOver: true);
                    foreach (var (step, member, partition, chance) in steps)
                        group.Do(step, member, partition, chance);
                    group.FinishEverything();
                    group.StartedTwice.ShouldBe(0);
                },
                iter: 3000
            );

    /// <summary>Positions have no holes, so what stands behind work that was given up or not started goes with it; nothing else does.</summary>
    [Fact]
    public void With_hand_over_everything_goes_up_to_the_first_delivery_that_nobody_does() =>
        Gen.Select(Gen.Enum<Fate>().Array[0, 8], Gen.Int[0, 4])
            .Sample(
                (fates, waiting) =>
                {
                    var ledger = new WorkLedger(fates.Length + waiting);
                    ledger.Assign(Partition);
                    var tickets = fates.Select((_, offset) => Started(ledger, offset)).ToList();
                    for (var offset = fates.Length; offset < fates.Length + waiting; offset++)
                        ledger.Take(Partition, new Delivery("work", 0, offset, null, default));
                    foreach (var (ticket, fate) in tickets.Zip(fates).Reverse())
                        if (fate != Fate.Runs)
                            ledger.End(ticket, settled: fate == Fate.Settled);
                    var before = ledger.TakeMovedPositions().SingleOrDefault().Position;

                    ledger.HandOver(Partition);

                    var gone = fates.TakeWhile(fate => fate != Fate.GivenUp).Count();
                    ledger.TakeMovedPositions().ShouldBe(gone > before ? [(Partition, gone)] : []);
                    tickets
                        .Where(ticket => ticket.HandedOver)
                        .ShouldBe(tickets.Take(gone).Where((_, offset) => fates[offset] == Fate.Runs));
                    ledger.Waiting.ShouldBe(0);
                }
            );

    [Fact]
    public void A_node_is_full_until_something_ends_even_if_it_no_longer_owns_the_partition()
    {
        var ledger = new WorkLedger(1);
        ledger.Assign(Partition);
        var ticket = Started(ledger, 0);
        ledger.IsFull.ShouldBeTrue();

        ledger.Revoke(Partition);
        ledger.IsFull.ShouldBeTrue();

        ledger.End(ticket, settled: true);
        ledger.IsFull.ShouldBeFalse();
        ledger.TakeMovedPositions().ShouldBeEmpty();
    }

    [Fact]
    public void Work_of_an_earlier_ownership_does_not_move_the_position_of_a_later_one()
    {
        var ledger = new WorkLedger(4);
        ledger.Assign(Partition);
        var early = Started(ledger, 0);
        ledger.Revoke(Partition);
        ledger.Assign(Partition);
        var again = Started(ledger, 0);

        ledger.End(early, settled: true);
        ledger.TakeMovedPositions().ShouldBeEmpty();

        ledger.End(again, settled: true);
        ledger.TakeMovedPositions().ShouldBe([(Partition, 1)]);
    }

    [Fact]
    public void A_topic_that_was_made_anew_starts_over()
    {
        var ledger = new WorkLedger(4);
        ledger.Assign(Partition);
        var old = Started(ledger, 7);
        var fresh = Started(ledger, 0);

        ledger.End(old, settled: true);
        ledger.TakeMovedPositions().ShouldBeEmpty();
        ledger.End(fresh, settled: true);
        ledger.TakeMovedPositions().ShouldBe([(Partition, 1)]);
    }

    [Fact]
    public void Deliveries_of_partitions_that_are_not_owned_are_forgotten() =>
        new WorkLedger(4).Take(Partition, new Delivery("work", 0, 0, null, default)).ShouldBeFalse();

    private static WorkTicket Started(WorkLedger ledger, long offset)
    {
        ledger.Take(Partition, new Delivery("work", 0, offset, null, default)).ShouldBeTrue();
        return ledger.StartNext().ShouldNotBeNull();
    }

    internal enum Fate
    {
        Runs,
        Settled,
        GivenUp,
    }

    internal enum Step
    {
        Assign,
        Take,
        Start,
        End,
        Abandon,
        Revoke,
        Lose,
        Die,
    }

    /// <summary>Two members, three partitions of eight messages, and a broker that remembers positions.</summary>
    private sealed class SimulatedGroup(bool handOver)
    {
        private const int Messages = 8;
        private const int MaximumInFlight = 3;

        private readonly Member[] members = [new(), new()];
        private readonly Member?[] owners = new Member?[3];
        private readonly long[] committed = new long[3];
        private readonly long[] next = new long[3];
        private readonly HashSet<(int, long)> done = [];
        private readonly Dictionary<(int, long), int> starts = [];

        public int StartedTwice => starts.Values.Count(times => times > 1);

        public void Do(Step step, int memberNumber, int partition, int chance)
        {
            var member = members[memberNumber];
            switch (step)
            {
                case Step.Assign when owners[partition] is null:
                    member.Ledger.Assign(Id(partition));
                    owners[partition] = member;
                    next[partition] = committed[partition];
                    break;
                case Step.Take when owners[partition] == member && !member.Ledger.IsFull && next[partition] < Messages:
                    member
                        .Ledger.Take(Id(partition), new Delivery("work", partition, next[partition]++, null, default))
                        .ShouldBeTrue();
                    break;
                case Step.Start when member.Ledger.StartNext() is { } started:
                    member.Running.Add(started);
                    starts[Key(started)] = starts.GetValueOrDefault(Key(started)) + 1;
                    break;
                case Step.End or Step.Abandon when member.Running.Count > 0:
                    var ended = member.Running[chance % member.Running.Count];
                    member.Running.Remove(ended);
                    if (step == Step.End)
                        done.Add(Key(ended));
                    member.Ledger.End(ended, settled: step == Step.End);
                    break;
                case Step.Revoke when owners[partition] == member:
                    if (handOver)
                    {
                        // Handed over work counts as done: somebody else watches it.
                        var running = member.Ledger.RunningOf(Id(partition));
                        member.Ledger.HandOver(Id(partition));
                        done.UnionWith(running.Where(ticket => ticket.HandedOver).Select(Key));
                    }
                    Commit(member);
                    member.Ledger.Revoke(Id(partition));
                    owners[partition] = null;
                    break;
                case Step.Lose when owners[partition] == member:
                    member.Ledger.Revoke(Id(partition));
                    owners[partition] = null;
                    break;
                case Step.Die:
                    for (var owned = 0; owned < owners.Length; owned++)
                        if (owners[owned] == member)
                            owners[owned] = null;
                    members[memberNumber] = new Member();
                    return;
            }
            Commit(member);
            member.Ledger.InFlight.ShouldBe(member.Running.Count);
            member.Ledger.InFlight.ShouldBeLessThanOrEqualTo(MaximumInFlight);
            for (var number = 0; number < committed.Length; number++)
            for (var offset = 0; offset < committed[number]; offset++)
                done.ShouldContain((number, offset), "a committed offset is of finished work");
        }

        /// <summary>A rebalance, because abandoned work holds its position until one; then all is worked off.</summary>
        public void FinishEverything()
        {
            for (var partition = 0; partition < owners.Length; partition++)
            {
                Do(Step.Revoke, 0, partition, 0);
                Do(Step.Revoke, 1, partition, 0);
            }
            while (members.Any(member => member.Running.Count > 0))
                for (var member = 0; member < members.Length; member++)
                    Do(Step.End, member, 0, 0);
            for (var partition = 0; partition < owners.Length; partition++)
            {
                Do(Step.Assign, 0, partition, 0);
                while (next[partition] < Messages || members[0].Running.Count > 0)
                {
                    Do(Step.Take, 0, partition, 0);
                    Do(Step.Start, 0, partition, 0);
                    Do(Step.End, 0, partition, 0);
                }
            }
            committed.ShouldAllBe(position => position == Messages);
            done.Count.ShouldBe(Messages * owners.Length);
        }

        private void Commit(Member member)
        {
            foreach (var (partition, position) in member.Ledger.TakeMovedPositions())
            {
                owners[partition.Number].ShouldBe(member, "positions are only of partitions that are owned");
                position.ShouldBeGreaterThan(committed[partition.Number]);
                committed[partition.Number] = position;
            }
        }

        private static PartitionId Id(int partition) => new("work", partition);

        private static (int, long) Key(WorkTicket ticket) => (ticket.Delivery.Partition, ticket.Offset);

        private sealed class Member
        {
            public WorkLedger Ledger { get; } = new(MaximumInFlight);
            public List<WorkTicket> Running { get; } = [];
        }
    }
}
