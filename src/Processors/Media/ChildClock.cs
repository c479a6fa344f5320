using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EventPipeline.Processors.Media;

/// <summary>Processor time of one child process. The system tells it exactly only for all ended children together, and for a running one only
/// while it runs; this takes the smallest amount that both allow: exact for a child that runs alone, and never more than a tenth of a second per
/// core too much for one among others.</summary>
internal sealed partial class ChildClock : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly double childrenBefore = EndedChildrenSeconds();
    private readonly Timer timer;
    private Process? process;
    private double lastSeconds;
    private long lastStamp = Stopwatch.GetTimestamp();

    public ChildClock() => timer = new Timer(_ => Sample());

    /// <summary>Starts to watch.</summary>
    public void Watch(Process child)
    {
        process = child;
        timer.Change(Period, Period);
    }

    /// <summary>Processor seconds of the child, once it has ended.</summary>
    public double Read()
    {
        lock (timer)
        {
            var most = lastSeconds + Stopwatch.GetElapsedTime(lastStamp).TotalSeconds * Environment.ProcessorCount;
            return Math.Min(EndedChildrenSeconds() - childrenBefore, most);
        }
    }

    /// <inheritdoc />
    public void Dispose() => timer.Dispose();

    private void Sample()
    {
        lock (timer)
        {
            try
            {
                lastSeconds = process!.TotalProcessorTime.TotalSeconds;
                lastStamp = Stopwatch.GetTimestamp();
            }
            catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It has ended since: the last sample stands.
            }
        }
    }

    private static double EndedChildrenSeconds()
    {
        const int Children = -1;
        Span<long> usage = stackalloc long[18]; // struct rusage: user and system time first, as seconds and microseconds
        return GetUsage(Children, ref MemoryMarshal.GetReference(usage)) == 0
            ? usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6
            : throw new InvalidOperationException("The system does not tell the processor time of child processes.");
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, ref long usage);
}
