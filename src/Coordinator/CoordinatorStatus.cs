using System.Diagnostics.Metrics;
using EventPipeline.Coordinator.Dispatching;
using EventPipeline.EventStore;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator;

/// <summary>What the coordinator is doing and has done since it was started.</summary>
/// <param name="Relay">The follower that publishes, and that retries and leases go with.</param>
/// <param name="RelayFailure">Why publishing is tried again and again; null while all is well.</param>
/// <param name="Outcomes">The consumer of outcomes.</param>
/// <param name="OpenJobs">Jobs that run, as far as the active coordinator knows; 0 on a standby.</param>
/// <param name="OpenAttempts">Attempts that are requested and have no outcome.</param>
/// <param name="Waiting">Of these, attempts that wait for room in the topics of their stages.</param>
/// <param name="Accepted">Outcomes that changed a job.</param>
/// <param name="Late">Outcomes of attempts that had been given up, refused and recorded.</param>
/// <param name="Duplicates">Outcomes that had been handled before or came after the end of their job.</param>
/// <param name="Unknown">Messages that are no outcome, or one that nobody asked for; they are in the dead letters.</param>
/// <param name="EventsPublished">Events on their way to the public topics.</param>
/// <param name="RequestsPublished">Work items on their way to the stages.</param>
/// <param name="Retries">Attempts requested because a wait was over.</param>
/// <param name="LeasesExpired">Attempts given up.</param>
public sealed record CoordinatorStatus(
    FollowerStatus Relay,
    string? RelayFailure,
    BatchConsumerStatus Outcomes,
    int OpenJobs,
    int OpenAttempts,
    int Waiting,
    long Accepted,
    long Late,
    long Duplicates,
    long Unknown,
    long EventsPublished,
    long RequestsPublished,
    long Retries,
    long LeasesExpired
);

/// <summary>Counts, for the status and for the meter <c>EventPipeline.Coordinator</c>.</summary>
internal sealed class Tally : IDisposable
{
    private readonly Meter meter = new("EventPipeline.Coordinator");

    /// <param name="turns">Tells what waits, by stage.</param>
    public Tally(Turns turns)
    {
        meter.CreateObservableGauge(
            "eventpipeline.coordinator.waiting",
            () =>
                turns
                    .WaitingByStage()
                    .Select(waiting => new Measurement<int>(
                        waiting.Count,
                        new KeyValuePair<string, object?>("stage", waiting.Stage)
                    )),
            "{attempt}"
        );
        Accepted = new Count(meter, "eventpipeline.coordinator.outcomes.accepted", "{outcome}");
        Late = new Count(meter, "eventpipeline.coordinator.outcomes.late", "{outcome}");
        Duplicates = new Count(meter, "eventpipeline.coordinator.outcomes.duplicate", "{outcome}");
        Unknown = new Count(meter, "eventpipeline.coordinator.outcomes.unknown", "{outcome}");
        EventsPublished = new Count(meter, "eventpipeline.coordinator.events.published", "{event}");
        RequestsPublished = new Count(meter, "eventpipeline.coordinator.requests.published", "{request}");
        Retries = new Count(meter, "eventpipeline.coordinator.retries", "{attempt}");
        LeasesExpired = new Count(meter, "eventpipeline.coordinator.leases.expired", "{attempt}");
    }

    public Count Accepted { get; }
    public Count Late { get; }
    public Count Duplicates { get; }
    public Count Unknown { get; }
    public Count EventsPublished { get; }
    public Count RequestsPublished { get; }
    public Count Retries { get; }
    public Count LeasesExpired { get; }

    public void Dispose() => meter.Dispose();

    internal sealed class Count(Meter meter, string name, string unit)
    {
        private readonly Counter<long> counter = meter.CreateCounter<long>(name, unit);
        private long value;

        public long Value => Interlocked.Read(ref value);

        public void Add(long added = 1)
        {
            Interlocked.Add(ref value, added);
            counter.Add(added);
        }
    }
}
