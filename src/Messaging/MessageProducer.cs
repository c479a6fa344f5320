using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Sends messages. One for the whole process: its messages to a partition arrive in the order of the calls, also
/// across a broker's restart. A broker that is down is waited for.</summary>
public sealed partial class MessageProducer : IAsyncDisposable
{
    private static readonly TimeSpan FlushOnDispose = TimeSpan.FromSeconds(5);

    private readonly ILogger logger;
    private readonly CancellationTokenSource disposing = new();
    private readonly Lock gate = new();
    private readonly Queue<Outgoing> early = [];
    private readonly Task opening;
    private IProducer<string, byte[]>? producer;
    private Exception? failure;
    private volatile string? trouble;

    /// <summary>Connects in the background.</summary>
    public MessageProducer(BrokerOptions broker, ILogger logger)
    {
        KafkaLibrary.Load();
        this.logger = logger;
        opening = OpenAsync(broker);
    }

    /// <summary>What keeps messages from being sent, such as a broker that is down; null while all is well.</summary>
    public string? Trouble => trouble;

    /// <summary>Sends one message and waits until every in-sync replica has it.</summary>
    /// <param name="cancellation">Ends the waiting; a message that is on its way may still arrive.</param>
    /// <exception cref="KafkaException">The broker refuses it: it is too large, or its topic does not exist.</exception>
    public async Task SendAsync(
        string topic,
        string key,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellation = default
    )
    {
        cancellation.ThrowIfCancellationRequested();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(
            topic,
            key,
            WholeArray(value),
            failure =>
            {
                if (failure is null)
                    sent.SetResult();
                else
                    sent.SetException(failure);
            }
        );
        await sent.Task.WaitAsync(cancellation);
    }

    /// <summary>Sends one message; waits only while too much is already on its way.</summary>
    /// <param name="delivered">Called once, on the client's thread, when the message is acknowledged (null) or refused.
    /// It must not block or throw.</param>
    public void Send(string topic, string key, byte[] value, Action<Exception?> delivered) =>
        Send(topic, key, value, (failure, _) => delivered(failure));

    /// <summary>As <see cref="Send(string, string, byte[], Action{Exception})"/>, and tells where in its topic the message came to
    /// stand; null if it was refused, or if the broker only says that it has it already.</summary>
    public void Send(string topic, string key, byte[] value, Action<Exception?, QueueMark?> delivered)
    {
        var outgoing = new Outgoing(topic, new Message<string, byte[]> { Key = key, Value = value }, delivered);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposing.IsCancellationRequested, this);
            if (producer is null && failure is null)
            {
                early.Enqueue(outgoing);
                return;
            }
        }
        if (producer is { } open)
            Produce(open, outgoing);
        else
            delivered(failure, null);
    }

    /// <summary>Waits until everything that was sent before is acknowledged or refused.</summary>
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        await opening.WaitAsync(cancellation);
        if (producer is { } open)
            await Task.Run(() => open.Flush(cancellation), cancellation);
    }

    /// <summary>Gives what is on its way a few seconds to arrive.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposing.IsCancellationRequested)
            return;
        await disposing.CancelAsync();
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (producer is { } open)
            await Task.Run(
                () =>
                {
                    if (open.Flush(FlushOnDispose) is > 0 and var left)
                        LogLeft(logger, left);
                    open.Dispose();
                },
                CancellationToken.None
            );
        disposing.Dispose();
    }

    private async Task OpenAsync(BrokerOptions broker)
    {
        try
        {
            var profile = await BrokerProfiles.DetectAsync(broker, disposing.Token);
            var opened = new ProducerBuilder<string, byte[]>(ClientSettings.Producer(broker, profile))
                .SetLogHandler((_, line) => ClientLog.Write(logger, line))
                .SetErrorHandler((_, error) => Notice(error))
                .Build();
            lock (gate)
            {
                while (early.TryDequeue(out var outgoing))
                    Produce(opened, outgoing);
                producer = opened;
            }
        }
        catch (Exception cause)
        {
            lock (gate)
                failure = cause;
            while (early.TryDequeue(out var outgoing))
                outgoing.Delivered(cause, null);
            throw;
        }
    }

    private void Produce(IProducer<string, byte[]> producer, Outgoing outgoing)
    {
        var (topic, message, delivered) = outgoing;
        while (true)
            try
            {
                producer.Produce(
                    topic,
                    message,
                    report =>
                    {
                        if (!report.Error.IsError)
                            trouble = null;
                        delivered(
                            report.Error.IsError ? Refusal(topic, report.Error) : null,
                            !report.Error.IsError && report.Offset.Value >= 0
                                ? QueueMark.Behind(report.Partition.Value, report.Offset.Value)
                                : null
                        );
                    }
                );
                return;
            }
            catch (ProduceException<string, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(1);
            }
            catch (KafkaException refused)
            {
                delivered(Refusal(topic, refused.Error), null);
                return;
            }
    }

    private void Notice(Error error)
    {
        ClientLog.Write(logger, error, isNews: trouble is null);
        trouble = error.Reason;
    }

    private static KafkaException Refusal(string topic, Error error) =>
        new(new Error(error.Code, $"A message to {topic} was refused: {error.Reason}", error.IsFatal));

    private static byte[] WholeArray(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Array is { } array && array.Length == segment.Count
            ? array
            : value.ToArray();

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Count} messages were still on their way when the producer closed"
    )]
    private static partial void LogLeft(ILogger logger, int count);

    private sealed record Outgoing(
        string Topic,
        Message<string, byte[]> Message,
        Action<Exception?, QueueMark?> Delivered
    );
}
