using EventPipeline.Faults.Installation;

namespace EventPipeline.Faults.Schedule;

/// <summary>What can go wrong. docs/reliability.md says what each does.</summary>
internal enum FaultKind
{
    Killed,
    Paused,
    Partitioned,
    LinkCut,
    LinkSlow,
    BrokerKilled,
    BrokerPaused,
    BrokerWiped,
    DatabaseKilled,
    ConnectionsTaken,
    ObjectsDown,
    ObjectsSlow,
    ObjectAnswersLost,
    MessagesDuplicated,
    MessagesDelayed,
    MessagesReordered,
    MessagesCorrupted,
    DiskFull,
    ClockJumped,
}

/// <summary>A fault of a schedule.</summary>
/// <param name="At">Seconds after the first job was submitted.</param>
/// <param name="Duration">Seconds until it is mended; what it leaves behind may last longer.</param>
/// <param name="Part">Whom it meets; null if everyone.</param>
/// <param name="Server">The other end of a link; null for all of the part's.</param>
/// <param name="Jump">Seconds, of a clock.</param>
internal sealed record Fault(
    double At,
    FaultKind Kind,
    double Duration,
    string? Part = null,
    Server? Server = null,
    double Jump = 0
)
{
    public override string ToString() =>
        FormattableString.Invariant(
            $"{At:0.0}+{Duration:0.0} {Kind}{(Part is null ? "" : $" {Part}")}{(Server is null ? "" : $">{Server}")}{(Jump == 0 ? "" : $" {Jump:+0;-0} s")}"
        );
}
