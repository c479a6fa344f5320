using System.Diagnostics.CodeAnalysis;

namespace EventPipeline.Messaging;

/// <summary>What many threads tell one, which may wait for it without a task.</summary>
internal sealed class Mailbox<T>
{
    private readonly object gate = new();
    private readonly Queue<T> messages = [];

    public void Post(T message)
    {
        lock (gate)
        {
            messages.Enqueue(message);
            Monitor.Pulse(gate);
        }
    }

    public bool TryTake([MaybeNullWhen(false)] out T message)
    {
        lock (gate)
            return messages.TryDequeue(out message);
    }

    /// <summary>True if there is a message, now or within the time.</summary>
    public bool Wait(TimeSpan patience)
    {
        lock (gate)
            return messages.Count > 0 || (Monitor.Wait(gate, patience) && messages.Count > 0);
    }
}
