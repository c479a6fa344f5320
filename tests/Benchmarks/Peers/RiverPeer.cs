using System.Globalization;
using System.Text.Json;
using EventPipeline.TestSupport;
using Npgsql;

namespace EventPipeline.Benchmarks.Peers;

/// <summary>River, a job queue in PostgreSQL: each stage completes itself and inserts the next one in one transaction. Its program is not
/// part of the product; RIVER_BENCH names it.</summary>
internal sealed class RiverPeer(string? program) : IPeer
{
    private static readonly Victim Group = new("a worker", 0.5);

    public string Name => "River";

    public string Description =>
        "one worker of 500 slots, 4 for jobs one by one (its fastest settings); jobs submitted one by one over 16 connections; "
        + "it publishes no progress";

    public IReadOnlyList<Victim> Victims => [Group];

    public Task<string?> MissingAsync(CancellationToken cancellation) =>
        Task.FromResult(
            program is null ? "RIVER_BENCH does not name its program."
            : File.Exists(program) ? null
            : $"there is no {program}, which RIVER_BENCH names."
        );

    public async Task<IPeerInstallation> InstallAsync(
        string connectionString,
        PeerSettings settings,
        CancellationToken cancellation
    )
    {
        var installation = new Installation(program!, connectionString, settings);
        await ChildProcess.RunAsync("river", program!, ["migrate", .. installation.Database]);
        installation.Start();
        return installation;
    }

    private sealed class Installation(string program, string connectionString, PeerSettings settings)
        : IPeerInstallation
    {
        private readonly NpgsqlDataSource dataSource = NpgsqlDataSource.Create(connectionString);
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("eventpipeline-bench-");
        private readonly List<ChildProcess> workers = [];
        private readonly List<string> stepLogs = [];

        public string[] Database => ["-dsn", Sql.LibpqOf(connectionString) + " sslmode=disable"];

        public IReadOnlyList<(string Role, int Process)> Programs =>
            [.. workers.Select(worker => ("workers", worker.Id))];

        public void Start()
        {
            if (!settings.Recovery)
            {
                workers.Add(StartWorker("-slots", "500", "-cooldown", "10ms"));
                return;
            }
            for (var worker = 0; worker < PeerSettings.Workers; worker++)
            {
                stepLogs.Add(Path.Combine(folder.FullName, $"steps-{worker}"));
                workers.Add(
                    StartWorker(
                        "-slots",
                        $"{PeerSettings.SlotsEach}",
                        "-cooldown",
                        "1ms",
                        "-rescue",
                        $"{PeerSettings.Lease.TotalSeconds:0}s",
                        "-jobtimeout",
                        "10s",
                        "-steplog",
                        stepLogs[worker]
                    )
                );
            }
        }

        public async Task<DateTimeOffset> SubmitAsync(int jobs, CancellationToken cancellation)
        {
            var output = await ChildProcess.RunAsync(
                "river",
                program,
                ["burst", .. Database, "-n", $"{jobs}", "-sleep", $"{settings.StageTime.TotalMilliseconds:0}"]
            );
            var since = output.Split("go ")[1].Split('\n')[0];
            return DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(since, CultureInfo.InvariantCulture));
        }

        public async Task<long> FinishedAsync(CancellationToken cancellation)
        {
            await using var command = dataSource.CreateCommand("select count(*) from bench_done");
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        }

        public async Task<IdleTimes> RunOneByOneAsync(int jobs, CancellationToken cancellation)
        {
            foreach (var worker in workers)
                await worker.StopAsync();
            workers.Clear();
            workers.Add(StartWorker("-slots", "4", "-cooldown", "1ms"));
            var output = await ChildProcess.RunAsync(
                "river",
                program,
                ["seq", .. Database, "-n", $"{jobs}", "-cooldown", "1ms"]
            );
            return new IdleTimes(
                JsonSerializer.Deserialize<Latency>(output, JsonSerializerOptions.Web)!,
                Latency.Of(await HopsAsync(jobs, cancellation)),
                null
            );
        }

        public async Task<StageCounts> CountAsync(CancellationToken cancellation)
        {
            await using var command = dataSource.CreateCommand(
                """
                select count(*), count(distinct (args->>'job', args->>'stage'))
                from river_job where state = 'completed'
                """
            );
            return await Sql.CountsAsync(command, StepLog.CountBegun(stepLogs), cancellation);
        }

        public void Kill(Victim victim) => workers[0].Kill();

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
            await dataSource.DisposeAsync();
            folder.Delete(recursive: true);
        }

        private ChildProcess StartWorker(params string[] arguments) =>
            ChildProcess.Start("river", program, ["worker", .. Database, .. arguments]);

        private async Task<double[]> HopsAsync(int jobs, CancellationToken cancellation)
        {
            await using var command = dataSource.CreateCommand(
                """
                with last as (select * from river_job order by id desc limit $1)
                select extract(epoch from attempted_at - lag(attempted_at) over (partition by args->>'job' order by id))
                    * 1000 from last
                """
            );
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = jobs * IPeer.Stages });
            return await Sql.NumbersAsync(command, cancellation);
        }
    }
}
