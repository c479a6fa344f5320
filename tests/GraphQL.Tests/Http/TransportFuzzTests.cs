using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>Whatever strangers send, the server answers, says nothing internal, and serves others as before.</summary>
public sealed class TransportFuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string[] Texts =
    [
        """{"query":"{ hello }"}""",
        """{"query":"{ fails }","variables":{"a":[1,2.5,null,{"b":"\u00e9"}]},"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}""",
        """{"query":"query A($x: Int!) { person(id: $x) { friends(first: $x) { id } } }","operationName":"A","variables":{"x":3}}""",
        """{"query":"subscription { countTo(last: 2) }","extensions":{"operationId":"1"}}""",
        """{"type":"connection_init","payload":{}}""",
        """{"type":"ping"}""",
        """{"id":"1","type":"subscribe","payload":{"query":"subscription { countTo(last: 5) }"}}""",
        """{"id":"2","type":"subscribe","payload":{"query":"subscription { countsAndWaits(last: 5) }"}}""",
        """{"id":"3","type":"subscribe","payload":{"query":"{ fails person(id: 1) { name } }"}}""",
        """{"id":"1","type":"complete"}""",
    ];

    private TestServer server = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await TestServer.StartAsync(options =>
        {
            options.MaximumBodySize = 5000;
            options.Connections.InitTimeout = TimeSpan.FromSeconds(1);
            options.Connections.ReservationTimeout = TimeSpan.FromSeconds(1);
        });

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Requests_of_any_kind_are_answered()
    {
        var statuses = new SortedDictionary<int, int>();
        foreach (var random in Seeds.For(2000))
        {
            using var request = Request(random);
            using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now);
            var status = (int)response.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            status.ShouldBeLessThan(500, string.Join('\n', server.Log.All.TakeLast(1)));
            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                SaysNothingInternal(await response.Content.ReadAsStringAsync(Now));
        }
        output.WriteLine($"statuses: {string.Join(", ", statuses.Select(pair => $"{pair.Value} x {pair.Key}"))}");
        await ServesOthersAsync();
    }

    [Fact]
    public async Task Messages_of_any_kind_are_answered_or_end_the_connection()
    {
        var closes = new SortedDictionary<string, int>();
        foreach (var random in Seeds.For(200))
        {
            using var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol("graphql-transport-ws");
            await socket.ConnectAsync(server.SocketUrl, Now);
            var close = await TalkAsync(socket, random);
            closes[close] = closes.GetValueOrDefault(close) + 1;
        }
        output.WriteLine($"ends: {string.Join(", ", closes.Select(pair => $"{pair.Value} x {pair.Key}"))}");
        await ServesOthersAsync();
    }

    private static async Task<string> TalkAsync(ClientWebSocket socket, Random random)
    {
        var reading = ReadAsync(socket);
        try
        {
            if (random.Next(3) > 0)
                await SendAsync(socket, Encoding.UTF8.GetBytes(Texts[4]), random);
            for (var left = random.Next(8); left > 0 && socket.State == WebSocketState.Open; left--)
                await SendAsync(socket, Bytes(random), random);
            if (random.Next(2) == 0)
                socket.Abort();
            else
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", Now);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The server has closed it.
        }
        return await reading.WaitAsync(TimeSpan.FromSeconds(30), Now);
    }

    private static async Task<string> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer, Now);
                SaysNothingInternal(Encoding.UTF8.GetString(buffer.AsSpan(0, received.Count)));
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    SaysNothingInternal(socket.CloseStatusDescription ?? "");
                    return $"{(int)socket.CloseStatus!}";
                }
            }
        }
        // A socket that is aborted before somebody listens counts as disposed.
        catch (Exception exception)
            when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return "aborted";
        }
    }

    private static Task SendAsync(ClientWebSocket socket, byte[] bytes, Random random)
    {
        var type = random.Next(20) == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        return socket.SendAsync(bytes, type, endOfMessage: random.Next(20) > 0, Now);
    }

    private HttpRequestMessage Request(Random random)
    {
        var method = new HttpMethod(Pick(random, "GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"));
        var query = Pick(random, "", "", $"?query={Uri.EscapeDataString(Text(random))}", "?token=x&operationId=1");
        var request = new HttpRequestMessage(method, server.Url + query);
        request.Headers.TryAddWithoutValidation(
            "Accept",
            Pick(
                random,
                "*/*",
                "application/json",
                "application/graphql-response+json",
                "text/event-stream",
                ";;,q=",
                "a/b"
            )
        );
        if (random.Next(10) == 0)
            request.Headers.TryAddWithoutValidation("X-GraphQL-Event-Stream-Token", Pick(random, "x", "(){}", "\"'"));
        if (method == HttpMethod.Post || random.Next(4) == 0)
        {
            request.Content = new ByteArrayContent(Bytes(random));
            var type = Pick(random, "application/json", "application/json", "application/json", "text/plain", "?", "");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        return request;
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(Text(random));
        if (random.Next(4) == 0)
        {
            for (var left = random.Next(1, 6); left > 0 && bytes.Length > 0; left--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }
        if (random.Next(20) == 0)
            random.NextBytes(bytes);
        return random.Next(100) == 0 ? new byte[random.Next(10_000)] : bytes;
    }

    private static string Text(Random random)
    {
        var text = Texts[random.Next(Texts.Length)];
        return random.Next(3) switch
        {
            0 => text,
            1 => Mutate(text, random),
            _ => new JsonObject
            {
                [Pick(random, "query", "type", "id", "x")] = Pick(random, "subscribe", "{ hello }", "\ud83d\ude00", ""),
                [Pick(random, "variables", "payload", "extensions", "operationName")] = JsonNode.Parse(
                    Pick(random, "1", "null", "[]", "{}", "\"a\"", """{"query":"{ fails }","a":{"b":[[[[]]]]}}""")
                ),
            }.ToJsonString(),
        };
    }

    private static string Mutate(string text, Random random)
    {
        var (from, to) = (random.Next(text.Length), random.Next(text.Length));
        return random.Next(4) switch
        {
            0 => text[..from],
            1 => text.Remove(Math.Min(from, to), Math.Abs(from - to)),
            2 => text.Insert(from, Pick(random, "\\ud800", "\\u0000", "{", "]", "\"", "\n", "\u2028", "1e999")),
            _ => text[..from] + text[to..],
        };
    }

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];

    private static void SaysNothingInternal(string text)
    {
        text.ShouldNotContain("secret");
        text.ShouldNotContain("Exception");
        text.ShouldNotContain("   at ");
    }

    private async Task ServesOthersAsync()
    {
        await Eventually.BecomesTrueAsync(
            async () =>
                await server.Client.GetStringAsync($"{server.Url}?query={{count hello}}", Now)
                == """{"data":{"count":0,"hello":"Hello, world!"}}""",
            TimeSpan.FromSeconds(60),
            "no source of events is left"
        );
        server.Log.All.ShouldAllBe(line => line.Contains("password=secret"));
    }
}
