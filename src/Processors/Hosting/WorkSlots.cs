using EventPipeline.Contracts;

namespace EventPipeline.Processors.Hosting;

/// <summary>How many attempts run on this node at once, over all stages: every stage takes its own deliveries, and without a common limit
/// nine of them would share two processors. Who waits is served by priority, then in order.</summary>
internal sealed class WorkSlots(int count)
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<TaskCompletionSource, (int Priority, long Order)> waiting = new();
    private int free = count;
    private long order;

    /// <summary>Slots that nobody uses.</summary>
    public int Free
    {
        get
        {
            lock (gate)
                return free;
        }
    }

    /// <summary>Waits for a slot; disposing of the result gives it back.</summary>
    public async Task<IDisposable> TakeAsync(JobPriority priority, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
            if (free > 0)
            {
                free--;
                turn.SetResult();
            }
            else
                waiting.Enqueue(turn, (-(int)priority, order++));
        await using (cancellation.Register(() => turn.TrySetCanceled(cancellation)))
            await turn.Task;
        return new Slot(this);
    }

    private void GiveBack()
    {
        lock (gate)
        {
            while (waiting.TryDequeue(out var next, out _))
                if (next.TrySetResult())
                    return;
            free++;
        }
    }

    private sealed class Slot(WorkSlots owner) : IDisposable
    {
        private int given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref given, 1) == 0)
                owner.GiveBack();
        }
    }
}
