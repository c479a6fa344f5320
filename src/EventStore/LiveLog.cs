using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventPipeline.EventStore;

/// <summary>The log for many readers of one process, from any position on and then as it grows: no event is missed and none comes twice.
/// The log is followed once for all of them, while there is a reader. A reader that is behind what this process remembers reads from the log;
/// while the log is away, readers wait.</summary>
/// <param name="log">The log.</param>
/// <param name="time">For waiting.</param>
/// <param name="logger">Told when the log is away.</param>
/// <param name="remembered">How many of the newest events are kept in memory, at most.</param>
public sealed partial class LiveLog(
    EventLog log,
    TimeProvider? time = null,
    ILogger<LiveLog>? logger = null,
    int remembered = 8192
) : IDisposable
{
    private const int PageSize = 256;
    private const int RememberedBytes = 16 << 20;

    /// <summary>How many readers look into the log at once: a thousand that come back after an outage should not take all connections.</summary>
    private const int ReadersAtOnce = 8;

    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(2);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly ILogger logger = logger ?? NullLogger<LiveLog>.Instance;
    private readonly RecentEvents recent = new(remembered, RememberedBytes);
    private readonly SemaphoreSlim room = new(ReadersAtOnce);
    private readonly Lock gate = new();
    private CancellationTokenSource? following;
    private int readers;

    /// <summary>The events of a stream, page by page in their order; never ends.</summary>
    /// <param name="after">Only those behind this position.</param>
    public async IAsyncEnumerable<IReadOnlyList<StoredEvent>> FollowStreamAsync(
        Guid streamId,
        Position after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var joined = Join();
        var reached = after;
        long version = 0;
        while (true)
        {
            var (events, known) = await recent.NextAsync(streamId, reached, cancellation);
            events ??= await PatientlyAsync(() => log.LoadAsync(streamId, cancellation, version), cancellation);
            if (events.Count > 0)
                version = events[^1].Version;
            var page = After(events, reached);
            reached = Position.Max(reached, Position.Max(known, events.Count > 0 ? events[^1].Position : known));
            if (page.Count > 0)
                yield return page;
        }
    }

    /// <summary>The events of all streams, page by page in the order of the log; never ends.</summary>
    /// <param name="after">Only those behind this position.</param>
    /// <param name="types">Only events of these types; null for all.</param>
    public async IAsyncEnumerable<IReadOnlyList<StoredEvent>> FollowAsync(
        Position after,
        IReadOnlySet<string>? types,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var joined = Join();
        var filter = types is null ? null : new EventFilter(types);
        var reached = after;
        while (true)
        {
            var (events, known) = await recent.NextAsync(null, reached, cancellation);
            if (events is null)
            {
                events = await PatientlyAsync(() => ReadAsync(reached, filter, cancellation), cancellation);
                // A full page is hardly the last one.
                if (events.Count == PageSize)
                    known = events[^1].Position;
            }
            var page = After(events, reached, types);
            reached = Position.Max(reached, Position.Max(known, events.Count > 0 ? events[^1].Position : known));
            if (page.Count > 0)
                yield return page;
        }
    }

    /// <summary>Stops following. Readers should have left.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            following?.Cancel();
            following?.Dispose();
            following = null;
        }
        room.Dispose();
    }

    /// <summary>The position of the last event.</summary>
    public Task<Position> EndAsync(CancellationToken cancellation) =>
        PatientlyAsync(() => log.EndAsync(cancellation), cancellation);

    /// <summary>The first events of streams; streams without events are left out.</summary>
    public Task<IReadOnlyList<StoredEvent>> LoadFirstAsync(
        IReadOnlyCollection<Guid> streamIds,
        CancellationToken cancellation
    ) => PatientlyAsync(() => log.LoadFirstAsync(streamIds, cancellation), cancellation);

    private static IReadOnlyList<StoredEvent> After(
        IReadOnlyList<StoredEvent> events,
        Position position,
        IReadOnlySet<string>? types = null
    ) =>
        types is null && (events.Count == 0 || events[0].Position > position)
            ? events
            : [.. events.Where(one => one.Position > position && types?.Contains(one.Type) != false)];

    private async Task<IReadOnlyList<StoredEvent>> ReadAsync(
        Position after,
        EventFilter? filter,
        CancellationToken cancellation
    )
    {
        await using var session = await FollowerSession.OpenAsync(log, "live", cancellation);
        return await session.ReadPageAsync(after, PageSize, cancellation, filter);
    }

    private Lease Join()
    {
        lock (gate)
        {
            if (readers++ == 0)
            {
                following = new CancellationTokenSource();
                var stop = following.Token;
                _ = Task.Run(() => FollowAsync(stop), CancellationToken.None);
            }
        }
        return new Lease(this);
    }

    private void Leave()
    {
        CancellationTokenSource? last;
        lock (gate)
        {
            if (--readers > 0)
                return;
            (last, following) = (following, null);
        }
        last?.Cancel();
        last?.Dispose();
    }

    /// <summary>Whoever followed before, and was told to stop, changes nothing any more.</summary>
    private void IfCurrent(Action act, CancellationToken stop)
    {
        lock (gate)
        {
            if (following?.Token == stop)
                act();
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        using var notifications = log.Notifications.Listen();
        Position? reached = null;
        for (var failures = 0; !stop.IsCancellationRequested; failures++)
        {
            try
            {
                await using var session = await FollowerSession.OpenAsync(log, "live", stop);
                if (reached is null)
                {
                    var end = await log.EndAsync(stop);
                    IfCurrent(() => recent.Restart(end), stop);
                    reached = end;
                }
                for (var delay = ShortestPoll; ; )
                {
                    var ticket = log.Appended.Ticket;
                    var page = await session.ReadPageAsync(reached.Value, PageSize, stop);
                    failures = 0;
                    if (page.Count > 0)
                    {
                        IfCurrent(() => recent.Add(page), stop);
                        reached = page[^1].Position;
                        delay = ShortestPoll;
                    }
                    else
                    {
                        delay = await AppendSignal.WaitAsync(ticket, delay, time, stop)
                            ? ShortestPoll
                            : TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestPoll.Ticks));
                    }
                }
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (TransientErrors.Includes(e))
            {
                LogAway(e);
                await Task.Delay(Backoff(failures), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                LogFailed(e);
                IfCurrent(() => recent.Fail(e), stop);
                return;
            }
        }
    }

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> read, CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            await room.WaitAsync(cancellation);
            try
            {
                return await read();
            }
            catch (Exception e) when (TransientErrors.Includes(e) && !cancellation.IsCancellationRequested)
            {
                // Whoever follows says that the log is away.
            }
            finally
            {
                room.Release();
            }
            await Task.Delay(Backoff(failures), time, cancellation);
        }
    }

    private static TimeSpan Backoff(int failures)
    {
        var wait = TimeSpan.FromMilliseconds(50 * Math.Pow(2, Math.Min(failures, 10)));
        return wait < LongestBackoff ? wait : LongestBackoff;
    }

    [LoggerMessage(LogLevel.Warning, "The log cannot be followed for subscribers; it is tried again.")]
    private partial void LogAway(Exception e);

    [LoggerMessage(LogLevel.Critical, "The log is not followed for subscribers any more.")]
    private partial void LogFailed(Exception e);

    private sealed class Lease(LiveLog owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
