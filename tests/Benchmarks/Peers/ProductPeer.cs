using EventPipeline.Benchmarks.Nodes;
using EventPipeline.EventStore;
using Npgsql;

namespace EventPipeline.Benchmarks.Peers;

/// <summary>This system: coordinator and nodes of processors as separate programs, Kafka between them.</summary>
internal sealed class ProductPeer(string bootstrapServers, int brokerProcess) : IPeer
{
    // More at once gain nothing on two processors.
    private const int FastestParallelism = 64;

    private static readonly Victim Node = new("a node of processors", 0.5);
    private static readonly Victim Coordinator = new("the active coordinator", 1);

    public string Name => "EventPipeline";

    public string Description =>
        $"a coordinator and one node of processors ({FastestParallelism} attempts at once), each a process of its own, "
        + "over Kafka; jobs submitted one by one over 16 connections and their ends heard on the public topic of events";

    public IReadOnlyList<Victim> Victims => [Node, Coordinator];

    public Task<string?> MissingAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

    public async Task<IPeerInstallation> InstallAsync(
        string connectionString,
        PeerSettings settings,
        CancellationToken cancellation
    )
    {
        var programs = await NodeInstallation.CreateAsync(connectionString, bootstrapServers, cancellation);
        programs.StartCoordinator();
        if (settings.Recovery)
        {
            programs.StartCoordinator();
            for (var worker = 0; worker < PeerSettings.Workers; worker++)
                programs.StartNode(PeerSettings.SlotsEach, settings.StageTime, writeSteps: true);
        }
        else
            programs.StartNode(FastestParallelism, settings.StageTime);
        return new Installation(programs, brokerProcess, await programs.RegisterVideoAsync("owner", cancellation));
    }

    private sealed class Installation(NodeInstallation product, int brokerProcess, Guid video) : IPeerInstallation
    {
        private const int Submitters = 16;

        public IReadOnlyList<(string Role, int Process)> Programs =>
            [
                .. product.Programs.Select(program => (program.Role, program.Program.Id)),
                .. brokerProcess == 0 ? (IEnumerable<(string, int)>)[] : [("broker", brokerProcess)],
            ];

        public async Task<DateTimeOffset> SubmitAsync(int jobs, CancellationToken cancellation)
        {
            var start = TimeProvider.System.GetUtcNow();
            await Parallel.ForAsync(
                0,
                jobs,
                new ParallelOptions { MaxDegreeOfParallelism = Submitters, CancellationToken = cancellation },
                async (_, token) => await product.SubmitAsync(video, token)
            );
            return start;
        }

        public Task<long> FinishedAsync(CancellationToken cancellation) => Task.FromResult(product.Finished);

        public async Task<IdleTimes> RunOneByOneAsync(int jobs, CancellationToken cancellation)
        {
            var log = new EventLog(product.DataSource, new EventLogOptions());
            var before = (await log.EndAsync(cancellation)).Sequence;
            product.ProgressDelays.Clear();
            var times = new double[jobs];
            for (var job = 0; job < jobs; job++)
            {
                var start = TimeProvider.System.GetTimestamp();
                await (await product.SubmitAsync(video, cancellation)).End.WaitAsync(cancellation);
                times[job] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            }
            return new IdleTimes(
                Latency.Of(times),
                Latency.Of(await HopsAsync(before, cancellation)),
                Latency.Of(product.ProgressDelays)
            );
        }

        public async Task<StageCounts> CountAsync(CancellationToken cancellation)
        {
            await using var command = product.DataSource.CreateCommand(
                """
                select count(*), count(distinct (stream_id, data->>'stage'))
                from events.mt_events where type = 'stage_succeeded'
                """
            );
            return await Sql.CountsAsync(command, StepLog.CountBegun(product.StepLogs), cancellation);
        }

        public void Kill(Victim victim) =>
            product
                .Programs.First(program => program.Role == (victim == Node ? "processors" : "coordinator"))
                .Program.Kill();

        public ValueTask DisposeAsync() => product.DisposeAsync();

        private async Task<double[]> HopsAsync(long after, CancellationToken cancellation)
        {
            await using var command = product.DataSource.CreateCommand(
                """
                with starts as (
                    select stream_id, (headers->'metering'->>'startedAt')::timestamptz as at
                    from events.mt_events where type = 'stage_succeeded' and seq_id > $1
                )
                select extract(epoch from at - lag(at) over (partition by stream_id order by at)) * 1000 from starts
                """
            );
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            return await Sql.NumbersAsync(command, cancellation);
        }
    }
}
