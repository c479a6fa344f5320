namespace EventPipeline.Processors.Hosting;

/// <summary>Shares this process's processor time among the attempts that run: the work of an attempt moves from thread to thread, so it cannot be
/// measured, but what all used together can. Between two changes everyone who runs gets an equal share.</summary>
/// <param name="used">Processor time of the process so far.</param>
internal sealed class CpuShares(Func<TimeSpan> used)
{
    private readonly Lock gate = new();
    private readonly HashSet<Share> running = [];
    private TimeSpan seen;

    /// <summary>An attempt begins.</summary>
    public Share Begin()
    {
        var share = new Share();
        lock (gate)
        {
            Distribute();
            running.Add(share);
        }
        return share;
    }

    /// <summary>An attempt ends; once more changes nothing.</summary>
    /// <returns>Its processor seconds.</returns>
    public double End(Share share)
    {
        lock (gate)
        {
            Distribute();
            running.Remove(share);
        }
        return share.Seconds;
    }

    private void Distribute()
    {
        var now = used();
        foreach (var share in running)
            share.Seconds += (now - seen).TotalSeconds / running.Count;
        seen = now;
    }

    /// <summary>What one attempt has been given.</summary>
    internal sealed class Share
    {
        public double Seconds { get; set; }
    }
}
