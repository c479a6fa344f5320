using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventPipeline.EventStore;

/// <summary>Handles a page of events, in the order of the log.</summary>
/// <returns>What is to be written in the transaction that moves the checkpoint. The texts are prepared, so they should be few and fixed.</returns>
public delegate Task<IReadOnlyList<NpgsqlBatchCommand>> PageHandler(
    IReadOnlyList<StoredEvent> page,
    CancellationToken cancellation
);

/// <summary>How a follower works.</summary>
/// <param name="Name">Of its checkpoint; of all followers with the same name in all processes, one is active.</param>
/// <param name="PageSize">Most events in a page.</param>
public sealed record FollowerOptions(string Name, int PageSize = 1000)
{
    /// <summary>For a handler whose effects are settled only after it returned (a producer that is acknowledged later): up to where
    /// they are. The checkpoint never passes it. If one can no longer succeed, throw: the follower then stops, or, for a
    /// <see cref="TransientFailureException"/>, goes on from its checkpoint.</summary>
    public Func<Position>? Settled { get; init; }

    /// <summary>Called whenever this runner becomes the active one, with the checkpoint that it goes on from, before the first page:
    /// to build what the handler keeps in memory, since others may have been active in between. What it throws counts as the handler's.</summary>
    public Func<Position, CancellationToken, Task>? Starting { get; init; }

