using System.Globalization;
using System.Text.Json;
using EventPipeline.TestSupport;
using Npgsql;
using Process = System.Diagnostics.Process;

namespace EventPipeline.Benchmarks.Peers;

/// <summary>Celery with Redis, as Debian packages them, and a PostgreSQL transaction at every stage.</summary>
internal sealed class CeleryPeer : IPeer
{
    // Debian's packages belong to Debian's Python.
    private const string Python = "/usr/bin/python3";
    private const int FastestProcesses = 4;
    private const int Warm = 5;

    private static readonly Victim Group = new("a worker group", 0.5);
    private static readonly Victim Single = new("a single process", 1);

    public string Name => "Celery";

    public string Description =>
        $"a prefork worker group of {FastestProcesses} processes, acks_late, reject_on_worker_lost, prefetch 1, Redis (append-only file) as broker and "
        + "result store; a transaction of an UPDATE and an INSERT and a published progress message at every stage";

    public IReadOnlyList<Victim> Victims => [Group, Single];

    public async Task<string?> MissingAsync(CancellationToken cancellation)
    {
        try
        {
            await ChildProcess.RunAsync("python3", Python, ["-c", "import celery, kombu, psycopg2, redis"]);
            await ChildProcess.RunAsync("redis-server", "redis-server", ["--version"]);
            return null;
        }
        catch (InvalidOperationException)
        {
            return "Debian's packages celery, python3-redis, python3-psycopg2 and redis-server are not installed.";
        }
    }

    public async Task<IPeerInstallation> InstallAsync(
        string connectionString,
        PeerSettings settings,
        CancellationToken cancellation
    )
    {
        var installation = new Installation(connectionString, settings);
        try
        {
            await installation.StartAsync(cancellation);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    private sealed class Installation : IPeerInstallation
    {
        private readonly NpgsqlDataSource dataSource;
        private readonly PeerSettings settings;
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("eventpipeline-bench-");
        private readonly Dictionary<string, string> environment;
        private readonly int port = FreePort.Next();
        private readonly List<ChildProcess> workers = [];
        private ChildProcess? redis;

        public Installation(string connectionString, PeerSettings settings)
        {
            this.settings = settings;
            dataSource = NpgsqlDataSource.Create(connectionString);
            environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PEER_REDIS"] = $"redis://127.0.0.1:{port}",
                ["PEER_POSTGRES"] = Sql.LibpqOf(connectionString),
                ["PEER_STAGE_SECONDS"] = settings.StageTime.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                ["PEER_VISIBILITY_SECONDS"] = settings.Recovery ? $"{PeerSettings.Lease.TotalSeconds:0}" : "3600",
                ["PEER_STEP_LOG"] = settings.Recovery ? StepFile : "",
                ["PYTHONPATH"] = Scripts,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["C_FORCE_ROOT"] = "1",
            };
        }

        public IReadOnlyList<(string Role, int Process)> Programs =>
            [.. workers.Select(worker => ("workers", worker.Id)), ("broker", redis!.Id)];

        private static string Scripts => Path.Combine(AppContext.BaseDirectory, "Peers", "Celery");

        private string StepFile => Path.Combine(folder.FullName, "steps");

        public async Task StartAsync(CancellationToken cancellation)
        {
            await using var create = dataSource.CreateCommand(
                """
                create table jobs (id uuid primary key, status text not null, stage int);
                create table stages (id bigint generated always as identity primary key,
                    job uuid not null references jobs (id), stage int not null, started double precision not null);
                create index on stages (job);
                """
            );
            await create.ExecuteNonQueryAsync(cancellation);
            redis = ChildProcess.Start(
                "redis",
                "redis-server",
                [
                    "--port",
                    $"{port}",
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    folder.FullName,
                    "--save",
                    "",
                    "--appendonly",
                    "yes",
                ]
            );
            await redis.WaitForOutputAsync("Ready to accept connections", TimeSpan.FromSeconds(30));
            if (settings.Recovery)
                for (var worker = 0; worker < PeerSettings.Workers; worker++)
                    StartWorker(PeerSettings.SlotsEach);
            else
                StartWorker(FastestProcesses);
        }

        public async Task<DateTimeOffset> SubmitAsync(int jobs, CancellationToken cancellation)
        {
            var output = await DriveAsync("burst", $"{jobs}");
            var since = double.Parse(output.Split("go ")[1], CultureInfo.InvariantCulture);
            return DateTimeOffset.UnixEpoch.AddSeconds(since);
        }

        public async Task<long> FinishedAsync(CancellationToken cancellation)
        {
            await using var command = dataSource.CreateCommand("select count(*) from jobs where status = 'finished'");
            return (long)(await command.ExecuteScalarAsync(cancellation))!;
        }

        public async Task<IdleTimes> RunOneByOneAsync(int jobs, CancellationToken cancellation)
        {
            var output = await DriveAsync("sequence", $"{jobs}", $"{Warm}");
            var times = JsonSerializer.Deserialize<Sequence>(output, JsonSerializerOptions.Web)!;
            await using var command = dataSource.CreateCommand(
                """
                with last as (select * from stages order by id desc limit $1)
                select (started - lag(started) over (partition by job order by stage)) * 1000 from last
                """
            );
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = jobs * IPeer.Stages });
            return new IdleTimes(
                Latency.Of(times.Jobs),
                Latency.Of(await Sql.NumbersAsync(command, cancellation)),
                Latency.Of(times.Progress)
            );
        }

        public async Task<StageCounts> CountAsync(CancellationToken cancellation)
        {
            await using var command = dataSource.CreateCommand(
                "select count(*), count(distinct (job, stage)) from stages"
            );
            return await Sql.CountsAsync(command, StepLog.CountBegun([StepFile]), cancellation);
        }

        public void Kill(Victim victim)
        {
            if (victim == Group)
                workers[0].Kill();
            else
                using (var process = Process.GetProcessById(ProcessUse.ChildrenOf(workers[0].Id)[^1]))
                    process.Kill();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
            if (redis is not null)
                await redis.DisposeAsync();
            await dataSource.DisposeAsync();
            folder.Delete(recursive: true);
        }

        private void StartWorker(int processes) =>
            workers.Add(
                ChildProcess.Start(
                    "celery",
                    Python,
                    [
                        "-m",
                        "celery",
                        "-A",
                        "tasks",
                        "worker",
                        "-P",
                        "prefork",
                        "-O",
                        "fair",
                        "-l",
                        "WARNING",
                        "-c",
                        $"{processes}",
                        "-n",
                        $"worker{workers.Count}@%h",
                    ],
                    environment,
                    workingDirectory: folder.FullName
                )
            );

        private Task<string> DriveAsync(params string[] arguments) =>
            ChildProcess.RunAsync(
                "celery's driver",
                Python,
                [Path.Combine(Scripts, "drive.py"), .. arguments],
                environment
            );

        private sealed record Sequence(double[] Jobs, double[] Progress);
    }
}
