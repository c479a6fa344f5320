using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace EventPipeline.Host.Tests.Subscribing;

/// <summary>The results of one subscription over one connection. The sequence ends if the connection was closed in order, and throws if it
/// was lost (<see cref="IsLoss" />).</summary>
internal static class Transports
{
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    public static bool IsLoss(Exception exception) =>
        exception is HttpRequestException or IOException or WebSocketException;

    public static async IAsyncEnumerable<JsonElement> OverEventStreamAsync(
        Uri address,
        string request,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(request, Encoding.UTF8, "application/json"),
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            // Clients would not come back.
            if (line == "event: complete")
                throw new InvalidOperationException("It should go on.");
            if (line.StartsWith("data: {", StringComparison.Ordinal))
                yield return JsonDocument.Parse(line[6..]).RootElement;
        }
    }

    public static async IAsyncEnumerable<JsonElement> OverWebSocketAsync(
        Uri address,
        string request,
        Action toldToGo,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(address, cancellation);
        await SayAsync("""{"type":"connection_init"}""");
        await SayAsync($$"""{"id":"1","type":"subscribe","payload":{{request}}}""");
        var buffer = new byte[64 << 10];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                if (socket.CloseStatus == WebSocketCloseStatus.EndpointUnavailable)
                    toldToGo();
                yield break;
            }
            var message = JsonDocument.Parse(buffer.AsMemory(0, received.Count)).RootElement.Clone();
            switch (message.GetProperty("type").GetString())
            {
                case "next":
                    yield return message.GetProperty("payload");
                    break;
                case "error" or "complete":
                    throw new InvalidOperationException($"It should go on: {message}");
            }
        }

        ValueTask SayAsync(string text) =>
            socket.SendAsync(
                Encoding.UTF8.GetBytes(text).AsMemory(),
                WebSocketMessageType.Text,
                endOfMessage: true,
                cancellation
            );
    }
}
