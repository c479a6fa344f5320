using EventPipeline.EventStore;

namespace EventPipeline.Coordinator.Relaying;

/// <summary>Which pages of the log are settled, that is, acknowledged by the broker to the last message: the checkpoint may move up to the
/// first one that is not. Pages are opened by one thread and settled by any.</summary>
internal sealed class DeliveryLedger
{
    private readonly Lock gate = new();
    private readonly Queue<Page> open = [];
    private Position settled = Position.Start;
    private Exception? failure;

    /// <summary>A page that is being delivered; <see cref="Page.Settle"/> it once for itself and once for each <see cref="Page.Expect"/>.</summary>
    public Page Open(Position end)
    {
        var page = new Page(this, end);
        lock (gate)
            open.Enqueue(page);
        return page;
    }

    /// <summary>Everything up to here is settled.</summary>
    /// <exception cref="DeliveryFailedException">A delivery failed: nothing after it can be settled any more.</exception>
    public Position Settled()
    {
        lock (gate)
        {
            if (failure is not null)
                throw new DeliveryFailedException(failure.Message, failure);
            while (open.TryPeek(out var page) && page.IsSettled)
                settled = open.Dequeue().End;
            return settled;
        }
    }

    private void Fail(Exception cause)
    {
        lock (gate)
            failure ??= cause;
    }

    internal sealed class Page(DeliveryLedger ledger, Position end)
    {
        private int pending = 1;

        public Position End => end;

        public bool IsSettled => Volatile.Read(ref pending) == 0;

        public void Expect() => Interlocked.Increment(ref pending);

        public void Settle(Exception? failure = null)
        {
            if (failure is not null)
                ledger.Fail(failure);
            else
                Interlocked.Decrement(ref pending);
        }
    }
}

/// <summary>Something of the log could not be delivered; it is tried again from the checkpoint.</summary>
internal sealed class DeliveryFailedException(string message, Exception inner) : Exception(message, inner);
