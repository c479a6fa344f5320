using System.Buffers;
using System.Net.WebSockets;

namespace EventPipeline.GraphQL.Http.WebSockets;

/// <summary>Puts messages together, none larger than allowed. An idle connection has no buffer.</summary>
internal sealed class WebSocketReader(WebSocket socket, int maximum) : IDisposable
{
    private const int Smallest = 4096;
    private byte[] buffer = [];

    /// <summary>The next message, which is there until the next call, or why the connection ends.</summary>
    public async ValueTask<(ReadOnlySequence<byte> Message, Close? Close)> ReadAsync()
    {
        Release();
        // Returns when there is something to read.
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        var length = 0;
        while (received.MessageType != WebSocketMessageType.Close)
        {
            if (received.MessageType != WebSocketMessageType.Text)
                return (default, Close.Invalid("Only text messages are supported"));
            if (received.EndOfMessage)
                return (new ReadOnlySequence<byte>(buffer, 0, length), null);
            if (length >= maximum)
                return (default, Close.TooLarge);
            if (length == buffer.Length)
                Grow(length);
            received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += received.Count;
        }
        return (default, Close.Normal);
    }

    /// <summary>Reads on until the client closes, without looking: what it has sent before it heard our last word must not be left, or
    /// the connection is reset and the word lost.</summary>
    public async Task ReadToCloseAsync()
    {
        Release();
        Grow(0);
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
    }

    public void Dispose() => Release();

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Smallest, length * 2));
        buffer.AsSpan(0, length).CopyTo(larger);
        Release();
        buffer = larger;
    }

    private void Release()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
