using System.Net;
using EventPipeline.GraphQL.Http;
using EventPipeline.GraphQL.Http.GraphiQL;
using EventPipeline.GraphQL.Tests.Clients;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>The page for developers: for browsers, only where it is wanted, and made of this server's files alone.</summary>
public sealed class GraphiQLTests(ITestOutputHelper output)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_asks_and_sees_the_answers()
    {
        var browser = Browser.Find();
        Assert.SkipWhen(browser is null, "There is no Chromium: apt-get install chromium.");
        await using var server = await TestServer.StartAsync(
            With(new GraphiQLOptions(await FolderAsync(), "{ hello }")),
            environment: "Development"
        );

        var checks = (await NodeClient.RunAsync("graphiql.js", server.Url, browser!)).AsArray();

        output.WriteLine($"{checks.Count(check => check!["problem"] is null)} of {checks.Count} checks pass");
        checks
            .Where(check => check!["problem"] is not null)
            .Select(check => $"{check!["name"]}: {check["problem"]}")
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task The_page_says_so_where_its_files_are_missing_and_runs_nothing_of_others()
    {
        await using var server = await TestServer.StartAsync(With(new GraphiQLOptions(null)));

        var page = await GetAsync(server, "text/html,application/xhtml+xml,*/*;q=0.8");

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync(Now)).ShouldContain(
            "GraphiQL, a page to try it out, is not installed here."
        );
        page.Headers.GetValues("Content-Security-Policy")
            .Single()
            .ShouldContain("default-src 'none'; script-src 'self';");
        foreach (var file in new[] { "graphiql.min.js", "..%2Fstart.js", "secret" })
            (await server.Client.GetAsync($"{server.Url}/ui/{file}", Now)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Programs_get_no_page_and_without_the_option_nobody_does()
    {
        await using var with = await TestServer.StartAsync(With(new GraphiQLOptions(null)));
        await using var without = await TestServer.StartAsync();

        (await GetAsync(with, "application/json")).Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await GetAsync(without, "text/html")).StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        (await without.Client.GetAsync($"{without.Url}/ui/start.js", Now)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Action<GraphQLServerOptions> With(GraphiQLOptions graphiQL) =>
        options => options.GraphiQL = graphiQL;

    private static async Task<HttpResponseMessage> GetAsync(TestServer server, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}?query={{hello}}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await server.Client.SendAsync(request, Now);
    }

    private static async Task<string> FolderAsync()
    {
        try
        {
            var fetched = await ChildProcess.RunAsync(
                "graphiql.sh",
                "bash",
                [Repository.PathOf("deploy/local/graphiql.sh")]
            );
            return fetched.Trim().Split('\n')[^1];
        }
        catch (InvalidOperationException missing)
        {
            Assert.Skip($"GraphiQL cannot be had here: {missing.Message}");
            throw;
        }
    }
}
