using System.Collections.Concurrent;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using EventPipeline.Projections.Jobs;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Host.Processing;

/// <summary>Watches a job until it ends: its events come from the log, so none is missed; what happens between them comes from the
/// progress topic, where a lost message does no harm.</summary>
internal sealed partial class JobFollower(
    EventLog log,
    BrokerOptions broker,
    Topics topics,
    TimeProvider time,
    ILogger<JobFollower> logger
)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    public async Task<JobEvent> FollowAsync(
        Guid jobId,
        ProgressBoard board,
        Action changed,
        CancellationToken cancellation
    )
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var news = new ConcurrentQueue<Progress>();
        var reading = ReadProgressAsync(jobId, news, done.Token);
        try
        {
            for (long version = 0; ; )
            {
                foreach (var stored in await LoadAsync(jobId, version, cancellation))
                {
                    version = stored.Version;
                    if (EventTypes.Read(stored.Type, stored.Data.Span) is { } @event)
                        board.Apply(@event);
                }
                while (news.TryDequeue(out var progress))
                    board.Apply(progress);
                changed();
                if (board.End is { } end)
                    return end;
                await Task.Delay(Interval, time, cancellation);
            }
        }
        finally
        {
            await done.CancelAsync();
            await reading;
        }
    }

    /// <summary>The workers live through a database that is away for a while, so whoever watches them has to, too.</summary>
    private async Task<IReadOnlyList<StoredEvent>> LoadAsync(Guid jobId, long version, CancellationToken cancellation)
    {
        try
        {
            return await log.LoadAsync(jobId, cancellation, version);
        }
        catch (NpgsqlException failure) when (!cancellation.IsCancellationRequested)
        {
            LogUnreachable(logger, failure);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Warning, "The event log cannot be read; trying again.")]
    private static partial void LogUnreachable(ILogger logger, Exception failure);

    private Task ReadProgressAsync(Guid jobId, ConcurrentQueue<Progress> news, CancellationToken cancellation) =>
        new BroadcastReader(
            broker,
            topics.Progress,
            BroadcastStart.End,
            delivery =>
            {
                if (CloudEvent.Read(delivery.Value).DataAs<Progress>() is var progress && progress.JobId == jobId)
                    news.Enqueue(progress);
            },
            logger
        ).RunAsync(cancellation);
}
