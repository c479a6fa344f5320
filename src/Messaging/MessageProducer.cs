using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventPipeline.Messaging;

/// <summary>Sends messages; one for the whole process. Work, which somebody waits for, goes at once; news wait a little for company, because
/// most of what a message costs is the request that it comes with. Work to a partition arrives in the order of the calls, and so do news.</summary>
public sealed class MessageProducer(BrokerOptions broker, ILogger logger) : IAsyncDisposable
{
    /// <summary>Short beside what a person notices.</summary>
    private static readonly TimeSpan NewsLinger = TimeSpan.FromMilliseconds(5);

    private readonly ProducerClient work = new(broker, logger, TimeSpan.Zero);
    private readonly Lazy<ProducerClient> news = new(() => new ProducerClient(broker, logger, NewsLinger));

    /// <summary>What keeps messages from being sent, such as a broker that is down; null while all is well.</summary>
    public string? Trouble => work.Trouble ?? (news.IsValueCreated ? news.Value.Trouble : null);

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
        work.Send(topic, key, value, (failure, _) => delivered(failure));

    /// <summary>As <see cref="Send(string, string, byte[], Action{Exception})"/>, and tells where in its topic the message came to
    /// stand; null if it was refused.</summary>
    public void Send(string topic, string key, byte[] value, Action<Exception?, QueueMark?> delivered) =>
        work.Send(topic, key, value, delivered);

    /// <summary>As <see cref="Send(string, string, byte[], Action{Exception})"/>, a few milliseconds later.</summary>
    public void SendNews(string topic, string key, byte[] value, Action<Exception?> delivered) =>
        news.Value.Send(topic, key, value, (failure, _) => delivered(failure));

    /// <summary>Waits until everything that was sent before is acknowledged or refused.</summary>
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        await work.FlushAsync(cancellation);
        if (news.IsValueCreated)
            await news.Value.FlushAsync(cancellation);
    }

    /// <summary>Gives what is on its way a few seconds to arrive.</summary>
    public async ValueTask DisposeAsync()
    {
        await work.DisposeAsync();
        if (news.IsValueCreated)
            await news.Value.DisposeAsync();
    }

    /// <summary>The client, for tests.</summary>
    internal IProducer<string, byte[]>? Client => work.Client;

    private static byte[] WholeArray(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Array is { } array && array.Length == segment.Count
            ? array
            : value.ToArray();
}
