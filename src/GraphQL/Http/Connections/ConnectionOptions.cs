using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http.Connections;

/// <summary>What one connection that carries several operations may do: a WebSocket, or a stream of server-sent events.</summary>
public sealed class ConnectionOptions
{
    /// <summary>Operations at the same time, subscriptions among them. More are answered with TOO_MANY_OPERATIONS.</summary>
    public int MaximumOperations { get; set; } = 100;

    /// <summary>Subscriptions at the same time. More are answered with TOO_MANY_SUBSCRIPTIONS.</summary>
    public int MaximumSubscriptions { get; set; } = 50;

    /// <summary>Messages that wait to be sent. While they are so many, no more events are taken from where they come from.</summary>
    public int SendQueue { get; set; } = 64;

    /// <summary>How long one message may take to be sent, or the answer to a sign of life to come, before the connection is closed.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client of a WebSocket may take to say <c>connection_init</c>.</summary>
    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an idle connection shows that it lives, so that nothing between client and server closes it.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a reserved stream of server-sent events waits to be opened.</summary>
    public TimeSpan ReservationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Streams of server-sent events that may be reserved or open by reservation at the same time.</summary>
    public int MaximumReservations { get; set; } = 10_000;

    /// <summary>Whether a WebSocket with the payload of its <c>connection_init</c> is welcome; all are if not set.</summary>
    public Func<HttpContext, JsonElement, ValueTask<bool>>? Accept { get; set; }
}
