using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Gathering;
using EventPipeline.Faults.Installation;
using EventPipeline.Faults.Schedule;
using EventPipeline.TestSupport;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace EventPipeline.Faults;

/// <summary>A few seeds of the many that <c>./test.sh faults</c> can run: they meet each part and each server at least once.</summary>
[Collection(nameof(SharedServers))]
public sealed class SeedTests(SharedServers shared, ITestOutputHelper output)
{
    private static readonly int[] Seeds = [2, 4, 5, 7];

    [Fact]
    public async Task Every_promise_is_kept_under_faults()
    {
        await using var installation = await RunningInstallation.StartAsync(await shared.GetAsync());
        foreach (var seed in Seeds)
        {
            output.WriteLine($"seed {seed}: {string.Join("; ", FaultSchedule.Of(seed))}");
            var evidence = await new SeedRun(installation, seed).RunAsync();
            output.WriteLine($"{Report.Of(evidence)}");
            var violations = Checker.Check(evidence);
            if (violations.Count > 0)
                await EvidenceFolder.WriteAsync(
                    Repository.PathOf($"artifacts/faults/seed-{seed}"),
                    installation,
                    evidence,
                    violations
                );
            violations.ShouldBeEmpty($"seed {seed}; the evidence is in artifacts/faults");
        }
    }
}

/// <summary>The servers of the tests that need some, started by the first one.</summary>
[CollectionDefinition(nameof(SharedServers))]
public sealed class SharedServers : ICollectionFixture<SharedServers>, IAsyncDisposable
{
    private Servers? servers;

    internal async Task<Servers> GetAsync()
    {
        Assert.SkipUnless(KafkaBroker.ModernIsAvailable, KafkaBroker.HowToGetModern);
        return servers ??= await Servers.StartAsync();
    }

    public ValueTask DisposeAsync() => servers?.DisposeAsync() ?? ValueTask.CompletedTask;
}
