using System.Diagnostics.CodeAnalysis;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;

namespace EventPipeline.Deciding;

/// <summary>A job at a version of its stream.</summary>
/// <param name="Position">Of its last event.</param>
internal sealed record JobAt(Job Job, long Version, Position Position)
{
    public static readonly JobAt Unknown = new(Job.Initial, 0, Position.Start);
}

/// <summary>The jobs that were used last, for one thread. It may be behind the streams: only an append at its version, or a look at the
/// stream, proves that it is not.</summary>
internal sealed class JobCache(int capacity)
{
    private readonly Dictionary<Guid, LinkedListNode<(Guid Id, JobAt Job)>> nodes = [];
    private readonly LinkedList<(Guid Id, JobAt Job)> byUse = new();

    public bool TryGet(Guid id, [NotNullWhen(true)] out JobAt? job)
    {
        job = null;
        if (!nodes.TryGetValue(id, out var node))
            return false;
        byUse.Remove(node);
        byUse.AddFirst(node);
        job = node.Value.Job;
        return true;
    }

    public void Set(Guid id, JobAt job)
    {
        Remove(id);
        if (job.Job.Status != JobStatus.Running || capacity == 0)
            return;
        if (nodes.Count == capacity)
            Remove(byUse.Last!.Value.Id);
        nodes[id] = byUse.AddFirst((id, job));
    }

    public void Remove(Guid id)
    {
        if (nodes.Remove(id, out var node))
            byUse.Remove(node);
    }
}
