using System.Net;
using System.Net.Sockets;
using EventPipeline.Contracts;
using EventPipeline.Coordinator.Dispatching;
using EventPipeline.Coordinator.Relaying;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventPipeline.Coordinator.Tests.Watching;

/// <summary>A database, and a broker that lets everybody connect and never answers.</summary>
public sealed class TimersTests
{
    private static readonly Pipeline TwoAtOnce = new(
        "two",
        1,
        [new("failing", [], BackoffSeconds: 0.05), new("silent", [], LeaseSeconds: 0.05)]
    );

    [Fact]
    public async Task Promise_5_a_retry_does_not_wait_for_a_broker_that_does_not_answer()
    {
        var (job, time) = (Guid.CreateVersion7(), TimeProvider.System);
        await using var dataSource = EventLogDataSource.Create(
            await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()
        );
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(CancellationToken.None);
        var decisions = new JobDecisions(log, time);
        await DecideAsync(
            new StartJob(
                job,
                job,
                "owner",
                TwoAtOnce,
                new JobOptions(),
                JobPriority.Normal,
                new ArtifactReference("key", "hash", 1, "video/mp4"),
                "user:owner"
            )
        );
        var failing = Requested(await EventsAsync()).Single(work => work.Stage == "failing");
        await DecideAsync(new SettleOutcome(new Answer(FailureKind.Transient).To(failing)));
        var turns = new Turns(least: 1, time);
        var open = new OpenWork(time, turns);
        foreach (var (index, @event) in (await EventsAsync()).Index())
        {
            open.Apply(job, index + 1, @event);
            if (@event is StageRequested { Work: { Stage: "silent" } silent })
                open.HandOutOrWait(WaitingWork.Of(silent, index + 1));
        }

        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        using var administration = new TopicAdministration(
            new BrokerOptions($"127.0.0.1:{((IPEndPoint)deaf.LocalEndpoint).Port}"),
            NullLogger.Instance
        );
        var options = new CoordinatorOptions();
        using var tally = new Tally(turns);
        var complaints = new RecordedLog<Timers>();
        var timers = new Timers(
            open,
            log,
            administration,
            new RequiredTopics(administration, options),
            options,
            tally,
            time,
            complaints
        );
        using var stop = new CancellationTokenSource();
        var running = timers.RunAsync(() => true, stop.Token);
        await Eventually.BecomesTrueAsync(
            async () => Requested(await EventsAsync()).Any(work => work is { Stage: "failing", Attempt: 2 }),
            Installation.Deadline,
            "the retry was requested"
        );
        complaints.Lines.ShouldBeEmpty("nobody gave up on the broker before");
        await stop.CancelAsync();
        await running;

        async Task DecideAsync(JobCommand command) =>
            await decisions.DecideAsync(
                [new JobRequest(job, command, new Origin("user:owner"))],
                CancellationToken.None
            );

        async Task<IReadOnlyList<JobEvent>> EventsAsync() =>
            [
                .. (await log.LoadAsync(job, CancellationToken.None))
                    .Select(stored => EventTypes.Read(stored.Type, stored.Data.Span))
                    .OfType<JobEvent>(),
            ];
    }

    private static IEnumerable<WorkItem> Requested(IEnumerable<JobEvent> events) =>
        events.OfType<StageRequested>().Select(requested => requested.Work);
}
