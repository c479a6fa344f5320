using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>The way to a broker on which answers to one kind of question can be altered.</summary>
internal sealed class AlteringLink : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly int target;
    private readonly short key;
    private readonly short firstVersion;
    private readonly short lastVersion;
    private readonly Func<byte[], byte[]> alter;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private readonly ConcurrentBag<TcpClient> open = [];
    private volatile bool isAltering;
    private int altered;

    /// <param name="key">Kafka's number of the kind of question.</param>
    /// <param name="firstVersion">Of the question, that <paramref name="alter"/> understands.</param>
    /// <param name="lastVersion">As <paramref name="firstVersion"/>.</param>
    /// <param name="alter">Takes the answer, without its length, and gives another one.</param>
    public AlteringLink(int target, short key, short firstVersion, short lastVersion, Func<byte[], byte[]> alter)
    {
        this.target = target;
        (this.key, this.firstVersion, this.lastVersion, this.alter) = (key, firstVersion, lastVersion, alter);
        Port = FreePort.Next();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public bool IsAltering
    {
        set => isAltering = value;
    }

    /// <summary>How many answers were altered.</summary>
    public int Altered => altered;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        foreach (var client in open)
            client.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
            try
            {
                var asking = await listener.AcceptTcpClientAsync(stopping.Token);
                open.Add(asking);
                _ = CarryAsync(asking);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
                // A connection that was given up before it was accepted, or the end.
            }
    }

    private async Task CarryAsync(TcpClient asking)
    {
        using var answering = new TcpClient { NoDelay = true };
        try
        {
            asking.NoDelay = true;
            await answering.ConnectAsync(IPAddress.Loopback, target, stopping.Token);
            // Numbers of the questions whose answers are to come.
            var asked = new ConcurrentDictionary<int, bool>();
            await Task.WhenAny(
                PumpAsync(asking.GetStream(), answering.GetStream(), question => Note(question, asked)),
                PumpAsync(answering.GetStream(), asking.GetStream(), answer => Alter(answer, asked))
            );
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // One of the two is gone.
        }
        finally
        {
            asking.Dispose();
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<byte[], byte[]> pass)
    {
        var length = new byte[4];
        try
        {
            while (true)
            {
                await from.ReadExactlyAsync(length, stopping.Token);
                var message = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                await from.ReadExactlyAsync(message, stopping.Token);
                message = pass(message);
                BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
                await to.WriteAsync(
                    new byte[][] { length, message }
                        .SelectMany(it => it)
                        .ToArray(),
                    stopping.Token
                );
            }
        }
        catch (Exception broken)
            when (broken is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of this pump ends the pair.
        }
    }

    private byte[] Note(byte[] question, ConcurrentDictionary<int, bool> asked)
    {
        if (BinaryPrimitives.ReadInt16BigEndian(question) != key)
            return question;
        BinaryPrimitives.ReadInt16BigEndian(question.AsSpan(2)).ShouldBeInRange(firstVersion, lastVersion);
        asked[BinaryPrimitives.ReadInt32BigEndian(question.AsSpan(4))] = true;
        return question;
    }

    private byte[] Alter(byte[] answer, ConcurrentDictionary<int, bool> asked)
    {
        if (!asked.TryRemove(BinaryPrimitives.ReadInt32BigEndian(answer), out _) || !isAltering)
            return answer;
        Interlocked.Increment(ref altered);
        return alter(answer);
    }
}

/// <summary>A place in a message of Kafka's newer kind, whose arrays and texts begin with compact lengths, and which has tags.</summary>
internal ref struct MessagePlace(ReadOnlySpan<byte> message, int at)
{
    private readonly ReadOnlySpan<byte> message = message;

    public int At { get; private set; } = at;

    public void Skip(int count) => At += count;

    public void SkipText() => Skip(Length());

    /// <summary>One more than it means, seven bits a byte, the lowest first.</summary>
    public int Length()
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[At];
            At++;
            length |= (next & 0x7f) << shift;
            if (next < 0x80)
                return Math.Max(0, length - 1);
        }
    }
}
