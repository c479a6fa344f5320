using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Sends messages: those to a partition arrive in the order of the calls, also across a broker's restart. A broker that is down is
/// waited for. When it comes back, or if it no longer knows this producer, another one takes its place and sends again what was not
/// acknowledged, so that it may be there twice. What may be missing is sent again too, and then stands behind later ones.</summary>
internal sealed partial class ProducerClient : IAsyncDisposable
{
    private static readonly TimeSpan FlushOnDispose = TimeSpan.FromSeconds(5);

    /// <summary>As much as a client takes before it makes senders wait (<see cref="ClientSettings"/>).</summary>
    private const long MostWaitingBytes = ClientSettings.ProducerQueueKilobytes * 1024L;

    private static readonly Error Closed = new(
        ErrorCode.Local_Destroy,
        "The program ended before the broker acknowledged a message; it may have arrived."
    );

    private readonly ILogger logger;
    private readonly CancellationTokenSource disposing = new();
    private readonly Lock gate = new();
    private readonly BrokerOptions broker;
    private readonly TimeSpan linger;
    private readonly List<Outgoing> waiting = [];
    private long waitingBytes;

    /// <summary>What the client has and has told nothing about, by its order. Whoever takes a message out decides what becomes of it.</summary>
    private readonly ConcurrentDictionary<long, Outgoing> taken = new();
    private long lastOrder;
    private Task? opening;
    private IProducer<string, byte[]>? producer;
    private Exception? failure;
    private volatile string? trouble;

    /// <summary>Connects in the background when there is something to send: an identity that a broker gave long ago may be somebody else's by
    /// then, if the broker has lost its memory, and a client that knows no topic does not hear of it.</summary>
    /// <param name="linger">How long a message waits for company, so that several go to the broker at once: what somebody waits for to
    /// begin should not wait.</param>
    public ProducerClient(BrokerOptions broker, ILogger logger, TimeSpan linger)
    {
        KafkaLibrary.Load();
        this.logger = logger;
        this.broker = broker;
        this.linger = linger;
    }

    /// <summary>What keeps messages from being sent, such as a broker that is down; null while all is well.</summary>
    public string? Trouble => trouble;

