using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>What GraphQL over HTTP promises beyond what the audit suite asks.</summary>
public sealed class HttpTests : IAsyncLifetime
{
    private TestServer server = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await TestServer.StartAsync(options =>
        {
            options.MaximumBodySize = 2000;
            options.AllowedOrigins.Add("https://app.example.com");
        });

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("application/graphql-response+json", "application/graphql-response+json")]
    [InlineData("application/json;q=0.5, application/graphql-response+json", "application/graphql-response+json")]
    [InlineData("application/graphql-response+json, application/json", "application/graphql-response+json")]
    [InlineData("text/html, application/*;q=0.1", "application/json")]
    [InlineData("text/event-stream;q=0.1, */*", "application/json")]
    public async Task The_response_is_of_the_type_that_the_client_likes_best(string accept, string type)
    {
        var response = await PostAsync("""{"query": "{ hello }"}""", accept);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe($"{type}; charset=utf-8");
        (await TextAsync(response)).ShouldBe("""{"data":{"hello":"Hello, world!"}}""");
    }

    [Theory]
    [InlineData("""{"query": "{ hello", "variables": {}}""", 400, 200)]
    [InlineData("""{"query": "{ unknown }"}""", 400, 200)]
    [InlineData("""{"query": "query ($x: Int!) { count @skip(if: false) hello(name: $x) }"}""", 400, 200)]
    [InlineData("""{"query": "query A { count } query B { hello }", "operationName": "C"}""", 400, 200)]
    [InlineData("""{"query": "{ fails hello }"}""", 200, 200)]
    [InlineData("""[{"query": "{ hello }"}]""", 400, 400)]
    [InlineData("""{"query": "{ hello }"} {}""", 400, 400)]
    [InlineData("""{"query": "{ hello }", "variables": {"a": "\ud800"}}""", 400, 400)]
    [InlineData("""{"query": "{ hello }", "\ud800": 1}""", 400, 400)]
    [InlineData("""{"query": "subscription { countTo(last: 1) }"}""", 406, 406)]
    public async Task The_status_says_what_became_of_the_request(string body, int graphQL, int json)
    {
        ((int)(await PostAsync(body, "application/graphql-response+json")).StatusCode).ShouldBe(graphQL);
        ((int)(await PostAsync(body, "application/json")).StatusCode).ShouldBe(json);
    }

    [Fact]
    public async Task A_type_that_cannot_be_had_is_said()
    {
        var response = await PostAsync("""{"query": "{ hello }"}""", "image/png");

        response.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        (await CodeAsync(response)).ShouldBe("NOT_ACCEPTABLE");
    }

    [Fact]
    public async Task Exceptions_are_logged_with_the_number_that_the_client_sees()
    {
        var text = await TextAsync(await PostAsync("""{"query": "{ fails refuses }"}"""));

        text.ShouldNotContain("secret");
        text.ShouldContain("Not for you.");
        var id = (string)JsonNode.Parse(text)!["errors"]![0]!["extensions"]!["correlationId"]!;
        server.Log.All.ShouldHaveSingleItem().ShouldContain($"client knows it as {id}. password=secret");
    }

    [Theory]
    [InlineData("query=mutation{increment}")]
    [InlineData("query=query A{hello} mutation B{increment}&operationName=B")]
    public async Task Mutations_are_refused_over_GET(string query)
    {
        var response = await server.Client.GetAsync($"{server.Url}?{query}", Now);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["POST"]);
        (await CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("text/plain", """{"query": "mutation { increment }"}""")]
    [InlineData("application/x-www-form-urlencoded", "query=mutation{increment}")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n\r\n--x--")]
    [InlineData("application/json; charset=utf-16", """{"query": "mutation { increment }"}""")]
    public async Task Bodies_that_a_page_of_another_site_may_send_unasked_are_refused(string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        var response = await server.Client.PostAsync(server.Url, content, Now);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Sec-Fetch-Site: same-site", 403)]
    [InlineData("Sec-Fetch-Site: same-origin", 200)]
    [InlineData("Sec-Fetch-Site: none", 200)]
    [InlineData("Origin: https://evil.example.com", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: https://app.example.com", 200)]
    [InlineData("Sec-Fetch-Site: cross-site; Origin: https://app.example.com", 200)]
    [InlineData("Sec-Fetch-Site: cross-site; GraphQL-Preflight: 1", 200)]
    [InlineData("", 200)]
    public async Task Queries_that_a_page_of_another_site_sends_unasked_are_refused(string headers, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}?query={{hello}}");
        foreach (var header in headers.Split("; ", StringSplitOptions.RemoveEmptyEntries))
            request.Headers.Add(header.Split(": ")[0], header.Split(": ")[1]);

        ((int)(await server.Client.SendAsync(request, Now)).StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Large_bodies_are_not_read_to_their_end(bool saysItsLength)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Url).Port, Now);
        await using var stream = socket.GetStream();
        var length = saysItsLength ? "Content-Length: 100000000" : "Transfer-Encoding: chunked";
        var body = saysItsLength ? new string(' ', 100) : $"bb8\r\n{new string(' ', 3000)}\r\n";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{length}\r\n\r\n{body}"
            ),
            Now
        );

        // The rest of the body never comes.
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(Now)).ShouldBe("HTTP/1.1 413 Payload Too Large");
        await Eventually.BecomesTrueAsync(
            async () => (await reader.ReadLineAsync(Now))!.Contains("BODY_TOO_LARGE", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20),
            "the reason is told"
        );
    }

    [Fact]
    public async Task A_client_that_leaves_is_not_an_error()
    {
        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Should.ThrowAsync<OperationCanceledException>(() =>
            server.Client.PostAsync(server.Url, Json("""{"query": "{ waits }"}"""), leaving.Token)
        );

        (await CountAsync()).ShouldBe(0);
        server.Log.All.ShouldBeEmpty();
    }

    private Task<HttpResponseMessage> PostAsync(string body, string accept = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, server.Url) { Content = Json(body) };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return server.Client.SendAsync(request, Now);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<int> CountAsync() =>
        (int)JsonNode.Parse(await TextAsync(await PostAsync("""{"query": "{ count }"}""")))!["data"]!["count"]!;

    private static Task<string> TextAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(Now);

    private static async Task<string?> CodeAsync(HttpResponseMessage response) =>
        (string?)JsonNode.Parse(await TextAsync(response))!["errors"]![0]!["extensions"]!["code"];
}
