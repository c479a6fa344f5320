using EventPipeline.EventStore;
using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Gathering;
using EventPipeline.Faults.Installation;
using EventPipeline.Faults.Schedule;
using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.Faults.Injecting;

/// <summary>Makes faults of a schedule happen, and mends them.</summary>
internal sealed class FaultInjector(RunningInstallation installation, TopicLog topics, int seed)
{
    private readonly MessageForger forger = new(installation, topics, seed);

    /// <summary>What was published of the log when the broker was wiped.</summary>
    public Position WipedUpTo { get; private set; }

    /// <summary>Messages that nobody can read, which it put into the topics.</summary>
    public IReadOnlyList<Garbage> Garbage => forger.Garbage;

    /// <summary>Returns when the fault is mended.</summary>
    public async Task<FaultWindow> InflictAsync(Fault fault)
    {
        var from = TimeProvider.System.GetUtcNow();
        await ActAsync(fault, TimeSpan.FromSeconds(fault.Duration));
        return new FaultWindow(fault, from, TimeProvider.System.GetUtcNow());
    }

    private async Task ActAsync(Fault fault, TimeSpan duration)
    {
        var servers = installation.Servers;
        switch (fault.Kind)
        {
            case FaultKind.Killed:
                PartOf(fault).Kill();
                await Task.Delay(duration);
                PartOf(fault).Restart();
                break;
            case FaultKind.Paused:
                PartOf(fault).Pause();
                await Task.Delay(duration);
                PartOf(fault).Resume();
                break;
            case FaultKind.Partitioned:
                await SetAsync(servers.Links(fault.Part), LinkState.Frozen, duration);
                break;
            case FaultKind.LinkCut:
                await SetAsync(servers.Links(fault.Part, fault.Server), LinkState.Cut, duration);
                break;
            case FaultKind.LinkSlow:
                await SetAsync(servers.Links(fault.Part, fault.Server), LinkState.Slow, duration);
                break;
            case FaultKind.ObjectsDown:
                await SetAsync(servers.Links(server: Server.Objects), LinkState.Cut, duration);
                break;
            case FaultKind.ObjectsSlow:
                await SetAsync(servers.Links(server: Server.Objects), LinkState.Slow, duration);
                break;
            case FaultKind.ObjectAnswersLost:
                await SetAsync(servers.Links(server: Server.Objects), LinkState.AnswersLost, duration);
                break;
            case FaultKind.BrokerKilled:
                servers.Broker.Kill();
                await Task.Delay(duration);
                await servers.Broker.RestartAsync();
                break;
            case FaultKind.BrokerPaused:
                servers.Broker.Pause();
                await Task.Delay(duration);
                servers.Broker.Resume();
                break;
            case FaultKind.BrokerWiped:
                servers.Broker.Kill();
                await Task.Delay(duration);
                WipedUpTo = await PublishedAsync();
                topics.BeginAtTheBeginning();
                await servers.Broker.WipeAsync();
                break;
            case FaultKind.DatabaseKilled:
                servers.Database.Kill();
                await Task.Delay(duration);
                await servers.Database.RestartAsync();
                break;
            case FaultKind.ConnectionsTaken:
                await using (await TakenConnections.TakeAllAsync(servers.Database.ConnectionString))
                    await Task.Delay(duration);
                break;
            case FaultKind.DiskFull when PartOf(fault).Disk.CanBeFull:
                PartOf(fault).Disk.Fill();
                await Task.Delay(duration);
                PartOf(fault).Disk.Free();
                break;
            case FaultKind.ClockJumped:
                PartOf(fault).SetClock(TimeSpan.FromSeconds(fault.Jump));
                await Task.Delay(duration);
                PartOf(fault).SetClock(TimeSpan.Zero);
                break;
            case FaultKind.MessagesDuplicated:
            case FaultKind.MessagesDelayed:
            case FaultKind.MessagesReordered:
            case FaultKind.MessagesCorrupted:
                await forger.ForgeAsync(fault.Kind, duration);
                break;
        }
    }

    private Part PartOf(Fault fault) => installation.Parts[fault.Part!];

    private static async Task SetAsync(IEnumerable<Link> links, LinkState state, TimeSpan duration)
    {
        foreach (var link in links)
            link.State = state;
        await Task.Delay(duration);
        foreach (var link in links)
            link.State = LinkState.Open;
    }

    /// <summary>What the dead broker had acknowledged: the checkpoint when nobody writes it any more. A coordinator that stands still, or
    /// is cut off from the database, writes it later.</summary>
    private async Task<Position> PublishedAsync()
    {
        for (var before = Position.Start; ; await Task.Delay(TimeSpan.FromMilliseconds(500)))
            try
            {
                var hinders = Parts.Coordinators.Any(name =>
                    installation.Parts[name].IsPaused
                    || installation.Servers.Links(name, Server.Database).Any(link => link.State is not LinkState.Open)
                );
                var now = await installation.Checkpoints.ReadAsync("coordinator.relay", CancellationToken.None);
                if (!hinders && now == before)
                    return now;
                before = hinders ? Position.Start : now;
            }
            catch (NpgsqlException)
            {
                before = Position.Start; // A fault of the database at the same time.
            }
    }
}