    /// <summary>Sends one message; waits only while too much is already on its way.</summary>
    /// <param name="delivered">Called once, on the client's thread, when the message is acknowledged (null) or refused, with where in its
    /// topic it came to stand, if that is known. It must not block or throw.</param>
    public void Send(string topic, string key, byte[] value, Action<Exception?, QueueMark?> delivered)
    {
        var message = new Message<string, byte[]> { Key = key, Value = value };
        Outgoing outgoing;
        IProducer<string, byte[]>? open;
        while (Interlocked.Read(ref waitingBytes) > MostWaitingBytes && !disposing.IsCancellationRequested)
            Thread.Sleep(1);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposing.IsCancellationRequested, this);
            outgoing = new Outgoing(++lastOrder, topic, message, delivered);
            if (producer is null && failure is null)
            {
                LetWait(outgoing);
                opening ??= Task.Run(OpenAsync, CancellationToken.None);
                return;
            }
            open = producer;
        }
        if (open is not null)
            Produce(open, outgoing);
        else
            delivered(failure, null);
    }

    /// <summary>Waits until everything that was sent before is acknowledged or refused.</summary>
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        if (opening is { } begun)
            await begun.WaitAsync(cancellation);
        if (producer is { } open)
            await Task.Run(() => open.Flush(cancellation), cancellation);
    }

    /// <summary>Gives what is on its way a few seconds to arrive.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposing.IsCancellationRequested)
            return;
        await disposing.CancelAsync();
        if (opening is { } begun)
            await begun.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        foreach (var outgoing in TakeUntold())
            outgoing.Delivered(new KafkaException(Closed), null);
        disposing.Dispose();
    }

    /// <summary>The client, for tests.</summary>
    internal IProducer<string, byte[]>? Client => producer;

    private async Task OpenAsync()
    {
        try
        {
            var profile = await BrokerProfiles.DetectAsync(broker, disposing.Token);
            var sight = new ClientSight();
            var opened = new ProducerBuilder<string, byte[]>(ClientSettings.Producer(broker, profile, linger))
                .SetLogHandler(
                    (from, line) =>
                    {
                        ClientLog.Write(logger, line);
                        if (sight.Hear(line))
                            _ = ReplaceIfLostAsync(from, sight);
                    }
                )
                .SetErrorHandler(Notice)
                .Build();
            lock (gate)
            {
                foreach (var outgoing in TakeWaiting())
                    Produce(opened, outgoing);
                producer = opened;
                if (waiting.Count > 0)
                    ReplaceRefused(opened); // It broke in the meantime.
            }
        }
        catch (Exception cause)
        {
            lock (gate)
                failure = cause;
            foreach (var outgoing in TakeWaiting())
                outgoing.Delivered(cause, null);
            throw;
        }
    }

    /// <summary>Only under the gate.</summary>
    private void LetWait(Outgoing outgoing)
    {
        waiting.Add(outgoing);
        Interlocked.Add(ref waitingBytes, outgoing.Message.Value.Length);
    }

    /// <summary>What a broken client had taken goes before what came since.</summary>
    private List<Outgoing> TakeWaiting()
    {
        lock (gate)
        {
            List<Outgoing> next = [.. waiting.OrderBy(outgoing => outgoing.Order)];
            waiting.Clear();
            Interlocked.Exchange(ref waitingBytes, 0);
            return next;
        }
    }

    private void Produce(IProducer<string, byte[]> open, Outgoing outgoing)
    {
        var (_, topic, message, _) = outgoing;
        taken[outgoing.Order] = outgoing;
        while (true)
            try
            {
                open.Produce(topic, message, report => Settle(open, outgoing, report));
                return;
            }
            catch (ProduceException<string, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(1);
            }
            catch (Exception fatal) when (fatal is KafkaException or ObjectDisposedException)
            {
                if (!taken.TryRemove(outgoing.Order, out _))
                    return; // Given to the next client already.
                if (!IsOfIdentity(fatal) || !TryKeep(open, outgoing))
                    outgoing.Delivered(Refusal(topic, (fatal as KafkaException)?.Error ?? Closed), null);
                return;
            }
    }

    private void Settle(IProducer<string, byte[]> open, Outgoing outgoing, DeliveryReport<string, byte[]> report)
    {
        if (!report.Error.IsError && report.Offset.Value < 0)
        {
            // Not on this thread, which has to tell more before the client takes more.
            _ = Task.Run(() => SendAgain(outgoing), CancellationToken.None);
            return;
        }
        if (!taken.TryRemove(outgoing.Order, out _))
            return;
        // What a client that was replaced could not send any more is not refused.
        if (
            report.Error.IsError
            && (IsOfIdentity(report.Error) || !ReferenceEquals(open, producer))
            && TryKeep(open, outgoing)
        )
            return;
        if (!report.Error.IsError)
            trouble = null;
        outgoing.Delivered(
            report.Error.IsError ? Refusal(outgoing.Topic, report.Error) : null,
            report.Error.IsError ? null : QueueMark.Behind(report.Partition.Value, report.Offset.Value)
        );
    }

    /// <summary>What is acknowledged without a place in its topic was not answered: the client concluded from the answer to a later message
    /// that the broker has the earlier one as well. A broker does not, if it died before it wrote the first message of this producer to a
    /// partition: it then takes whatever comes for the first.</summary>
    private void SendAgain(Outgoing outgoing)
    {
        IProducer<string, byte[]>? open;
        lock (gate)
            open = producer;
        if (!taken.ContainsKey(outgoing.Order))
            return;
        LogSentAgain(logger, outgoing.Topic);
        // One that is being replaced leaves it to the next one.
        if (open is not null)
            Produce(open, outgoing);
    }

    private void Notice(IProducer<string, byte[]> client, Error error)
    {
        ClientLog.Write(logger, error, isNews: trouble is null);
        trouble = error.Reason;
        if (error.IsFatal)
            ReplaceRefused(client);
        else if (error.Code == ErrorCode.Local_AllBrokersDown)
            _ = ReplaceCutOffAsync(client);
    }

    /// <summary>A broker that was away may come back without its memory, and give this producer's identity to another one. Then it takes what
    /// one of them sends for what the other one has sent, says that it is there, and does not write it. Nobody can tell before something
    /// is sent, so no identity is used again; what the broker had written and not acknowledged is there twice.</summary>
    private async Task ReplaceCutOffAsync(IProducer<string, byte[]> client)
    {
        // Not on this thread of the client's, which others may need to get on.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (Replace(client, flush: false))
            LogCutOff(logger);
    }

    /// <summary>The broker and this producer no longer agree on what was sent, for example because the broker lost what it knew of
    /// producers. Nothing that is sent by it will ever be accepted.</summary>
    private static bool IsOfIdentity(Error error) =>
        error.IsFatal
        || error.Code
            is ErrorCode.Local_Fatal
                or ErrorCode.OutOfOrderSequenceNumber
                or ErrorCode.InvalidProducerEpoch
                or ErrorCode.InvalidProducerIdMapping
                or ErrorCode.UnknownProducerId;

    private static bool IsOfIdentity(Exception failure) =>
        failure is ObjectDisposedException || (failure is KafkaException refusal && IsOfIdentity(refusal.Error));

    /// <summary>Gives a message that a broken client did not take to the next one.</summary>
    private bool TryKeep(IProducer<string, byte[]> broken, Outgoing outgoing)
    {
        ReplaceRefused(broken);
        IProducer<string, byte[]>? next;
        lock (gate)
        {
            if (disposing.IsCancellationRequested || failure is not null)
                return false;
            next = producer;
            if (next is null)
                LetWait(outgoing);
        }
        if (next is not null)
            Produce(next, outgoing);
        return true;
    }

    private void ReplaceRefused(IProducer<string, byte[]> broken)
    {
        if (Replace(broken, flush: true))
            LogReplaced(logger);
    }

    private async Task ReplaceIfLostAsync(IProducer<string, byte[]> former, ClientSight sight)
    {
        // Not on this thread of the client's, which others may need to get on.
        await Task.Delay(sight.KnowsOldTopic ? TimeSpan.Zero : ClientSight.Patience, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (sight.KnowsOldTopic && Replace(former, flush: false))
            LogKnowsOldTopic(logger);
        else if (sight.IsBlind && Replace(former, flush: false))
            LogBlind(logger);
    }

    /// <param name="flush">Let it tell first what has become of what it had taken. Not after a broker lost its memory: that may have given
    /// this producer's identity to another one, and would take what comes for a repetition of what that one sent, and not write it.</param>
    private bool Replace(IProducer<string, byte[]> former, bool flush)
    {
        lock (gate)
        {
            if (producer != former || disposing.IsCancellationRequested)
                return false;
            producer = null;
            opening = ReopenAsync(former, flush);
        }
        return true;
    }

    private async Task ReopenAsync(IProducer<string, byte[]> former, bool flush)
    {
        // Not on its own thread, which is the one that tells.
        await Task.Run(
            () =>
            {
                if (flush)
                    former.Flush(FlushOnDispose);
                former.Dispose();
            },
            CancellationToken.None
        );
        lock (gate)
            TakeUntold().ForEach(LetWait);
        await OpenAsync();
    }

    /// <summary>What a client still had when it was closed: from then on it tells nothing more.</summary>
    private List<Outgoing> TakeUntold()
    {
        var untold = new List<Outgoing>();
        foreach (var order in taken.Keys.Order())
        {
            if (taken.TryRemove(order, out var outgoing))
                untold.Add(outgoing);
        }
        return untold;
    }

    private static KafkaException Refusal(string topic, Error error) =>
        new(new Error(error.Code, $"A message to {topic} was refused: {error.Reason}", error.IsFatal));

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Count} messages were still on their way when the producer closed"
    )]
    private static partial void LogLeft(ILogger logger, int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The broker no longer accepts this producer; another one takes its place and sends again what was not acknowledged"
    )]
    private static partial void LogReplaced(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "A topic was made anew; another producer takes the place of the one that knew the old topic and sends again what was not acknowledged"
    )]
    private static partial void LogKnowsOldTopic(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "A message to {Topic} was acknowledged without a place in it, so that it may be missing; it is sent again"
    )]
    private static partial void LogSentAgain(ILogger logger, string topic);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The Kafka client was told that there is no broker, and asks none any more; another producer takes its place and sends again what was not acknowledged"
    )]
    private static partial void LogBlind(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "No broker is there; when one is, another producer sends again what was not acknowledged"
    )]
    private static partial void LogCutOff(ILogger logger);

    /// <param name="Order">Place among all calls.</param>
    private sealed record Outgoing(
        long Order,
        string Topic,
        Message<string, byte[]> Message,
        Action<Exception?, QueueMark?> Delivered
    );
}
