using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Host.Sample;
using Process = System.Diagnostics.Process;
using ProcessStartInfo = System.Diagnostics.ProcessStartInfo;

namespace EventPipeline.Benchmarks;

/// <summary>The main job as users run it: the program processes a talk of ten minutes with the real engines.</summary>
internal static class JobBenchmarks
{
    private const double OverheadBudget = 0.02;

    // Of the sample lecture, which lasts 77 s.
    private const int Repetitions = 8;

    /// <summary>How much of a job's time passes while none of its stages runs: messages, decisions, commits, and waiting for them.</summary>
    /// <param name="connectionString">An empty database.</param>
    internal static async Task<IReadOnlyList<BenchmarkResult>> RunAsync(
        string connectionString,
        CancellationToken cancellation
    )
    {
        await ProcessTenMinutesAsync(connectionString, cancellation);
        await using var dataSource = EventLogDataSource.Create(connectionString);
        var events = await new EventLog(dataSource, new EventLogOptions()).ReadAsync(
            Position.Start,
            limit: 10_000,
            cancellation
        );
        var (start, end) = (
            events.Last(stored => stored.Type == EventTypes.NameOf(typeof(JobStarted))).Timestamp,
            events.Last(stored => stored.Type == EventTypes.NameOf(typeof(JobCompleted))).Timestamp
        );
        var attempts = events
            .Where(stored => stored.Type == EventTypes.NameOf(typeof(StageSucceeded)) && stored.Timestamp >= start)
            .Select(stored => EventCodec.ReadHeaders(stored)!.Metering!)
            .ToList();
        var whole = (end - start).TotalSeconds;
        var overhead = whole - Covered(attempts);
        return
        [
            new(
                "time of a 10-minute video's job in which no stage ran",
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

    private static async Task ProcessTenMinutesAsync(string connectionString, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("eventpipeline-bench-");
        var lecture = await SampleLecture.EnsureAsync(folder.FullName, cancellation);
        var video = Path.Combine(folder.FullName, "ten-minutes.mp4");
        await RunAsync(
            "ffmpeg",
            ["-loglevel", "error", "-stream_loop", $"{Repetitions - 1}", "-i", lecture, "-c", "copy", video],
            [],
            cancellation
        );
        var installation = new Dictionary<string, string>
        {
            ["EVENTPIPELINE_POSTGRES"] = connectionString,
            ["EVENTPIPELINE_DATA"] = Path.Combine(folder.FullName, "data"),
            ["EVENTPIPELINE_TOPIC_PREFIX"] = $"bench{Guid.CreateVersion7():N}.",
        };
        // The first job of an installation makes its tables, topics and groups, once and for all.
        foreach (var pipeline in (Pipeline[])[Pipelines.DebugEcho, Pipelines.LectureHighlights])
            await RunAsync(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "EventPipeline.Host.dll"),
                    "process",
                    video,
                    "--pipeline",
                    pipeline.Name,
                    "--out",
                    Path.Combine(folder.FullName, pipeline.Name),
                ],
                installation,
                cancellation
            );
        folder.Delete(recursive: true);
    }

    private static async Task RunAsync(
        string file,
        string[] arguments,
        Dictionary<string, string> environment,
        CancellationToken cancellation
    )
    {
        var start = new ProcessStartInfo(file, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var program =
            Process.Start(start) ?? throw new InvalidOperationException($"{file} could not be started.");
        await program.StandardOutput.ReadToEndAsync(cancellation);
        await program.WaitForExitAsync(cancellation);
        if (program.ExitCode != 0)
            throw new InvalidOperationException($"{file} ended with {program.ExitCode}.");
    }
}
