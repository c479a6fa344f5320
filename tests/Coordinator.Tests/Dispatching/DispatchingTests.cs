using EventPipeline.Contracts;

namespace EventPipeline.Coordinator.Tests.Dispatching;

/// <summary>More work than processors, on a real log and broker.</summary>
public sealed class DispatchingTests
{
    private const int Flood = 300;

    private static readonly Pipeline OneStage = new("one", 1, [new("only", [], LeaseSeconds: 5)]);

    [Fact]
    public async Task A_flood_does_not_hold_up_another_owner_nor_what_is_urgent()
    {
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(OneStage);
        var flood = await FloodAsync(installation);
        var small = await installation.StartJobAsync(OneStage, owner: "small");
        var urgent = await installation.StartJobAsync(OneStage, owner: "flood", priority: JobPriority.High);
        await UntilWaitingAsync(installation, coordinator, flood.Count + 2);

        var processors = installation.StartProcessors(OneStage, _ => Answer.Done);
        await installation.UntilCompletedOnceEachAsync([.. flood, small, urgent]);

        var order = processors.Seen.Select(work => work.JobId).ToList();
        order.IndexOf(urgent).ShouldBeLessThan(100, "the topic held 16 when it was asked for");
        order.IndexOf(small).ShouldBeLessThan(100);
        coordinator.Service.Status.Waiting.ShouldBe(0);
        await UntilNoRowIsLeftAsync(installation);
    }

    [Fact]
    public async Task What_waits_is_known_to_the_next_coordinator_and_costs_no_attempt()
    {
        await using var installation = await Installation.CreateAsync();
        var first = await installation.StartCoordinatorAsync(OneStage);
        var jobs = await FloodAsync(installation);
        await UntilWaitingAsync(installation, first, jobs.Count);
        await first.StopAsync();
        var second = await installation.StartCoordinatorAsync(OneStage);
        await UntilWaitingAsync(installation, second, jobs.Count);

        var processors = installation.StartProcessors(OneStage, _ => Answer.Done);
        await installation.UntilCompletedOnceEachAsync(jobs);

        processors.Seen.ShouldAllBe(work => work.Attempt == 1);
        processors.Seen.Count.ShouldBeLessThanOrEqualTo(
            jobs.Count + new CoordinatorOptions().LeastHandedOut,
            "only what lay in the topic may be sent again, with a page that was not known to have arrived"
        );
        await UntilNoRowIsLeftAsync(installation);
    }

    [Fact]
    public async Task Work_that_is_handed_out_while_its_page_is_written_leaves_no_row()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(OneStage);
        installation.StartProcessors(OneStage, _ => Answer.Done);

        await installation.UntilCompletedOnceEachAsync([.. await FloodAsync(installation)]);

        await UntilNoRowIsLeftAsync(installation);
    }

    private static Task UntilNoRowIsLeftAsync(Installation installation) =>
        installation.UntilAsync(
            async () =>
            {
                await using var count = installation.DataSource.CreateCommand(
                    "select count(*) from coordinator.waiting"
                );
                return (long)(await count.ExecuteScalarAsync())! == 0;
            },
            "no row of waiting work is left"
        );

    private static async Task<IReadOnlyList<Guid>> FloodAsync(Installation installation) =>
        await Task.WhenAll(
            Enumerable.Range(0, Flood).Select(_ => installation.StartJobAsync(OneStage, owner: "flood"))
        );

    private static Task UntilWaitingAsync(Installation installation, RunningCoordinator coordinator, int jobs) =>
        installation.UntilAsync(
            () => Task.FromResult(coordinator.Service.Status.Waiting == jobs - new CoordinatorOptions().LeastHandedOut),
            "all but the first wait"
        );
}
