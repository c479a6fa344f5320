namespace EventPipeline.Coordinator.Dispatching;

/// <summary>How much of a stage's work may lie in its topic without having been begun: what its processors began within the last second, so
/// that they never wait for the coordinator, and no more, because what lies in a topic can no longer be overtaken. From rest it doubles
/// with every round trip.</summary>
/// <param name="least">What may lie there in any case.</param>
internal sealed class StageWindow(int least, TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(1);

    private long since = time.GetTimestamp();
    private int begunNow;
    private int begunBefore;

    /// <summary>Handed out and not begun.</summary>
    public int HandedOut { get; private set; }

    /// <summary>How many more may be handed out now.</summary>
    public int Room => Math.Max(least, Rate()) - HandedOut;

    public void HandOut() => HandedOut++;

    /// <summary>Processors began one.</summary>
    public void Begin()
    {
        HandedOut--;
        Turn();
        begunNow++;
    }

    /// <summary>One will never be begun: it was lost or called off.</summary>
    public void Withdraw() => HandedOut--;

    /// <summary>Begun within the last second; of the part of it that lies in the span before, an even share is taken.</summary>
    private int Rate()
    {
        Turn();
        var share = 1 - (time.GetElapsedTime(since) / Span);
        return begunNow + (int)(begunBefore * share);
    }

    private void Turn()
    {
        var elapsed = time.GetElapsedTime(since);
        if (elapsed < Span)
            return;
        begunBefore = elapsed < 2 * Span ? begunNow : 0;
        begunNow = 0;
        since = elapsed < 2 * Span ? since + (long)(Span.TotalSeconds * time.TimestampFrequency) : time.GetTimestamp();
    }
}
