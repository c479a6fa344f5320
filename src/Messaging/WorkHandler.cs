using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Runs a handler on one delivery until it is settled: faults are tried again, what is rejected goes to the dead
/// letters first.</summary>
internal sealed partial class WorkHandler(
    WorkConsumerOptions options,
    MessageProducer producer,
    Func<Delivery, CancellationToken, Task<Settlement>> handle,
    TimeProvider clock,
    ILogger logger
)
{
    private static readonly TimeSpan FirstFaultPause = TimeSpan.FromMilliseconds(500);
    private long faults;

    /// <summary>How often a handler threw.</summary>
    public long Faults => Interlocked.Read(ref faults);

    /// <summary>Never throws.</summary>
    public async Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            var settlement = await TryAsync(delivery, cancellation);
            if (settlement is Reject reject)
                await DeadLetter.Of(delivery, reject.Reason, clock.GetUtcNow()).SendAsync(producer, cancellation);
            else if (settlement is Release)
                await Task.Delay(options.ReleasePause, clock, cancellation);
            return settlement;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new Release("The work was cancelled here.");
        }
        catch (Exception failure)
        {
            LogNoDeadLetter(logger, failure, delivery.Topic, delivery.Partition, delivery.Offset);
            return new Release("It could not be sent to the dead letters.");
        }
    }

    private async Task<Settlement> TryAsync(Delivery delivery, CancellationToken cancellation)
    {
        for (var fault = 1; ; fault++)
            try
            {
                return await handle(delivery, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                Interlocked.Increment(ref faults);
                LogFault(logger, failure, delivery.Topic, delivery.Partition, delivery.Offset, fault);
                if (fault >= options.MaximumFaults)
                    return new Reject(
                        $"The handler failed {fault} times, at last with {failure.GetType().Name}: {failure.Message}"
                    );
                await Task.Delay(FirstFaultPause * fault, clock, cancellation);
            }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The handler of {Topic}[{Partition}] {Offset} failed, fault {Fault}"
    )]
    private static partial void LogFault(
        ILogger logger,
        Exception failure,
        string topic,
        int partition,
        long offset,
        int fault
    );

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Topic}[{Partition}] {Offset} was rejected, but its dead letter could not be sent; it will be delivered again"
    )]
    private static partial void LogNoDeadLetter(
        ILogger logger,
        Exception failure,
        string topic,
        int partition,
        long offset
    );
}
