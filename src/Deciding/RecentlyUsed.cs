using System.Diagnostics.CodeAnalysis;

namespace EventPipeline.Deciding;

/// <summary>What was used last, by the ids of streams. It may be behind the streams: only an append at its version, or a look at the stream,
/// proves that it is not.</summary>
/// <param name="capacity">How many are kept; 0 for none.</param>
internal sealed class RecentlyUsed<T>(int capacity)
{
    private readonly Lock turn = new();
    private readonly Dictionary<Guid, LinkedListNode<(Guid Id, T Value)>> nodes = [];
    private readonly LinkedList<(Guid Id, T Value)> byUse = new();

    public bool TryGet(Guid id, [NotNullWhen(true)] out T? value)
    {
        lock (turn)
        {
            value = default;
            if (!nodes.TryGetValue(id, out var node))
                return false;
            byUse.Remove(node);
            byUse.AddFirst(node);
            value = node.Value.Value!;
            return true;
        }
    }

    public void Set(Guid id, T value)
    {
        lock (turn)
        {
            Remove(id);
            if (capacity == 0)
                return;
            if (nodes.Count == capacity)
                Remove(byUse.Last!.Value.Id);
            nodes[id] = byUse.AddFirst((id, value));
        }
    }

    public void Remove(Guid id)
    {
        lock (turn)
        {
            if (nodes.Remove(id, out var node))
                byUse.Remove(node);
        }
    }
}
