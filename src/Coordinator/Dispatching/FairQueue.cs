using System.Diagnostics.CodeAnalysis;
using EventPipeline.Contracts;

namespace EventPipeline.Coordinator.Dispatching;

/// <summary>What waits for one stage: higher priority first, among equals one of each owner in turn, and of each owner the oldest first.
/// A flood of one owner therefore costs another one at most one turn.</summary>
internal sealed class FairQueue
{
    private readonly SortedDictionary<JobPriority, Line> lines = new(
        Comparer<JobPriority>.Create((a, b) => b.CompareTo(a))
    );

    public int Count { get; private set; }

    public void Add(WaitingWork work)
    {
        if (!lines.TryGetValue(work.Priority, out var line))
            line = lines[work.Priority] = new Line();
        line.Add(work);
        Count++;
    }

    public bool TryTake([NotNullWhen(true)] out WaitingWork? work)
    {
        work = null;
        foreach (var (priority, line) in lines)
        {
            work = line.Take();
            if (line.IsEmpty)
                lines.Remove(priority);
            Count--;
            return true;
        }
        return false;
    }

    /// <summary>The owners of one priority, in the order of their turns.</summary>
    private sealed class Line
    {
        private readonly Queue<string> turns = new();
        private readonly Dictionary<string, Queue<WaitingWork>> owners = new(StringComparer.Ordinal);

        public bool IsEmpty => turns.Count == 0;

        public void Add(WaitingWork work)
        {
            if (!owners.TryGetValue(work.OwnerId, out var own))
            {
                own = owners[work.OwnerId] = new Queue<WaitingWork>();
                turns.Enqueue(work.OwnerId);
            }
            own.Enqueue(work);
        }

        public WaitingWork Take()
        {
            var owner = turns.Dequeue();
            var own = owners[owner];
            var work = own.Dequeue();
            if (own.Count > 0)
                turns.Enqueue(owner);
            else
                owners.Remove(owner);
            return work;
        }
    }
}
