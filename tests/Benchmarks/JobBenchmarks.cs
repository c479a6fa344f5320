using EventPipeline.Contracts;
using EventPipeline.Coordinator.Deciding;
using EventPipeline.EventStore;
using Process = System.Diagnostics.Process;
using ProcessStartInfo = System.Diagnostics.ProcessStartInfo;

namespace EventPipeline.Benchmarks;

/// <summary>The main job as users run it: the program processes its sample lecture with the real engines.</summary>
internal static class JobBenchmarks
{
    private const double OverheadBudget = 0.02;

    /// <summary>How much of a job's time passes while none of its stages runs: messages, decisions, commits, and waiting for them.
    /// The sample lasts little more than a minute; what a longer video adds is time of stages.</summary>
    /// <param name="connectionString">An empty database.</param>
    internal static async Task<IReadOnlyList<BenchmarkResult>> RunAsync(
        string connectionString,
        CancellationToken cancellation
    )
    {
        await ProcessSampleAsync(connectionString, cancellation);
        await using var dataSource = EventLogDataSource.Create(connectionString);
        var events = await new EventLog(dataSource, new EventLogOptions()).ReadAsync(
            Position.Start,
            limit: 10_000,
            cancellation
        );
        var (start, end) = (
            events.Single(stored => stored.Type == EventTypes.NameOf(typeof(JobStarted))).Timestamp,
            events.Single(stored => stored.Type == EventTypes.NameOf(typeof(JobCompleted))).Timestamp
        );
        var attempts = events
            .Where(stored => stored.Type == EventTypes.NameOf(typeof(StageSucceeded)))
            .Select(stored => EventCodec.ReadHeaders(stored)!.Metering!)
            .ToList();
        var whole = (end - start).TotalSeconds;
        var overhead = whole - Covered(attempts);
        return
        [
            new(
                "time of the sample job in which no stage ran",
                overhead,
                "s",
                "the whole job",
                whole,
                overhead / whole,
                $"< {OverheadBudget}x",
                overhead / whole < OverheadBudget
            ),
        ];
    }

    /// <summary>Seconds in which at least one of the attempts ran.</summary>
    private static double Covered(IEnumerable<StageMetering> attempts)
    {
        var (covered, until) = (TimeSpan.Zero, DateTimeOffset.MinValue);
        foreach (var attempt in attempts.OrderBy(attempt => attempt.StartedAt))
        {
            var from = attempt.StartedAt > until ? attempt.StartedAt : until;
            if (attempt.FinishedAt <= from)
                continue;
            covered += attempt.FinishedAt - from;
            until = attempt.FinishedAt;
        }
        return covered.TotalSeconds;
    }

    private static async Task ProcessSampleAsync(string connectionString, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("eventpipeline-bench-");
        using var program = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    Path.Combine(AppContext.BaseDirectory, "EventPipeline.Host.dll"),
                    "sample",
                    "--out",
                    Path.Combine(folder.FullName, "out"),
                },
                Environment =
                {
                    ["EVENTPIPELINE_POSTGRES"] = connectionString,
                    ["EVENTPIPELINE_DATA"] = Path.Combine(folder.FullName, "data"),
                    ["EVENTPIPELINE_TOPIC_PREFIX"] = $"bench{Guid.CreateVersion7():N}.",
                },
                UseShellExecute = false,
                RedirectStandardOutput = true,
            },
        };
        program.Start();
        await program.StandardOutput.ReadToEndAsync(cancellation);
        await program.WaitForExitAsync(cancellation);
        folder.Delete(recursive: true);
        if (program.ExitCode != 0)
            throw new InvalidOperationException($"The program ended with {program.ExitCode}.");
    }
}
