using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Watching;

/// <summary>An attempt whose time has come.</summary>
internal abstract record DueWork(Guid JobId, string Stage, string Item, int Attempt);

/// <summary>The wait after it failed is over.</summary>
internal sealed record DueRetry(Guid JobId, string Stage, string Item, int Attempt)
    : DueWork(JobId, Stage, Item, Attempt);

/// <summary>It gave no sign of life for a lease.</summary>
/// <param name="WasStarted">It was begun before.</param>
/// <param name="Outcomes">Behind the outcomes that there were when it was first found silent; null if that is now.</param>
/// <param name="Mark">Behind its message in the queue of its stage; null if that is not known.</param>
/// <param name="LeftQueue">A moment ago it was seen to be out of the queue.</param>
internal sealed record SilentAttempt(
    Guid JobId,
    string Stage,
    string Item,
    int Attempt,
    bool WasStarted,
    QueueMark? Outcomes = null,
    QueueMark? Mark = null,
    bool LeftQueue = false
) : DueWork(JobId, Stage, Item, Attempt);
