using System.Text.RegularExpressions;

namespace EventPipeline.Benchmarks.Peers;

/// <summary>What programs use, from <c>/proc</c>: each with all processes below it.</summary>
internal static partial class ProcessUse
{
    // Jiffies of /proc are hundredths of a second on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Processor seconds so far, those of children that have ended included.</summary>
    public static double CpuSeconds(int root) => Tree(root).Sum(process => process.Ticks) / TicksPerSecond;

    /// <summary>Resident megabytes; pages shared by several processes of the machine count once.</summary>
    public static double Megabytes(int root) =>
        Tree(root).Sum(process => Kilobytes($"/proc/{process.Id}/smaps_rollup", Proportional())) / 1024.0;

    /// <summary>Resident megabytes of one process alone, shared pages included.</summary>
    public static double ResidentMegabytes(int process) => Kilobytes($"/proc/{process}/status", Resident()) / 1024.0;

    /// <summary>The process that started another one.</summary>
    public static int ParentOf(int process) => Read(process)?.Parent ?? 0;

    /// <summary>Processes directly below another one.</summary>
    public static IReadOnlyList<int> ChildrenOf(int process) =>
        [.. All().Where(other => other.Parent == process).Select(other => other.Id)];

    private static List<Entry> Tree(int root)
    {
        var children = All().ToLookup(process => process.Parent);
        var tree = new List<Entry>();
        if (Read(root) is { } first)
            tree.Add(first);
        for (var at = 0; at < tree.Count; at++)
            tree.AddRange(children[tree[at].Id]);
        return tree;
    }

    private static IEnumerable<Entry> All() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? Read(id) : null)
            .OfType<Entry>();

    private static Entry? Read(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new Entry(process, int.Parse(fields[1]), fields[11..15].Sum(long.Parse));
        }
        catch (IOException)
        {
            return null; // It has ended.
        }
    }

    private static long Kilobytes(string file, Regex line)
    {
        try
        {
            return long.Parse(line.Match(File.ReadAllText(file)).Groups["kilobytes"].Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0; // It has ended, or belongs to somebody else.
        }
    }

    [GeneratedRegex(@"^Pss:\s+(?<kilobytes>\d+)", RegexOptions.Multiline)]
    private static partial Regex Proportional();

    [GeneratedRegex(@"^VmRSS:\s+(?<kilobytes>\d+)", RegexOptions.Multiline)]
    private static partial Regex Resident();

    private sealed record Entry(int Id, int Parent, long Ticks);
}
