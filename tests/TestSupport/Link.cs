using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EventPipeline.TestSupport;

/// <summary>What a link does with what passes.</summary>
public enum LinkState
{
    /// <summary>Everything arrives at once.</summary>
    Open,

    /// <summary>Everything arrives late.</summary>
    Slow,

    /// <summary>Nothing arrives, and nobody is told: a partition. What is on its way arrives when it ends.</summary>
    Frozen,

    /// <summary>Connections break and none is made: the other side seems to be down.</summary>
    Cut,

    /// <summary>What is asked arrives and is done; the answer is cut off.</summary>
    AnswersLost,
}

/// <summary>The way from one part to one server: a TCP proxy that can be troubled.</summary>
public sealed class Link : IAsyncDisposable
{
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener listener;
    private readonly int target;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<(TcpClient Asking, TcpClient Answering), bool> pairs = new();
    private readonly Task accepting;
    private volatile LinkState state;

    public Link(int target)
    {
        this.target = target;
        Port = FreePort.Next();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start(backlog: 200);
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public LinkState State
    {
        get => state;
        set
        {
            state = value;
            if (value == LinkState.Cut)
                foreach (var pair in pairs.Keys)
                    Close(pair);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        foreach (var pair in pairs.Keys)
            Close(pair);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
            try
            {
                var asking = await listener.AcceptTcpClientAsync(stopping.Token);
                _ = Task.Run(() => CarryAsync(asking));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
                // A connection that was given up before it was accepted, or the end.
            }
    }

    private async Task CarryAsync(TcpClient asking)
    {
        var answering = new TcpClient();
        var pair = (asking, answering);
        pairs[pair] = true;
        try
        {
            if (state == LinkState.Cut)
                return;
            asking.NoDelay = answering.NoDelay = true;
            await answering.ConnectAsync(IPAddress.Loopback, target, stopping.Token);
            await Task.WhenAny(
                PumpAsync(asking.GetStream(), answering.GetStream(), areAnswers: false),
                PumpAsync(answering.GetStream(), asking.GetStream(), areAnswers: true)
            );
        }
        catch (Exception broken) when (IsOrdinary(broken))
        {
            // One of the two is gone, and the other one is told below.
        }
        finally
        {
            Close(pair);
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool areAnswers)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReadAsync(buffer, stopping.Token) is > 0 and var count)
            {
                while (state == LinkState.Frozen)
                    await Task.Delay(LookAgain, stopping.Token);
                if (state == LinkState.Slow)
                    await Task.Delay(Slowness, stopping.Token);
                if (state == LinkState.Cut || (areAnswers && state == LinkState.AnswersLost))
                    return;
                await to.WriteAsync(buffer.AsMemory(0, count), stopping.Token);
            }
        }
        catch (Exception broken) when (IsOrdinary(broken))
        {
            // The end of this pump ends the pair.
        }
    }

    private static bool IsOrdinary(Exception broken) =>
        broken
            is IOException
                or SocketException
                or ObjectDisposedException
                or OperationCanceledException
                or InvalidOperationException;

    private void Close((TcpClient Asking, TcpClient Answering) pair)
    {
        pairs.TryRemove(pair, out _);
        pair.Asking.Dispose();
        pair.Answering.Dispose();
    }
}
