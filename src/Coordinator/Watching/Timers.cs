using EventPipeline.Coordinator.Relaying;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Coordinator.Watching;

/// <summary>Requests retries when they are due, and gives up attempts that fell silent. Durable, because everything it acts on stands in
/// the log; harmless if two coordinators do it at once, because the stream's version decides.</summary>
/// <remarks>What is silent needs answers of the broker, which may be long in coming; retries do not wait for them.</remarks>
internal sealed partial class Timers(
    OpenWork openWork,
    EventLog log,
    TopicAdministration administration,
    RequiredTopics topics,
    CoordinatorOptions options,
    Tally tally,
    TimeProvider time,
    ILogger<Timers> logger
)
{
    private const int AtOnce = 100;

    /// <summary>A request that was on its way to a broker when that stood still may never be answered; a new one is.</summary>
    private static readonly TimeSpan BrokerPatience = TimeSpan.FromSeconds(5);
    private static readonly Origin Coordinator = new("coordinator");

    private readonly JobDecisions retryDecisions = new(log, time);
    private readonly JobDecisions leaseDecisions = new(log, time);
    private Task expiring = Task.CompletedTask;

    /// <summary>Runs until cancelled.</summary>
    /// <param name="isActive">Whether this coordinator is the one that acts.</param>
    public async Task RunAsync(Func<bool> isActive, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(options.TimerInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                if (isActive())
                    await TickAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // As asked.
        }
        await expiring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        var due = openWork.TakeDue();
        await RetryAsync([.. due.OfType<DueRetry>()], cancellation);
        if (!expiring.IsCompleted)
            return; // What is silent stays so.
        await expiring;
        expiring = ExpireAsync([.. due.OfType<SilentAttempt>()], cancellation);
    }

    private async Task RetryAsync(IReadOnlyList<DueRetry> retries, CancellationToken cancellation) =>
        tally.Retries.Add(
            await DecideAsync(retryDecisions, retries, it => new RetryDue(it.Stage, it.Item, it.Attempt), cancellation)
        );

    private async Task ExpireAsync(IReadOnlyList<SilentAttempt> silent, CancellationToken cancellation)
    {
        var lost = await LostAsync(silent, cancellation);
        // What is decided on now is not asked for again before its events came back through the log.
        openWork.Renew(lost);
        tally.LeasesExpired.Add(
            await DecideAsync(
                leaseDecisions,
                lost,
                it => new ExpireLease(it.Stage, it.Item, it.Attempt, it.WasStarted),
                cancellation
            )
        );
    }

    private async Task<int> DecideAsync<T>(
        JobDecisions decisions,
        IReadOnlyList<T> works,
        Func<T, JobCommand> command,
        CancellationToken cancellation
    )
        where T : DueWork
    {
        var decided = 0;
        try
        {
            foreach (var some in works.Chunk(AtOnce))
            {
                var answers = await decisions.DecideAsync(
                    [.. some.Select(work => new JobRequest(work.JobId, command(work), Coordinator))],
                    cancellation
                );
                decided += answers.Count(answer => answer.Events.Count > 0);
            }
        }
        catch (Npgsql.NpgsqlException e)
        {
            // The database is away. Retries are told again in a few seconds, leases after another one.
            LogDatabase(e);
        }
        return decided;
    }

    /// <summary>Which of the silent attempts are lost. Silence proves nothing while the broker is away, nor before every outcome that was
    /// there when it was noticed has been read, nor of an attempt that nobody began while it is in its stage's queue.</summary>
    private async Task<IReadOnlyList<SilentAttempt>> LostAsync(
        IReadOnlyList<SilentAttempt> silent,
        CancellationToken cancellation
    )
    {
        if (silent.Count == 0)
            return [];
        try
        {
            // Somebody may have wiped the broker: what is asked for anew needs its topics back.
            await topics.EnsureAllAsync(cancellation).WaitAsync(BrokerPatience, time, cancellation);
            var names = options.Topics;
            var results = await PositionAsync(names.ResultsGroup, names.Results, cancellation);
            var outcomes = QueueMark.AtEnd(results.Partitions);
            foreach (var attempt in silent.Where(it => it.Outcomes is null))
                openWork.AwaitOutcomes(attempt, outcomes);
            var telling = silent
                .Where(it => it.Outcomes is { } mark && results.HasPassed(mark))
                .ToLookup(it => it.WasStarted);
            var lost = telling[true].ToList();
            foreach (var stage in telling[false].ToLookup(attempt => attempt.Stage))
            {
                var queue = await PositionAsync(names.StageGroup(stage.Key), names.Stage(stage.Key), cancellation);
                var end = QueueMark.AtEnd(queue.Partitions);
                foreach (var attempt in stage)
                {
                    if (!queue.HasPassed(attempt.Mark ?? end))
                        openWork.StillQueued(attempt, end);
                    else if (!attempt.LeftQueue)
                        openWork.LeftQueue(attempt);
                    else
                        lost.Add(attempt);
                }
            }
            return lost;
        }
        catch (Exception e) when (e is Confluent.Kafka.KafkaException or TimeoutException)
        {
            openWork.Renew(silent);
            LogBroker(e);
            return [];
        }
    }

    private Task<GroupPosition> PositionAsync(string group, string topic, CancellationToken cancellation) =>
        administration.PositionAsync(group, topic, cancellation).WaitAsync(BrokerPatience, time, cancellation);

    [LoggerMessage(LogLevel.Warning, "The database is away; retries and leases wait for it.")]
    private partial void LogDatabase(Exception e);

    [LoggerMessage(LogLevel.Warning, "The broker is away; leases wait for it.")]
    private partial void LogBroker(Exception e);
}
