using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Gathering;
using EventPipeline.Faults.Installation;
using EventPipeline.Faults.Schedule;
using EventPipeline.TestSupport;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace EventPipeline.Faults;

/// <summary>Two seeds of the many that <c>./test.sh faults</c> can run: between them they have eleven kinds of faults, and trouble each server.</summary>
[Collection(nameof(SharedInstallation))]
public sealed class SeedTests(SharedInstallation shared, ITestOutputHelper output)
{
    private static readonly int[] Seeds = [6, 50];

    [Fact]
    public async Task Every_promise_is_kept_under_faults()
    {
        var installation = await shared.GetAsync();
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

/// <summary>The installation of the tests that need one, started by the first.</summary>
[CollectionDefinition(nameof(SharedInstallation))]
public sealed class SharedInstallation : ICollectionFixture<SharedInstallation>, IAsyncDisposable
{
    private Servers? servers;
    private RunningInstallation? installation;

    internal async Task<RunningInstallation> GetAsync()
    {
        Assert.SkipUnless(KafkaBroker.ModernIsAvailable, KafkaBroker.HowToGetModern);
        servers ??= await Servers.StartAsync();
        return installation ??= await RunningInstallation.StartAsync(servers);
    }

    public async ValueTask DisposeAsync()
    {
        if (installation is not null)
            await installation.DisposeAsync();
        if (servers is not null)
            await servers.DisposeAsync();
    }
}
