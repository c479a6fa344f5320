using EventPipeline.Contracts;
using EventPipeline.Coordinator.Relaying;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.Messaging;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Coordinator.Dispatching;

/// <summary>Hands out what waits for its turn, as room comes up in the topics of the stages. The work items themselves are read from the log
/// again, so that ten thousand that wait cost next to no memory.</summary>
internal sealed partial class Dispatcher(
    EventLog log,
    Turns turns,
    WaitingTable table,
    OpenWork openWork,
    RequiredTopics topics,
    MessageProducer producer,
    CoordinatorOptions options,
    Tally tally,
    TimeProvider time,
    ILogger<Dispatcher> logger
)
{
    private const int AtOnce = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>The relay's page is written within seconds, or read again.</summary>
    private static readonly TimeSpan RowsCome = TimeSpan.FromMinutes(1);

    /// <summary>Handed out before their rows were written, with the timestamp of that: the rows go as soon as they are there.</summary>
    private readonly Dictionary<long, long> unwritten = [];

    private bool isHeldUp;

    /// <summary>Runs until cancelled.</summary>
    /// <param name="isActive">Whether this coordinator is the one that acts. Two that both believe so for a moment only hand something out
    /// twice.</param>
    public async Task RunAsync(Func<bool> isActive, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await turns.UntilRoomAsync(LookAgain, cancellation);
                while (isActive() && turns.Take(AtOnce) is { Count: > 0 } works)
                    await HandOutAsync(works, cancellation);
                if (unwritten.Count > 0)
                    await RemoveAsync([], cancellation);
            }
            catch (NpgsqlException e)
            {
                LogHeldUp(e);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Whatever could not be handed out waits again.</summary>
    private async Task HandOutAsync(IReadOnlyList<WaitingWork> works, CancellationToken cancellation)
    {
        var wanted = works.Where(openWork.HandOut).ToList();
        try
        {
            if (isHeldUp)
                await topics.EnsureAllAsync(cancellation); // Somebody may have wiped the broker.
            isHeldUp = false;
            var requests = (await log.FindAsync([.. wanted.Select(work => work.Sequence)], cancellation)).ToDictionary(
                stored => stored.Position.Sequence
            );
            // Their rows go only when all of them have arrived: should this process end before, they are handed out once more.
            await Task.WhenAll(wanted.Select(work => SendAsync(requests[work.Sequence], cancellation)));
        }
        catch (Exception e) when (e is NpgsqlException or Confluent.Kafka.KafkaException or TimeoutException)
        {
            isHeldUp = true;
            LogHeldUp(e);
            foreach (var work in wanted)
            {
                unwritten.Remove(work.Sequence);
                openWork.TakeBack(work);
            }
            await Task.Delay(Pause, time, cancellation);
            return;
        }
        await RemoveAsync(works, cancellation);
    }

    private async Task RemoveAsync(IReadOnlyList<WaitingWork> works, CancellationToken cancellation)
    {
        foreach (var work in works)
            unwritten[work.Sequence] = time.GetTimestamp();
        foreach (var removed in await table.RemoveAsync(unwritten.Keys, cancellation))
            unwritten.Remove(removed);
        foreach (var (sequence, since) in unwritten)
        {
            if (time.GetElapsedTime(since) > RowsCome)
                unwritten.Remove(sequence);
        }
    }

    private async Task SendAsync(StoredEvent stored, CancellationToken cancellation)
    {
        var work = ((StageRequested)EventCodec.ReadJobEvent(stored)!).Work;
        var message = OutgoingMessages.OfWork(stored, work, options.Topics);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        producer.Send(
            message.Topic,
            message.Key,
            message.Value,
            (failure, mark) =>
            {
                if (mark is not null)
                    openWork.Queued(work, mark);
                if (failure is null)
                    sent.SetResult();
                else
                    sent.SetException(failure);
            }
        );
        await sent.Task.WaitAsync(cancellation);
        tally.RequestsPublished.Add();
    }

    [LoggerMessage(LogLevel.Warning, "Work that waits could not be handed out; it is tried again in a second.")]
    private partial void LogHeldUp(Exception e);
}
