using EventPipeline.GraphQL.Tests.Clients;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>Clients that frontends use find what they expect; each script of the folder Clients says what that is.</summary>
public sealed class ClientTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("websocket.js")]
    [InlineData("eventstream.js")]
    [InlineData("apollo.js")]
    [InlineData("urql.js")]
    public async Task Clients_find_what_they_expect(string script)
    {
        await using var server = await TestServer.StartAsync(options =>
        {
            options.AllowedOrigins.Add("https://app.example.com");
            options.Connections.InitTimeout = TimeSpan.FromSeconds(4);
            options.Connections.KeepAlive = TimeSpan.FromMilliseconds(200);
            options.Connections.ReservationTimeout = TimeSpan.FromSeconds(2);
            options.Connections.Accept = (_, payload) =>
                ValueTask.FromResult(payload.ValueKind != System.Text.Json.JsonValueKind.Object);
        });

        var checks = (await NodeClient.RunAsync(script, server.Url)).AsArray();

        output.WriteLine($"{script}: {checks.Count(check => check!["problem"] is null)} of {checks.Count} checks pass");
        checks
            .Where(check => check!["problem"] is not null)
            .Select(check => $"{check!["name"]}: {check["problem"]}")
            .ShouldBeEmpty();
        server.Log.All.ShouldAllBe(line => line.Contains("password=secret"));
    }
}
