using EventPipeline.Contracts;

namespace EventPipeline.Coordinator.Dispatching;

/// <summary>Which attempt of which work.</summary>
internal readonly record struct WorkAttempt(Guid JobId, string Stage, string Item, int Attempt);

/// <summary>A requested attempt that waits until its stage has room for it.</summary>
/// <param name="Sequence">Of its request in the log, where the work item itself is.</param>
internal sealed record WaitingWork(
    Guid JobId,
    string Stage,
    string Item,
    int Attempt,
    string OwnerId,
    JobPriority Priority,
    long Sequence
)
{
    public WorkAttempt Id => new(JobId, Stage, Item, Attempt);

    public static WaitingWork Of(WorkItem work, long sequence) =>
        new(work.JobId, work.Stage, work.Item.Name, work.Attempt, work.OwnerId, work.Priority, sequence);
}

/// <summary>Whether an attempt goes to its stage's topic.</summary>
internal enum Turn
{
    /// <summary>At once.</summary>
    Now,

    /// <summary>When there is room.</summary>
    Later,

    /// <summary>Not again: nobody waits for it any more, or its turn comes as it was known before.</summary>
    Never,
}
