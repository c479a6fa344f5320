using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.TestSupport;

namespace EventPipeline.Coordinator.Tests;

/// <summary>Coordinators that die, are replaced, or lose everything that the broker knew.</summary>
public sealed class FailoverTests
{
    private static readonly Pipeline Chain = new(
        "chain",
        1,
        [
            new("s1", [], LeaseSeconds: 5, MaximumAttempts: 20),
            new("s2", ["s1"], LeaseSeconds: 5, MaximumAttempts: 20),
            new("s3", ["s2"], LeaseSeconds: 5, MaximumAttempts: 20),
        ]
    );

    [Fact]
    public async Task A_coordinator_that_is_killed_again_and_again_loses_and_repeats_nothing()
    {
        await using var installation = await Installation.CreateAsync();
        installation.StartProcessors(Chain, _ => Answer.Done);
        var jobs = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => installation.StartJobAsync(Chain)));

        for (var life = 1; life <= 2; life++)
        {
            await using var victim = StartProcess(installation);
            await installation.UntilAsync(
                async () => await AcceptedAsync(installation, jobs) >= 60 * life || victim.ThrowIfExited(),
                "the coordinator is in the middle"
            );
            victim.Kill();
        }
        await installation.StartCoordinatorAsync(Chain);

        await installation.UntilCompletedOnceEachAsync(jobs);
    }

    [Fact]
    public async Task A_standby_takes_over_when_the_active_one_stops()
    {
        await using var installation = await Installation.CreateAsync();
        var active = await installation.StartCoordinatorAsync(Chain);
        await installation.UntilAsync(() => Task.FromResult(IsActive(active)), "the first is active");
        var standby = await installation.StartCoordinatorAsync(Chain);
        await installation.UntilAsync(
            () => Task.FromResult(standby.Service.Status.Relay.State == FollowerState.Standby),
            "the second stands by"
        );
        installation.StartProcessors(Chain, _ => Answer.Done);
        var jobs = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => installation.StartJobAsync(Chain)));
        await installation.UntilAsync(
            async () => await AcceptedAsync(installation, jobs) > 10,
            "the active one is in the middle"
        );

        await active.StopAsync();

        await installation.UntilAsync(() => Task.FromResult(IsActive(standby)), "the standby is active");
        await installation.UntilCompletedOnceEachAsync(jobs);
    }

    [Fact]
    public async Task Two_coordinators_share_the_outcomes_and_none_is_accepted_twice()
    {
        await using var installation = await Installation.CreateAsync();
        var one = await installation.StartCoordinatorAsync(Chain);
        var other = await installation.StartCoordinatorAsync(Chain);
        await installation.UntilAsync(
            () =>
                Task.FromResult(
                    one.Service.Status.Outcomes.Assigned.Count > 0 && other.Service.Status.Outcomes.Assigned.Count > 0
                ),
            "both have partitions"
        );
        installation.StartProcessors(Chain, _ => Answer.Done with { Times = 2 });

        var jobs = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => installation.StartJobAsync(Chain)));

        await installation.UntilCompletedOnceEachAsync(jobs);
        await installation.UntilAsync(
            () => Task.FromResult(one.Service.Status.Accepted + other.Service.Status.Accepted == 150),
            "all was accepted, once"
        );
        one.Service.Status.Accepted.ShouldBeGreaterThan(0);
        other.Service.Status.Accepted.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Wiping_all_topics_in_the_middle_loses_no_work()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(Chain);
        var jobs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => installation.StartJobAsync(Chain)));
        // The first stage works, the second takes its work and never says anything of it, the third has nobody at it.
        await using (
            installation.StartProcessors(
                Chain with
                {
                    Stages = [.. Chain.Stages.Take(2)],
                },
                work => work.Stage == "s1" ? Answer.Done : null
            )
        )
        {
            await installation.UntilAsync(
                async () => await AcceptedAsync(installation, jobs) >= 20,
                "the first stage is done"
            );
        }
        var late = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => installation.StartJobAsync(Chain)));

        await installation.Administration.DeleteTopicsAsync([
            installation.Topics.Results,
            installation.Topics.JobEvents,
            installation.Topics.VideoEvents,
            installation.Topics.Progress,
            .. Chain.Stages.Select(stage => installation.Topics.Stage(stage.Name)),
        ]);
        installation.StartProcessors(Chain, _ => Answer.Done);

        await installation.UntilCompletedOnceEachAsync([.. jobs, .. late]);
    }

    private static bool IsActive(RunningCoordinator coordinator) =>
        coordinator.Service.Status.Relay.State == FollowerState.Following;

    private static async Task<int> AcceptedAsync(Installation installation, IReadOnlyCollection<Guid> jobs) =>
        (await installation.Log.LoadAsync(jobs, CancellationToken.None)).Values.Sum(stream =>
            stream.Count(stored => stored.Type == EventTypes.NameOf(typeof(StageSucceeded)))
        );

    /// <summary>The deployable itself, in a process of its own.</summary>
    private static ChildProcess StartProcess(Installation installation) =>
        ChildProcess.Start(
            "coordinator",
            Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "EventPipeline.Coordinator.dll")],
            new Dictionary<string, string>
            {
                ["EVENTPIPELINE_POSTGRES"] = installation.Postgres,
                ["KAFKA_BOOTSTRAP_SERVERS"] = installation.Broker.BootstrapServers,
                ["EVENTPIPELINE_TOPIC_PREFIX"] = installation.Topics.Prefix,
                ["EVENTPIPELINE_OBJECTS"] = installation.ObjectsFolder,
            }
        );
}
