namespace EventPipeline.EventStore;

/// <summary>What a follower is doing.</summary>
public enum FollowerState
{
    /// <summary>Not started, or told to stop.</summary>
    Stopped,

    /// <summary>Another process follows under this name; this one takes over if that one goes.</summary>
    Standby,

    /// <summary>Reads and handles.</summary>
    Following,

    /// <summary>Something failed that may pass; it is tried again.</summary>
    Retrying,

    /// <summary>The handler failed; somebody has to look.</summary>
    Failed,
}

/// <summary>A follower's health at a moment.</summary>
/// <param name="Handled">Handed to the handler up to here.</param>
/// <param name="Checkpoint">Settled up to here: a restart goes on behind it.</param>
/// <param name="EventsHandled">Since the follower was made.</param>
/// <param name="IsCaughtUp">Its last look at the log found nothing new.</param>
/// <param name="ConsecutiveFailures">Since it last worked.</param>
/// <param name="LastError">The last failure, also if it has passed.</param>
public sealed record FollowerStatus(
    string Name,
    FollowerState State,
    Position Handled,
    Position Checkpoint,
    long EventsHandled,
    bool IsCaughtUp,
    int ConsecutiveFailures,
    string? LastError,
    DateTimeOffset? LastErrorAt
);

/// <summary>A follower's handler failed. Its page was not checkpointed, so nothing is skipped.</summary>
public sealed class FollowerFailedException(string message, Exception inner) : Exception(message, inner);

/// <summary>Thrown by a handler when the world failed in a way that may pass (a store that does not answer): the follower tries the
/// page again, as it does when the database fails.</summary>
public sealed class TransientFailureException(string message, Exception inner) : Exception(message, inner);
