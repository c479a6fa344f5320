using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Host.Tests.Subscribing;
using EventPipeline.TestSupport;

namespace EventPipeline.Host.Tests;

/// <summary>Promise: whoever follows a job hears each of its events once and in order, whatever becomes of connections and of nodes. Fifty
/// subscribers over WebSockets and server-sent events lose their connections by chance; of two nodes, one is killed and the other is told to
/// stop, both come back. The events are appended to the log itself; workers have no part in it.</summary>
public sealed class LiveChaosTests(ITestOutputHelper output)
{
    private const int Subscribers = 50;
    private const int Jobs = 10;
    private const int Attempts = 30;
    private const int Seed = 20261127;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_subscriber_ends_with_exactly_the_events_of_its_job()
    {
        using var installation = await Installation.CreateAsync();
        await using var dataSource = EventLogDataSource.Create(installation.Environment["EVENTPIPELINE_POSTGRES"]);
        var log = new EventLog(dataSource, new EventLogOptions());
        await log.EnsureSchemaAsync(Cancellation);
        int[] ports = [FreePort.Next(), FreePort.Next()];
        Running[] nodes = [.. ports.Select(port => Serve(installation, port))];
        try
        {
            await Task.WhenAll(ports.Select((port, at) => IsReadyAsync(port, nodes[at])));
            var random = new Random(Seed);
            Guid[] jobs = [.. Enumerable.Range(0, Jobs).Select(_ => Guid.CreateVersion7())];
            foreach (var job in jobs)
                await AppendAsync(log, job, 0, 1);
            Subscriber[] subscribers =
            [
                .. Enumerable
                    .Range(0, Subscribers)
                    .Select(number => new Subscriber(
                        jobs[number % Jobs],
                        (number / 2) % 2 == 0 ? "jobEvents" : "jobProgress",
                        number % 2 == 0,
                        ports,
                        new Random(Seed + number)
                    )),
            ];
            var following = Task.WhenAll(subscribers.Select(subscriber => subscriber.FollowAsync(Cancellation)));

            await AppendAllAsync(log, jobs, 1, 10, random);
            nodes[0].Kill();
            await AppendAllAsync(log, jobs, 10, 20, random);
            nodes[0].Dispose();
            nodes[0] = Serve(installation, ports[0]);
            await IsReadyAsync(ports[0], nodes[0]);
            nodes[1].Interrupt();
            await AppendAllAsync(log, jobs, 20, Attempts + 1, random);
            (await nodes[1].EndAsync(Deadline)).ExitCode.ShouldBe(0);
            nodes[1].Dispose();
            nodes[1] = Serve(installation, ports[1]);

            await following.WaitAsync(Deadline, Cancellation);
            foreach (var subscriber in subscribers)
            {
                var expected = (await log.LoadAsync(subscriber.Job, Cancellation))
                    .Where(stored => subscriber.Field == "jobEvents" || stored.Type != "job_started")
                    .Select(stored => $"{stored.Position}");
                subscriber.Heard.ShouldBe(expected);
                subscriber.Percents.ShouldBeInOrder();
            }
            subscribers.ShouldContain(subscriber => subscriber.WasToldToGo, "a WebSocket was closed with 1001");
            output.WriteLine(
                $"{subscribers.Sum(it => it.Heard.Count)} events over {subscribers.Sum(it => it.Connections)} connections"
            );
        }
        finally
        {
            foreach (var node in nodes)
                node.Dispose();
        }
    }

    private static Running Serve(Installation installation, int port) =>
        installation.Start("serve", "--port", $"{port}", "--workers", "false");

    private static async Task IsReadyAsync(int port, Running node)
    {
        using var client = new HttpClient();
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                node.HasExited.ShouldBeFalse(node.Errors);
                try
                {
                    var answer = await client.GetAsync($"http://127.0.0.1:{port}/health/ready", Cancellation);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            Deadline,
            "the node is ready"
        );
    }

    /// <summary>The jobs in turns, so that their events stand between each other in the log.</summary>
    private static async Task AppendAllAsync(EventLog log, Guid[] jobs, int from, int to, Random random)
    {
        for (var attempt = from; attempt < to; attempt++)
        {
            foreach (var job in random.GetItems(jobs, jobs.Length).Distinct().Union(jobs))
                await AppendAsync(log, job, attempt, attempt + 1);
            await Task.Delay(random.Next(120), Cancellation);
        }
    }

    /// <summary>A job that fails again and again, and succeeds at last: three events for each attempt.</summary>
    private static async Task AppendAsync(EventLog log, Guid job, int from, int to)
    {
        var now = DateTimeOffset.UnixEpoch;
        var source = new ArtifactReference("any", new string('a', 64), 1, "video/mp4");
        var started = new JobStarted(job, job, "local", Pipelines.DebugEcho, new(), default, source, "user:local", now);
        WorkItem Work(int attempt) =>
            new(job, job, "local", "debug.echo", Item.WholeVideo, attempt, source, [], new(), default, 30);
        List<Event> events = [];
        for (var attempt = from; attempt < to; attempt++)
        {
            if (attempt == 0)
                events.Add(started);
            else if (attempt < Attempts)
                events.AddRange([
                    new StageRequested(Work(attempt), now),
                    new StageFailed("debug.echo", "video", attempt, FailureKind.Transient, "Not yet.", now, now),
                ]);
            else
                events.AddRange([
                    new StageRequested(Work(attempt), now),
                    new StageSucceeded("debug.echo", "video", attempt, null, [], now),
                    new JobCompleted(now),
                ]);
        }
        var version = from == 0 ? 0 : 1 + (2 * (from - 1));
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
        await log.AppendAsync([new StreamAppend(job, "job", version, written)], Cancellation);
    }
}
