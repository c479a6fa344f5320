namespace EventPipeline.EventStore;

/// <summary>Wakes those who wait for the log to grow. A pulse between <see cref="Ticket"/> and <see cref="WaitAsync"/> is not lost.</summary>
internal sealed class AppendSignal
{
    private volatile TaskCompletionSource next = New();

    /// <summary>Take it before reading the log, hand it to <see cref="WaitAsync"/> if there was nothing to read.</summary>
    public Task Ticket => next.Task;

    public void Pulse() => Interlocked.Exchange(ref next, New()).SetResult();

    /// <returns>Whether there was a pulse, and not only time that passed.</returns>
    public static async Task<bool> WaitAsync(
        Task ticket,
        TimeSpan atMost,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (!ticket.IsCompleted)
            await Task.WhenAny(ticket, Task.Delay(atMost, time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return ticket.IsCompleted;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
