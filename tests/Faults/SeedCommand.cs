using System.Diagnostics;
using System.Globalization;
using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Gathering;
using EventPipeline.Faults.Installation;
using EventPipeline.Faults.Schedule;
using EventPipeline.TestSupport;

namespace EventPipeline.Faults;

/// <summary><c>--from SEED --seeds N [--evidence FOLDER]</c>: runs seeds one after the other, a line a seed, and says how many promises were
/// broken.</summary>
internal static class SeedCommand
{
    /// <summary>Seeds on one installation, before the log and the topics get long.</summary>
    private const int SeedsPerInstallation = 20;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!KafkaBroker.ModernIsAvailable)
        {
            Console.WriteLine(KafkaBroker.HowToGetModern);
            return 2;
        }
        var first = Number(arguments, "--from", 1);
        var count = Number(arguments, "--seeds", 1);
        var folder = Text(arguments, "--evidence") ?? Path.Combine(Repository.Root, "artifacts", "faults");
        var (violations, total) = (0, Report.Nothing);
        await using (var servers = await Servers.StartAsync())
        {
            RunningInstallation? installation = null;
            for (var index = 0; index < count; index++)
            {
                var seed = first + index;
                if (installation is not null && index % SeedsPerInstallation == 0)
                {
                    await installation.DisposeAsync();
                    installation = null;
                }
                installation ??= await RunningInstallation.StartAsync(servers);
                var (broken, report) = await RunAsync(installation, seed, folder);
                total = total.Plus(report);
                violations += broken;
                if (broken > 0)
                {
                    await installation.DisposeAsync();
                    installation = null;
                }
            }
            if (installation is not null)
                await installation.DisposeAsync();
        }
        Console.WriteLine($"in all: {total}");
        Console.WriteLine($"{count} seeds, {violations} violations");
        return violations > 0 ? 1 : 0;
    }

    private static async Task<(int Violations, Report Report)> RunAsync(
        RunningInstallation installation,
        int seed,
        string folder
    )
    {
        var watch = Stopwatch.StartNew();
        var evidence = await new SeedRun(installation, seed).RunAsync();
        var violations = Checker.Check(evidence);
        var report = Report.Of(evidence);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}: {(violations.Count == 0 ? "kept" : "BROKEN")} in {watch.Elapsed.TotalSeconds:0.0} s; {report}"
            )
        );
        // A part that ended without being killed, and a silence not far from the limit, break no promise and are worth a look all the same.
        if (violations.Count > 0 || report.EndedByThemselves > 0 || report.LongestSilence > NoSilence.Longest * 0.7)
        {
            var kept = await EvidenceFolder.WriteAsync(
                Path.Combine(folder, $"seed-{seed}"),
                installation,
                evidence,
                violations
            );
            foreach (var violation in violations.Take(20))
                Console.WriteLine($"  {violation}");
            Console.WriteLine($"  {string.Join("; ", FaultSchedule.Of(seed))}");
            Console.WriteLine($"  evidence in {kept}");
        }
        return (violations.Count, report);
    }

    private static int Number(string[] arguments, string name, int otherwise) =>
        Text(arguments, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
