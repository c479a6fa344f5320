using EventPipeline.Contracts;
using EventPipeline.Coordinator.Dispatching;

namespace EventPipeline.Coordinator.Tests.Dispatching;

/// <summary>Who goes next.</summary>
public sealed class FairQueueTests
{
    private readonly FairQueue queue = new();
    private long sequence;

    [Fact]
    public void A_flood_of_one_owner_costs_another_one_turn()
    {
        for (var many = 0; many < 1000; many++)
            Add("flood");
        Add("small");
        Add("small");

        Owners(4).ShouldBe(["flood", "small", "flood", "small"]);
    }

    [Fact]
    public void Of_each_owner_the_oldest_goes_first()
    {
        for (var many = 0; many < 10; many++)
            Add("one");

        Taken(10).Select(work => work.Sequence).ShouldBe(Enumerable.Range(1, 10).Select(at => (long)at));
    }

    [Fact]
    public void Higher_priority_goes_first_whoever_owns_it()
    {
        Add("one", JobPriority.Low);
        Add("one");
        Add("two", JobPriority.High);
        Add("one", JobPriority.High);

        Taken(4)
            .Select(work => (work.OwnerId, work.Priority))
            .ShouldBe([
                ("two", JobPriority.High),
                ("one", JobPriority.High),
                ("one", JobPriority.Normal),
                ("one", JobPriority.Low),
            ]);
        queue.Count.ShouldBe(0);
        queue.TryTake(out _).ShouldBeFalse();
    }

    private void Add(string owner, JobPriority priority = JobPriority.Normal) =>
        queue.Add(new WaitingWork(Guid.CreateVersion7(), "stage", "video", 1, owner, priority, ++sequence));

    private IEnumerable<string> Owners(int count) => Taken(count).Select(work => work.OwnerId);

    private List<WaitingWork> Taken(int count)
    {
        var taken = new List<WaitingWork>();
        while (taken.Count < count && queue.TryTake(out var work))
            taken.Add(work);
        return taken;
    }
}
