using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EventPipeline.TestSupport;

namespace EventPipeline.Messaging.Tests;

/// <summary>The way to a broker that can be made to say, in its answers about metadata, that there is no broker: as one does that its
/// controller gave up.</summary>
internal sealed class BlindingLink : IAsyncDisposable
{
    private const int MetadataKey = 3;

    /// <summary>From this version on arrays have compact lengths and there are tags.</summary>
    private const int FirstFlexibleVersion = 9;

    private readonly TcpListener listener;
    private readonly int target;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private readonly ConcurrentBag<TcpClient> open = [];
    private volatile bool isBlinding;
    private int blinded;

    public BlindingLink(int target)
    {
        this.target = target;
        Port = FreePort.Next();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public bool IsBlinding
    {
        set => isBlinding = value;
    }

    /// <summary>How many answers named no broker.</summary>
    public int Blinded => blinded;

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
            // Numbers of the questions about metadata whose answers are to come.
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

    private static byte[] Note(byte[] question, ConcurrentDictionary<int, bool> asked)
    {
        if (BinaryPrimitives.ReadInt16BigEndian(question) != MetadataKey)
            return question;
        BinaryPrimitives
            .ReadInt16BigEndian(question.AsSpan(2))
            .ShouldBeGreaterThanOrEqualTo((short)FirstFlexibleVersion);
        asked[BinaryPrimitives.ReadInt32BigEndian(question.AsSpan(4))] = true;
        return question;
    }

    /// <summary>Number of the question, tags, time to wait, brokers (number, host, port, rack, tags), and what follows.</summary>
    private byte[] Alter(byte[] answer, ConcurrentDictionary<int, bool> asked)
    {
        if (!asked.TryRemove(BinaryPrimitives.ReadInt32BigEndian(answer), out _) || !isBlinding)
            return answer;
        const int BrokersAt = 4 + 1 + 4;
        var at = BrokersAt;
        for (var left = Length(answer, ref at); left > 0; left--)
        {
            at += 4;
            SkipText();
            at += 4;
            SkipText();
            answer[at++].ShouldBe((byte)0, "there are no tags");
        }
        Interlocked.Increment(ref blinded);
        return [.. answer[..BrokersAt], 1, .. answer[at..]];

        void SkipText()
        {
            var length = Length(answer, ref at);
            at += length;
        }
    }

    /// <summary>A compact length: one more than it means, seven bits a byte, the lowest first.</summary>
    private static int Length(byte[] answer, ref int at)
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = answer[at++];
            length |= (next & 0x7f) << shift;
            if (next < 0x80)
                return Math.Max(0, length - 1);
        }
    }
}
