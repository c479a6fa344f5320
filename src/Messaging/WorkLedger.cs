namespace EventPipeline.Messaging;

/// <summary>A partition, without Kafka.</summary>
internal readonly record struct PartitionId(string Topic, int Number)
{
    public override string ToString() => $"{Topic}[{Number}]";
}

/// <summary>The books of one work consumer: what it owns, what it took, what runs, and how far each partition may be
/// committed. Pure, and used by one thread.</summary>
/// <remarks>
/// A partition's position is the offset before which every delivery is settled; it never passes unfinished work, in whatever
/// order the work ends. Every ownership of a partition has books of its own, so that what was taken in an earlier one can end
/// at any time without touching the position of a later one.
/// </remarks>
internal sealed class WorkLedger(int maximumInFlight)
{
    private readonly Dictionary<PartitionId, OffsetLedger> owned = [];
    private readonly Queue<WorkTicket> waiting = [];
    private readonly HashSet<OffsetLedger> moved = [];

    /// <summary>Work that runs, whether its partition is still owned or not: it uses this node's capacity either way.</summary>
    public int InFlight { get; private set; }

    /// <summary>Taken, but not started.</summary>
    public int Waiting => waiting.Count;

    /// <summary>No more can be started now.</summary>
    public bool IsFull => InFlight + Waiting >= maximumInFlight;

    public IReadOnlyCollection<PartitionId> Owned => owned.Keys;

    /// <summary>Ownership of a partition begins, with empty books.</summary>
    public void Assign(PartitionId partition) => owned[partition] = new OffsetLedger(partition);

    /// <summary>Takes a delivery. False if its partition is not owned: then it must be forgotten.</summary>
    public bool Take(PartitionId partition, Delivery delivery)
    {
        if (!owned.TryGetValue(partition, out var books))
            return false;
        if (delivery.Offset < books.Next)
        {
            // The partition starts over: its topic was made anew, or its log was cut. What ran belongs to the old one.
            Drop(books);
            owned[partition] = books = new OffsetLedger(partition);
        }
        waiting.Enqueue(books.Add(delivery));
        return true;
    }

    /// <summary>The next delivery to work on; null if none waits or the node is full.</summary>
    public WorkTicket? StartNext()
    {
        if (InFlight >= maximumInFlight || !waiting.TryDequeue(out var ticket))
            return null;
        ticket.State = TicketState.Running;
        InFlight++;
        return ticket;
    }

    /// <summary>Work ended.</summary>
    /// <param name="settled">Its offset may go; otherwise it holds the position of its partition until the ownership ends.</param>
    public void End(WorkTicket ticket, bool settled)
    {
        if (ticket.State != TicketState.Running)
            throw new InvalidOperationException($"{ticket.Delivery.Topic} {ticket.Offset} was not running.");
        InFlight--;
        ticket.State = settled ? TicketState.Settled : TicketState.Abandoned;
        ticket.ForgetValue();
        if (settled && IsCurrent(ticket.Books) && ticket.Books.Advance())
            moved.Add(ticket.Books);
    }

    /// <summary>Positions that moved since the last call, and belong to partitions that are owned.</summary>
    public IReadOnlyList<(PartitionId Partition, long Position)> TakeMovedPositions()
    {
        if (moved.Count == 0)
            return [];
        var positions = moved.Select(books => (books.Partition, books.Position!.Value)).ToList();
        moved.Clear();
        return positions;
    }

    /// <summary>The ownership that it was taken in has not ended.</summary>
    public bool Owns(WorkTicket ticket) => IsCurrent(ticket.Books);

    /// <summary>What runs of a partition in its present ownership.</summary>
    public IReadOnlyList<WorkTicket> RunningOf(PartitionId partition) =>
        owned.TryGetValue(partition, out var books) ? [.. books.Running()] : [];

    /// <summary>Lets the offsets of running work go, before a partition is revoked: nobody else will get it, so somebody else
    /// has to see that it ends. Work that waits is not let go. What stands behind work that was given up is delivered again
    /// with it, because a position has no holes; so it is not handed over.</summary>
    public void HandOver(PartitionId partition)
    {
        if (!owned.TryGetValue(partition, out var books))
            return;
        DropWaiting(books);
        foreach (
            var ticket in books.Open().TakeWhile(ticket => ticket.State is TicketState.Running or TicketState.Settled)
        )
            ticket.HandedOver |= ticket.State == TicketState.Running;
        if (books.Advance())
            moved.Add(books);
    }

    /// <summary>Ownership ends: what waits is dropped, what runs ends outside of any ownership.</summary>
    public void Revoke(PartitionId partition)
    {
        if (owned.Remove(partition, out var books))
            Drop(books);
    }

    /// <summary>Drops what waits, of all partitions. Nothing may be taken afterwards.</summary>
    public void DropWaiting()
    {
        foreach (var ticket in waiting)
            ticket.State = TicketState.Abandoned;
        waiting.Clear();
    }

    private void Drop(OffsetLedger books)
    {
        DropWaiting(books);
        moved.Remove(books);
    }

    private void DropWaiting(OffsetLedger books)
    {
        for (var left = waiting.Count; left > 0; left--)
            if (waiting.Dequeue() is var ticket && ticket.Books == books)
                ticket.State = TicketState.Abandoned;
            else
                waiting.Enqueue(ticket);
    }

    private bool IsCurrent(OffsetLedger books) =>
        owned.TryGetValue(books.Partition, out var current) && ReferenceEquals(current, books);
}

/// <summary>The books of one ownership of one partition. Offsets may have gaps; only their order counts.</summary>
internal sealed class OffsetLedger(PartitionId partition)
{
    private readonly Queue<WorkTicket> open = [];

    public PartitionId Partition { get; } = partition;

    /// <summary>The offset that a delivery has at least.</summary>
    public long Next { get; private set; }

    /// <summary>Everything before it is settled; null before anything is.</summary>
    public long? Position { get; private set; }

    public WorkTicket Add(Delivery delivery)
    {
        var ticket = new WorkTicket(this, delivery);
        open.Enqueue(ticket);
        Next = delivery.Offset + 1;
        return ticket;
    }

    /// <summary>Moves the position over the settled prefix. False if it stays.</summary>
    public bool Advance()
    {
        var before = Position;
        while (open.TryPeek(out var first) && first.MayGo)
            Position = open.Dequeue().Offset + 1;
        return Position != before;
    }

    /// <summary>What the position has not passed, in order.</summary>
    public IEnumerable<WorkTicket> Open() => open;

    public IEnumerable<WorkTicket> Running() => open.Where(ticket => ticket.State == TicketState.Running);
}

/// <summary>One delivery in the books.</summary>
internal sealed class WorkTicket(OffsetLedger books, Delivery delivery)
{
    public OffsetLedger Books { get; } = books;

    public long Offset { get; } = delivery.Offset;

    public Delivery Delivery { get; private set; } = delivery;

    public TicketState State { get; set; }

    /// <summary>Its offset was let go while it ran.</summary>
    public bool HandedOver { get; set; }

    /// <summary>Thousands may wait here behind one that runs for an hour.</summary>
    public void ForgetValue() => Delivery = Delivery with { Value = default };

    public bool MayGo => State == TicketState.Settled || HandedOver;
}

internal enum TicketState
{
    Waiting,
    Running,

    /// <summary>Its offset may go.</summary>
    Settled,

    /// <summary>Not done: its offset stays, and whoever owns the partition next gets it.</summary>
    Abandoned,
}
