using EventPipeline.Contracts;
using EventPipeline.Processors.Hosting;

namespace EventPipeline.Processors.Tests.Hosting;

public sealed class WorkSlotsTests
{
    [Fact]
    public async Task No_more_than_the_limit_run_at_once_and_everyone_gets_a_turn()
    {
        var slots = new WorkSlots(3);
        var (running, most, turns) = (0, 0, 0);

        await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(index =>
                    Task.Run(async () =>
                    {
                        using var slot = await slots.TakeAsync((JobPriority)(index % 3), default);
                        var now = Interlocked.Increment(ref running);
                        InterlockedMax(ref most, now);
                        await Task.Yield();
                        Interlocked.Increment(ref turns);
                        Interlocked.Decrement(ref running);
                    })
                )
        );

        most.ShouldBeLessThanOrEqualTo(3);
        turns.ShouldBe(200);
        slots.Free.ShouldBe(3);
    }

    [Fact]
    public async Task Higher_priority_goes_first_and_equal_priority_in_order()
    {
        var slots = new WorkSlots(1);
        var first = await slots.TakeAsync(JobPriority.Normal, default);
        var order = new List<string>();
        Task[] waiting =
        [
            TurnAsync("low", JobPriority.Low),
            TurnAsync("normal 1", JobPriority.Normal),
            TurnAsync("normal 2", JobPriority.Normal),
            TurnAsync("high", JobPriority.High),
        ];

        first.Dispose();
        await Task.WhenAll(waiting);

        order.ShouldBe(["high", "normal 1", "normal 2", "low"]);

        async Task TurnAsync(string name, JobPriority priority)
        {
            using var slot = await slots.TakeAsync(priority, default);
            order.Add(name);
        }
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_slot()
    {
        var slots = new WorkSlots(1);
        var first = await slots.TakeAsync(JobPriority.Normal, default);
        using var cancellation = new CancellationTokenSource();
        var waiting = slots.TakeAsync(JobPriority.Normal, cancellation.Token);

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        first.Dispose();
        first.Dispose();

        slots.Free.ShouldBe(1);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
            if (Interlocked.CompareExchange(ref target, value, seen) == seen)
                return;
    }
}
