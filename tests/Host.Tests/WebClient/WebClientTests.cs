using System.Text.Json;
using EventPipeline.TestSupport;

namespace EventPipeline.Host.Tests.WebClient;

/// <summary>The sample for frontend developers does what its README says: types from the schema, a page, live steps across a server that is
/// killed.</summary>
public sealed class WebClientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_follows_a_job_across_a_server_that_is_killed()
    {
        var browser = Browser.Find();
        Assert.SkipWhen(browser is null, "There is no Chromium: apt-get install chromium.");
        using var folder = new TemporaryFolder();
        await OrSkipAsync("build.sh", folder.Path);
        var clients = await OrSkipAsync("../../GraphQL.Tests/Clients/fetch.sh");
        using var installation = await Installation.CreateAsync();
        await File.WriteAllTextAsync(installation["any.mp4"], "The echo does not care.", Cancellation);
        string[] process = ["process", installation["any.mp4"], "--pipeline", "debug-echo", "--out"];
        (await installation.RunAsync([.. process, installation["out"]])).ExitCode.ShouldBe(0);
        var (api, pages) = (FreePort.Next(), FreePort.Next());
        string[] serve = ["serve", "--port", $"{api}", "--cors-origin", $"http://127.0.0.1:{pages}"];
        var serving = installation.Start([.. serve, "--workers", "false"]);
        await IsReadyAsync(api, serving);

        var page = ChildProcess.RunAsync(
            "page.js",
            "node",
            [
                Repository.PathOf("tests/Host.Tests/WebClient/page.js"),
                folder.Path,
                $"{pages}",
                $"http://127.0.0.1:{api}/graphql",
                browser!,
            ],
            new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(clients, "node_modules") }
        );
        await HasSeenAsync("requested");
        serving.Kill();
        serving.Dispose();
        await HasSeenAsync("interrupted");
        using var another = installation.Start(serve);
        using var result = JsonDocument.Parse((await page).Split('\n').Last(line => line.StartsWith('{')));

        var live = Steps(result.RootElement.GetProperty("live"));
        live.Select(step => step.Text)
            .ShouldBe(["debug.echo, video: requested", "debug.echo, video: done", "The job is completed."]);
        live.Select(step => step.Position).ShouldBeUnique();
        Steps(result.RootElement.GetProperty("again")).ShouldBe(live);

        Task HasSeenAsync(string what) =>
            Eventually.BecomesTrueAsync(
                () => Task.FromResult(page.IsCompleted || File.Exists(folder[what])),
                Deadline,
                $"the page shows '{what}'"
            );
    }

    private static List<(string? Position, string? Text)> Steps(JsonElement steps) =>
        [.. steps.EnumerateArray().Select(step => (step[0].GetString(), step[1].GetString()))];

    private static async Task IsReadyAsync(int port, Running serving)
    {
        using var client = new HttpClient();
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                serving.HasExited.ShouldBeFalse(serving.Errors);
                try
                {
                    return (
                        await client.GetAsync($"http://127.0.0.1:{port}/health/ready", Cancellation)
                    ).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            Deadline,
            "the server is ready"
        );
    }

    private static async Task<string> OrSkipAsync(string script, params string[] arguments)
    {
        try
        {
            var path = Repository.PathOf($"tests/Host.Tests/WebClient/{script}");
            return (await ChildProcess.RunAsync(script, "bash", [path, .. arguments])).Trim().Split('\n')[^1];
        }
        catch (InvalidOperationException missing)
            when (missing.Message.Contains("is missing and is needed", StringComparison.Ordinal)
                || missing.Message.Contains("npm could not fetch", StringComparison.Ordinal)
            )
        {
            Assert.Skip($"The web client cannot be built here: {missing.Message}");
            throw;
        }
    }
}
