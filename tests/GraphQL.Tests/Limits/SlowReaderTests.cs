using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using EventPipeline.GraphQL.Tests.Http;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Limits;

/// <summary>Whoever does not read what it has subscribed to is let go, and until then events stay where they come from.</summary>
public sealed class SlowReaderTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private TestServer server = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await TestServer.StartAsync(options =>
        {
            options.Connections.SendTimeout = TimeSpan.FromMilliseconds(500);
            options.Connections.SendQueue = 4;
        });

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task A_WebSocket_that_is_not_read_is_closed_with_a_reason()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(server.SocketUrl, Now);
        await SendAsync(socket, """{"type":"connection_init"}""");
        await SendAsync(
            socket,
            """{"id":"1","type":"subscribe","payload":{"query":"subscription { text(length: 500000) }"}}"""
        );

        await OpenBecomesAsync(1);
        await OpenBecomesAsync(0);

        // Whoever reads on quickly enough learns why.
        var buffer = new byte[1024 * 1024];
        var received = 0L;
        while (socket.State == WebSocketState.Open)
            received += (await socket.ReceiveAsync(buffer, Now)).Count;
        ((int?)socket.CloseStatus).ShouldBe(1013);
        socket.CloseStatusDescription.ShouldBe("The client reads too slowly.");
        received.ShouldBeLessThan(50_000_000);
    }

    [Fact]
    public async Task A_stream_of_events_that_is_not_read_is_ended()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(server.Url).Port, Now);
        var request =
            "GET /graphql?query=subscription%7Btext(length:500000)%7D HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Now);

        await OpenBecomesAsync(1);
        await OpenBecomesAsync(0);
    }

    private Task OpenBecomesAsync(int count) =>
        Eventually.BecomesTrueAsync(
            async () =>
                await server.Client.GetStringAsync($"{server.Url}?query={{count}}", Now)
                == $$$"""{"data":{"count":{{{count}}}}}""",
            Patience,
            $"{count} sources of events are open"
        );

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, Now);
}
