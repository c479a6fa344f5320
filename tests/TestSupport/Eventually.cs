using System.Diagnostics;

namespace EventPipeline.TestSupport;

/// <summary>Waiting for a condition instead of sleeping.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold before the deadline; names what was waited for.</exception>
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, TimeSpan deadline, string because)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > deadline)
                throw new TimeoutException($"Waited {waited.Elapsed.TotalSeconds:F0} s in vain until: {because}.");
            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="BecomesTrueAsync(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task BecomesTrueAsync(Func<bool> condition, TimeSpan deadline, string because) =>
        BecomesTrueAsync(() => Task.FromResult(condition()), deadline, because);
}