    /// <summary>How long a checkpoint may wait when a page wrote nothing else: what is handled again after a crash.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two looks at an idle log; the shortest is 1 ms.</summary>
    public TimeSpan IdlePoll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a standby tries to take over. With the server noticing a vanished host within 4 s, a takeover takes less
    /// than 5 s.</summary>
    public TimeSpan TakeoverPoll { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>Follows the log under a name: every event reaches the handler at least once and in order, and what the handler writes is
/// written exactly once, because the checkpoint moves in the same transaction. That transaction runs in the session that holds the
/// name's lock: a runner that lost its lock cannot write any more.</summary>
public sealed partial class Follower(
    EventLog log,
    FollowerOptions options,
    PageHandler handler,
    TimeProvider? time = null,
    ILogger<Follower>? logger = null
)
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly ILogger logger = logger ?? NullLogger<Follower>.Instance;

    private bool isWriting;

    /// <summary>Its health now.</summary>
    public FollowerStatus Status { get; private set; } =
        new(options.Name, FollowerState.Stopped, default, default, 0, false, 0, null, null);

    /// <summary>Follows until cancelled, then returns. Transient failures are retried for ever, and stand in <see cref="Status"/>.</summary>
    /// <exception cref="FollowerFailedException">The handler failed, or its writes were refused: a bug, not the world.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var notifications = log.Notifications.Listen();
        while (true)
        {
            try
            {
                await FollowAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                Status = Status with { State = FollowerState.Stopped };
                return;
            }
            catch (Exception e) when (cancellation.IsCancellationRequested && TransientErrors.Includes(e))
            {
                Status = Status with { State = FollowerState.Stopped };
                return;
            }
            catch (Exception e) when (TransientErrors.Includes(e))
            {
                Failed(FollowerState.Retrying, e);
                LogRetrying(e, options.Name, Status.ConsecutiveFailures);
                await BackOffAsync(cancellation);
            }
            catch (Exception e)
            {
                Failed(FollowerState.Failed, e);
                LogFailed(e, options.Name, Status.Checkpoint);
                throw new FollowerFailedException(
                    $"Follower '{options.Name}' stopped behind position {Status.Checkpoint}: {e.Message}",
                    e
                );
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await using var session = await FollowerSession.OpenAsync(log, options.Name, cancellation);
        while (!await session.TryLockAsync(cancellation))
        {
            Status = Status with { State = FollowerState.Standby, ConsecutiveFailures = 0 };
            await Task.Delay(options.TakeoverPoll, time, cancellation);
        }

        isWriting = false;
        var start = await session.ReadCheckpointAsync(cancellation);
        Status = Status with { State = FollowerState.Following, Handled = start, Checkpoint = start };
        LogFollowing(options.Name, start);
        if (options.Starting is { } starting)
            await starting(start, cancellation);
        try
        {
            await FollowAsync(session, cancellation);
        }
        // Not if it was told to stop while it wrote: whether that was committed is not known, and another write could undo it.
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !isWriting)
        {
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            await CheckpointAsync(session, Status.Handled, [], grace.Token);
            throw;
        }
    }

    private async Task FollowAsync(FollowerSession session, CancellationToken cancellation)
    {
        var delay = ShortestPoll;
        var lastCheckpoint = time.GetTimestamp();
        List<StoredEvent>? ahead = null;
        while (true)
        {
            var ticket = log.Appended.Ticket;
            var page = ahead ?? await session.ReadPageAsync(Status.Handled, options.PageSize, cancellation);
            ahead = null;
            Status = Status with { IsCaughtUp = page.Count == 0, ConsecutiveFailures = 0 };
            var handled = Status.Handled;
            IReadOnlyList<NpgsqlBatchCommand> writes = [];
            if (page.Count > 0)
            {
                handled = page[^1].Position;
                // A full page is hardly the last one: the session fetches the next while the handler works.
                var reading =
                    page.Count == options.PageSize
                        ? session.ReadPageAsync(handled, options.PageSize, cancellation)
                        : null;
                try
                {
                    writes = await handler(page, cancellation);
                }
                finally
                {
                    if (reading is not null)
                        ahead = await reading;
                }
                delay = ShortestPoll;
            }
            if (writes.Count > 0 || time.GetElapsedTime(lastCheckpoint) >= options.CheckpointInterval)
            {
                await CheckpointAsync(session, handled, writes, cancellation);
                lastCheckpoint = time.GetTimestamp();
            }
            // Only now: a page whose writes were not written must not be behind any checkpoint.
            Status = Status with
            {
                Handled = handled,
                EventsHandled = Status.EventsHandled + page.Count,
            };
            if (page.Count > 0)
                continue;
            delay = await AppendSignal.WaitAsync(ticket, delay, time, cancellation)
                ? ShortestPoll
                : TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, options.IdlePoll.Ticks));
        }
    }

    private async Task CheckpointAsync(
        FollowerSession session,
        Position handled,
        IReadOnlyList<NpgsqlBatchCommand> writes,
        CancellationToken cancellation
    )
    {
        var reached = options.Settled is { } settled
            ? Position.Max(Status.Checkpoint, Position.Min(settled(), handled))
            : handled;
        if (writes.Count == 0 && reached == Status.Checkpoint)
            return;
        isWriting = true;
        await session.WriteAsync(writes, reached, cancellation);
        isWriting = false;
        Status = Status with { Checkpoint = reached };
    }

    private Task BackOffAsync(CancellationToken cancellation)
    {
        var wait = TimeSpan.FromMilliseconds(50 * Math.Pow(2, Math.Min(Status.ConsecutiveFailures, 10)));
        return Task.Delay(wait < LongestBackoff ? wait : LongestBackoff, time, cancellation)
            .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Failed(FollowerState state, Exception e) =>
        Status = Status with
        {
            State = state,
            IsCaughtUp = false,
            ConsecutiveFailures = Status.ConsecutiveFailures + 1,
            LastError = e.Message,
            LastErrorAt = time.GetUtcNow(),
        };

    [LoggerMessage(LogLevel.Information, "Follower {Name} follows from {Position}.")]
    private partial void LogFollowing(string name, Position position);

    [LoggerMessage(LogLevel.Warning, "Follower {Name} was held up ({Failures} times in a row); it tries again.")]
    private partial void LogRetrying(Exception e, string name, int failures);

    [LoggerMessage(LogLevel.Critical, "Follower {Name} stopped behind {Position}: its handler failed.")]
    private partial void LogFailed(Exception e, string name, Position position);
}
