namespace EventPipeline.Coordinator.Tests;

/// <summary>Time that passes when a test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan clockIsAhead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(double seconds) => now += TimeSpan.FromSeconds(seconds);

    /// <summary>Somebody sets the clock; no time passes.</summary>
    public void SetClock(TimeSpan forward) => clockIsAhead += forward;

    public override DateTimeOffset GetUtcNow() => now + clockIsAhead;

    public override long GetTimestamp() => now.Ticks;
}
