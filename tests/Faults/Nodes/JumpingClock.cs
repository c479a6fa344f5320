using System.Globalization;

namespace EventPipeline.Faults.Nodes;

/// <summary>The clock of a part: the machine's, and as many seconds more as a file says. What is measured by timestamps and timers goes on
/// evenly, as it does when an operator or a time server sets a machine's clock.</summary>
internal sealed class JumpingClock(string file) : TimeProvider
{
    private const long LookEveryMilliseconds = 50;

    private long lookedAt = -LookEveryMilliseconds;
    private double offsetSeconds;

    public override DateTimeOffset GetUtcNow()
    {
        var now = Environment.TickCount64;
        if (now - Volatile.Read(ref lookedAt) >= LookEveryMilliseconds)
        {
            Volatile.Write(ref lookedAt, now);
            Volatile.Write(ref offsetSeconds, Read());
        }
        return base.GetUtcNow().AddSeconds(Volatile.Read(ref offsetSeconds));
    }

    /// <summary>Sets the clock of the part that reads the file.</summary>
    public static void Set(string file, TimeSpan offset)
    {
        File.WriteAllText($"{file}.new", offset.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        File.Move($"{file}.new", file, overwrite: true);
    }

    private double Read() => File.Exists(file) ? double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : 0;
}
