using EventPipeline.Contracts;

namespace EventPipeline.Processors.Hosting;

/// <summary>Sends the progress of one attempt: at its start, when it changes (not more often than progress bars can show), and otherwise as a sign of
/// life that renews the lease. Also of one that waits for room on this node: it is held by somebody who lives, and has not begun.</summary>
internal sealed class ProgressReporter : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan EarliestEstimate = TimeSpan.FromSeconds(1);

    private readonly WorkItem work;
    private readonly string workerId;
    private readonly TimeSpan signOfLife;
    private readonly TimeProvider clock;
    private readonly Action<Progress> send;
    private readonly bool isWaiting;
    private readonly Lock gate = new();
    private readonly long started;
    private readonly ITimer timer;
    private double percent;
    private string activity;
    private long sent;
    private bool changed;
    private bool ended;

    /// <summary>Sends the first message.</summary>
    /// <param name="send">Hands a message over; must not block.</param>
    public ProgressReporter(
        WorkItem work,
        string workerId,
        TimeSpan signOfLife,
        TimeProvider clock,
        Action<Progress> send,
        bool isWaiting = false
    )
    {
        (this.work, this.workerId, this.signOfLife, this.clock, this.send) = (work, workerId, signOfLife, clock, send);
        this.isWaiting = isWaiting;
        activity = isWaiting ? "waiting for a worker" : "starting";
        started = clock.GetTimestamp();
        lock (gate)
            Send();
        timer = clock.CreateTimer(_ => Tick(), null, ShortestPause, ShortestPause);
    }

    /// <summary>Takes a report of the stage, from any thread.</summary>
    /// <param name="newPercent">Held between what was reached and 100.</param>
    public void Report(double newPercent, string newActivity)
    {
        lock (gate)
        {
            var next = double.IsNaN(newPercent) ? percent : Math.Clamp(newPercent, percent, 100);
            if (ended || (next == percent && newActivity == activity))
                return;
            (percent, activity, changed) = (next, newActivity, true);
            if (clock.GetElapsedTime(sent) >= ShortestPause)
                Send();
        }
    }

    /// <summary>Nothing is sent afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
            ended = true;
        await timer.DisposeAsync();
    }

    private void Tick()
    {
        lock (gate)
        {
            var silence = clock.GetElapsedTime(sent);
            if (!ended && (changed ? silence >= ShortestPause : silence >= signOfLife))
                Send();
        }
    }

    private void Send()
    {
        (sent, changed) = (clock.GetTimestamp(), false);
        send(
            new Progress(
                work.JobId,
                work.Stage,
                work.Item.Name,
                work.Attempt,
                Math.Round(percent, 2),
                activity,
                Remaining(clock.GetElapsedTime(started), percent),
                workerId,
                clock.GetUtcNow(),
                isWaiting
            )
        );
    }

    /// <summary>As if the rest went as fast as what is done; null while too little is done to tell.</summary>
    internal static double? Remaining(TimeSpan elapsed, double percent) =>
        percent < 1 || elapsed < EarliestEstimate
            ? null
            : Math.Round(elapsed.TotalSeconds * (100 - percent) / percent, 1);
}
