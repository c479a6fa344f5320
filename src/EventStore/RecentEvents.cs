namespace EventPipeline.EventStore;

/// <summary>What a reader of <see cref="RecentEvents"/> gets.</summary>
/// <param name="Events">What came after the reader's position; null if that is too long ago, so that it has to be read from the log.</param>
/// <param name="Reached">Everything up to here had happened when the answer was given.</param>
internal readonly record struct RecentAnswer(IReadOnlyList<StoredEvent>? Events, Position Reached);

/// <summary>The newest events of the log, shared by all readers of a process. Readers are mere positions: nothing is kept for one of them,
/// so that one that is slow costs nothing and finds what it missed in the log.</summary>
/// <param name="mostEvents">How many are kept at most.</param>
/// <param name="mostBytes">How much data they have at most.</param>
internal sealed class RecentEvents(int mostEvents, long mostBytes)
{
    private readonly Lock gate = new();
    private readonly Queue<IReadOnlyList<StoredEvent>> pages = new();
    private readonly Dictionary<Guid, List<Waiter>> waitingForStream = [];
    private readonly HashSet<Waiter> waitingForAny = [];
    private Position start;
    private Position end;
    private int events;
    private long bytes;
    private Exception? failure;

    /// <summary>What came after a position, as soon as there is something.</summary>
    /// <param name="stream">Only this stream's events; null for those of all.</param>
    /// <param name="after">Up to where the reader has everything. It may be ahead of what is known here; then events come again.</param>
    public ValueTask<RecentAnswer> NextAsync(Guid? stream, Position after, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (failure is not null)
                throw new InvalidOperationException("The log is not followed any more.", failure);
            if (after < start)
                return ValueTask.FromResult(new RecentAnswer(null, end));
            if (after < end)
                return ValueTask.FromResult(new RecentAnswer(After(stream, after), end));
            var waiter = new Waiter(stream);
            if (stream is not { } id)
                waitingForAny.Add(waiter);
            else if (waitingForStream.TryGetValue(id, out var others))
                others.Add(waiter);
            else
                waitingForStream.Add(id, [waiter]);
            return new ValueTask<RecentAnswer>(WaitAsync(waiter, cancellation));
        }
    }

    /// <summary>Takes the next page of the log, and wakes those whom it concerns.</summary>
    public void Add(IReadOnlyList<StoredEvent> page)
    {
        lock (gate)
        {
            end = page[^1].Position;
            pages.Enqueue(page);
            events += page.Count;
            bytes += SizeOf(page);
            while (events > mostEvents || bytes > mostBytes)
                Forget();
            Wake(page);
        }
    }

    /// <summary>Begins anew at a position. Whoever waits has to look into the log for what happened before.</summary>
    public void Restart(Position at)
    {
        lock (gate)
        {
            pages.Clear();
            (start, end, events, bytes, failure) = (at, at, 0, 0, null);
            foreach (var waiter in TakeAll())
                waiter.Answer.TrySetResult(new RecentAnswer(null, at));
        }
    }

    /// <summary>Nothing more will come, because of a bug.</summary>
    public void Fail(Exception exception)
    {
        lock (gate)
        {
            failure = exception;
            foreach (var waiter in TakeAll())
                waiter.Answer.TrySetException(
                    new InvalidOperationException("The log is not followed any more.", exception)
                );
        }
    }

    private static long SizeOf(IReadOnlyList<StoredEvent> page) =>
        page.Sum(one => (long)one.Data.Length + one.Headers.Length);

    private void Forget()
    {
        var oldest = pages.Dequeue();
        start = oldest[^1].Position;
        events -= oldest.Count;
        bytes -= SizeOf(oldest);
    }

    private List<StoredEvent> After(Guid? stream, Position after) =>
        [
            .. from page in pages
            where page[^1].Position > after
            from one in page
            where one.Position > after && (stream is null || one.StreamId == stream)
            select one,
        ];

    private void Wake(IReadOnlyList<StoredEvent> page)
    {
        foreach (var waiter in waitingForAny)
            waiter.Answer.TrySetResult(new RecentAnswer(page, end));
        waitingForAny.Clear();
        if (waitingForStream.Count == 0)
            return;
        foreach (var stream in page.GroupBy(one => one.StreamId))
        {
            if (!waitingForStream.Remove(stream.Key, out var waiters))
                continue;
            var answer = new RecentAnswer([.. stream], end);
            foreach (var waiter in waiters)
                waiter.Answer.TrySetResult(answer);
        }
    }

    private List<Waiter> TakeAll()
    {
        List<Waiter> all = [.. waitingForAny, .. waitingForStream.Values.SelectMany(waiters => waiters)];
        waitingForAny.Clear();
        waitingForStream.Clear();
        return all;
    }

    private async Task<RecentAnswer> WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        await using var left = cancellation.Register(() =>
        {
            lock (gate)
                Remove(waiter);
            waiter.Answer.TrySetCanceled(cancellation);
        });
        return await waiter.Answer.Task;
    }

    private void Remove(Waiter waiter)
    {
        if (waiter.Stream is not { } id)
            waitingForAny.Remove(waiter);
        else if (waitingForStream.TryGetValue(id, out var others) && others.Remove(waiter) && others.Count == 0)
            waitingForStream.Remove(id);
    }

    private sealed class Waiter(Guid? stream)
    {
        public Guid? Stream { get; } = stream;

        public TaskCompletionSource<RecentAnswer> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
