using EventPipeline.Benchmarks.Nodes;
using EventPipeline.Benchmarks.Peers;
using EventPipeline.Contracts;
using Npgsql;

namespace EventPipeline.Benchmarks.Load;

/// <summary>A flood: one owner submits ten thousand jobs at once. Separate programs work them off, while the memory of each is watched,
/// and a job that is urgent and a job of somebody else come last.</summary>
internal static class LoadBenchmarks
{
    private const int Submitters = 16;
    private const int Nodes = 2;
    private const int SlotsEach = 16;
    private const double SubmissionBudget = 50;
    private const double MemoryBudget = 400;
    private const double GrowthBudget = 1.2;
    private const double StartBudget = 5;
    private static readonly TimeSpan StageTime = TimeSpan.FromMilliseconds(5);

    /// <param name="connectionString">An empty database.</param>
    /// <param name="jobs">How many the flood has.</param>
    public static async Task<IReadOnlyList<BenchmarkResult>> RunAsync(
        string connectionString,
        string bootstrapServers,
        int jobs,
        CancellationToken cancellation
    )
    {
        await using var product = await NodeInstallation.CreateAsync(connectionString, bootstrapServers, cancellation);
        product.StartCoordinator();
        product.StartProjections();
        for (var node = 0; node < Nodes; node++)
            product.StartNode(SlotsEach, StageTime);
        var (flooder, other) = (
            await product.RegisterVideoAsync("flooder", cancellation),
            await product.RegisterVideoAsync("somebody else", cancellation)
        );
        var warmUp = Math.Min(jobs, 3_000);
        await FloodAsync(product, flooder, warmUp, cancellation);
        await UntilFinishedAsync(product, warmUp, cancellation);
        var before = product.Finished;

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var memory = WatchMemoryAsync(product, watching.Token);
        var start = TimeProvider.System.GetTimestamp();
        var submissions = await FloodAsync(product, flooder, jobs, cancellation);
        var submitted = TimeProvider.System.GetElapsedTime(start);
        var waiting = jobs - (product.Finished - before);
        var (urgentAt, otherAt) = (TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow());
        var urgent = await product.SubmitAsync(flooder, cancellation, JobPriority.High);
        var others = await product.SubmitAsync(other, cancellation);
        await UntilFinishedAsync(product, before + jobs + 2, cancellation);
        var whole = TimeProvider.System.GetElapsedTime(start);
        await watching.CancelAsync();

        return
        [
            Plain("jobs submitted at once", jobs, "jobs"),
            Plain("of these not finished when the last one was submitted", waiting, "jobs"),
            Plain("submitted within", submitted.TotalSeconds, "s"),
            Plain("submission of one job, p50", submissions.P50, "ms"),
            Below("submission of one job, p99", submissions.P99, "ms", SubmissionBudget),
            Below("urgent job submitted last starts after", await StartAsync(urgent.Id, urgentAt), "s", StartBudget),
            Below("another owner's job starts after", await StartAsync(others.Id, otherAt), "s", StartBudget),
            Plain("worked off, submission included", jobs * IPeer.Stages / whole.TotalSeconds, "stages/s"),
            Plain("attempts that were given up", await CountAsync("stage_lost"), ""),
            Plain("outcomes that came too late", await CountAsync("late_outcome_refused"), ""),
            .. (await memory).SelectMany(node =>
                (BenchmarkResult[])
                    [
                        Below($"memory of {node.Name}, highest", node.Samples.Max(), "MB", MemoryBudget),
                        Below(
                            $"memory of {node.Name}, last to second quarter",
                            Growth(node.Samples),
                            "x",
                            GrowthBudget
                        ),
                    ]
            ),
        ];

        async Task<double> CountAsync(string type)
        {
            await using var command = product.DataSource.CreateCommand(
                "select count(*) from events.mt_events where type = $1"
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
            return (await Sql.NumbersAsync(command, cancellation))[0];
        }

        async Task<double> StartAsync(Guid job, DateTimeOffset since)
        {
            await using var command = product.DataSource.CreateCommand(
                """
                select extract(epoch from min((headers->'metering'->>'startedAt')::timestamptz) - $2)
                from events.mt_events where stream_id = $1 and type = 'stage_succeeded'
                """
            );
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = job });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
            return (await Sql.NumbersAsync(command, cancellation))[0];
        }
    }

    /// <returns>How long each submission took.</returns>
    private static async Task<Latency> FloodAsync(
        NodeInstallation product,
        Guid video,
        int jobs,
        CancellationToken cancellation
    )
    {
        var times = new double[jobs];
        await Parallel.ForAsync(
            0,
            jobs,
            new ParallelOptions { MaxDegreeOfParallelism = Submitters, CancellationToken = cancellation },
            async (job, token) =>
            {
                var start = TimeProvider.System.GetTimestamp();
                await product.SubmitAsync(video, token);
                times[job] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            }
        );
        return Latency.Of(times);
    }

    private static async Task UntilFinishedAsync(NodeInstallation product, long jobs, CancellationToken cancellation)
    {
        while (product.Finished < jobs)
        {
            foreach (var (_, program) in product.Programs)
                program.ThrowIfExited();
            await Task.Delay(20, cancellation);
        }
    }

    /// <summary>Resident megabytes of each program, four times a second until cancelled.</summary>
    private static async Task<IReadOnlyList<(string Name, List<double> Samples)>> WatchMemoryAsync(
        NodeInstallation product,
        CancellationToken cancellation
    )
    {
        var nodes = product
            .Programs.Select((program, at) => (Name: $"{program.Role} ({at + 1})", program.Program.Id))
            .ToList();
        var samples = nodes.Select(_ => new List<double>()).ToList();
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var (node, own) in nodes.Zip(samples))
                own.Add(ProcessUse.ResidentMegabytes(node.Id));
            await Task.Delay(250, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return [.. nodes.Zip(samples, (node, own) => (node.Name, own))];
    }

    private static double Growth(List<double> samples)
    {
        var quarter = Math.Max(1, samples.Count / 4);
        return samples.TakeLast(quarter).Average()
            / samples.Skip(quarter).Take(quarter).DefaultIfEmpty(samples[0]).Average();
    }

    private static BenchmarkResult Plain(string name, double value, string unit) =>
        new(name, value, unit, "", 0, 0, "", true);

    private static BenchmarkResult Below(string name, double value, string unit, double budget) =>
        new(name, value, unit, "", 0, 0, $"< {budget:0.##} {unit}", value < budget);
}
