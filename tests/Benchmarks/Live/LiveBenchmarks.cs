using System.Collections.Concurrent;
using System.Diagnostics;
using EventPipeline.Benchmarks.Peers;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using EventLog = EventPipeline.EventStore.EventLog;

namespace EventPipeline.Benchmarks.Live;

/// <summary>What subscriptions cost a node of the API, and how soon a worker's report is with its subscribers. The node is the product's own
/// program without workers; this process reports as workers do and subscribes over server-sent events, one connection for each
/// subscription.</summary>
internal sealed class LiveBenchmarks(string connectionString, string bootstrapServers, LiveSizes sizes)
    : IAsyncDisposable
{
    private const int Idle = 1000;
    private const int First = 20;
    private const int Subscribers = 200;
    private const int Jobs = 20;
    private const double MegabytesBudget = 50;
    private const double MillisecondsBudget = 25;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>How often a worker reports of one job.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Topics topics = new($"bench{Guid.CreateVersion7():N}.");
    private readonly BrokerOptions broker = new(bootstrapServers);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("eventpipeline-bench-");
    private readonly int port = FreePort.Next();
    private readonly ConcurrentDictionary<long, long> reported = new();
    private readonly ConcurrentQueue<double> delays = new();
    private ChildProcess? node;
    private long reports;

    private Uri Address => new($"http://127.0.0.1:{port}/graphql");

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var dataSource = EventLogDataSource.Create(connectionString);
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(cancellation);
        using (var administration = new TopicAdministration(broker, NullLogger.Instance))
            await administration.EnsureTopicsAsync([topics.Progress], 4, null, cancellation);
        await StartAsync();
        var jobs = new List<Guid>();
        for (var i = 0; i < Idle; i++)
            jobs.Add(await StartJobAsync(log, cancellation));

        // What the program needs once it needs for the first subscription.
        await HoldAsync([.. jobs.Take(First)], cancellation);
        var before = ProcessUse.ResidentMegabytes(node!.Id);
        var megabytes = await HoldAsync(jobs, cancellation) - before;

        Guid[] followed = [.. Enumerable.Range(0, Subscribers).Select(number => jobs[number % Jobs])];
        await using var connections = new EventStreams(Address, Take);
        await connections.OpenAsync(followed, cancellation);
        // A worker that reports is connected since its first report.
        await using var worker = new MessageProducer(broker, NullLogger.Instance);
        await ReportAsync(worker, [.. jobs.Take(Jobs)], sizes.WarmUp, cancellation);
        delays.Clear();
        await ReportAsync(worker, [.. jobs.Take(Jobs)], sizes.Round, cancellation);
        var sorted = delays.Order().ToArray();
        var expected = sizes.Round / Pause * Subscribers;
        if (sorted.Length < expected * 0.95)
            throw new InvalidOperationException($"{sorted.Length} reports were heard of {expected}.");
        return
        [
            Below($"memory of {Idle:N0} idle subscriptions", megabytes, "MB", MegabytesBudget),
            Below($"report to {Subscribers} subscribers, p50", At(sorted, 0.5), "ms", MillisecondsBudget),
            Below($"report to {Subscribers} subscribers, p99", At(sorted, 0.99), "ms", MillisecondsBudget),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
            await node.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static BenchmarkResult Below(string name, double value, string unit, double budget) =>
        new(name, value, unit, "", 0, 0, $"<= {budget:0} {unit}", value <= budget);

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private async Task StartAsync()
    {
        node = ChildProcess.Start(
            "API",
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "EventPipeline.Host.dll"),
                .. (string[])["serve", "--port", $"{port}", "--workers", "false"],
            ],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["EVENTPIPELINE_POSTGRES"] = connectionString,
                ["KAFKA_BOOTSTRAP_SERVERS"] = bootstrapServers,
                ["EVENTPIPELINE_DATA"] = folder.FullName,
                ["EVENTPIPELINE_OBJECTS"] = folder.CreateSubdirectory("objects").FullName,
                ["EVENTPIPELINE_TOPIC_PREFIX"] = topics.Prefix,
            }
        );
        using var client = new HttpClient();
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                node.ThrowIfExited();
                try
                {
                    return (await client.GetAsync(new Uri(Address, "/health/ready"))).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            Deadline,
            "the API is ready"
        );
    }

    /// <returns>The program's memory while it holds a subscription for each job, after it has come to rest.</returns>
    private async Task<double> HoldAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellation)
    {
        await using var connections = new EventStreams(Address, _ => { });
        await connections.OpenAsync(jobs, cancellation);
        await Task.Delay(sizes.Calm, cancellation);
        return ProcessUse.ResidentMegabytes(node!.Id);
    }

    private static async Task<Guid> StartJobAsync(EventLog log, CancellationToken cancellation)
    {
        var (job, now) = (Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
        var source = new ArtifactReference("any", new string('a', 64), 1, "video/mp4");
        Event[] events =
        [
            new JobStarted(job, job, "local", Pipelines.LectureHighlights, new(), default, source, "user:local", now),
            new StageRequested(
                new WorkItem(job, job, "local", "probe", Item.WholeVideo, 1, source, [], new(), default, 30),
                now
            ),
        ];
        NewEvent[] written =
        [
            .. events.Select(it => new NewEvent(
                Guid.CreateVersion7(),
                EventTypes.NameOf(it),
                EventTypes.Write(it),
                default,
                null,
                null,
                now
            )),
        ];
        await log.AppendAsync([new StreamAppend(job, "job", 0, written)], cancellation);
        return job;
    }

    /// <summary>Reports of each job in turn, as its worker would.</summary>
    private async Task ReportAsync(
        MessageProducer worker,
        Guid[] jobs,
        TimeSpan duration,
        CancellationToken cancellation
    )
    {
        var clock = Stopwatch.StartNew();
        for (var sent = 0; clock.Elapsed < duration; sent++)
        {
            var due = Pause / jobs.Length * sent;
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed, cancellation);
            var number = ++reports;
            reported[number] = Stopwatch.GetTimestamp();
            var now = TimeProvider.System.GetUtcNow();
            var job = jobs[sent % jobs.Length];
            var report = new Progress(job, "probe", "video", 1, 50, $"{number}", null, "bench", now);
            var message = new CloudEvent(
                $"{number}",
                "bench",
                CloudEvent.Progress,
                $"{job}",
                now,
                System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(report, ContractJson.Options)
            );
            worker.SendNews(topics.Progress, $"{job}", message.Write(), _ => { });
        }
        await worker.FlushAsync(cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
    }

    private void Take(string activity)
    {
        if (long.TryParse(activity, out var number) && reported.TryGetValue(number, out var at))
            delays.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
    }
}

/// <summary>How long is measured.</summary>
/// <param name="Calm">Until a program has come to rest.</param>
internal sealed record LiveSizes(TimeSpan Calm, TimeSpan WarmUp, TimeSpan Round)
{
    public static readonly LiveSizes Full = new(
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(20)
    );

    /// <summary>To see that everything works; its figures mean little.</summary>
    public static readonly LiveSizes Small = new(
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(3),
        TimeSpan.FromSeconds(3)
    );
}
