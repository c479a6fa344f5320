using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EventPipeline.TestSupport;

namespace EventPipeline.Host.Tests;

/// <summary>The API as a frontend meets it: over HTTP, on the program that runs everything.</summary>
public sealed class ServeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_started_followed_and_its_files_are_fetched()
    {
        using var installation = await Installation.CreateAsync();
        var file = installation["any.mp4"];
        await File.WriteAllTextAsync(file, "The echo does not care.", Cancellation);
        (
            await installation.RunAsync("process", file, "--pipeline", "debug-echo", "--out", installation["out"])
        ).ExitCode.ShouldBe(0);
        var port = FreePort.Next();
        using var serving = installation.Start("serve", "--port", $"{port}");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                serving.HasExited.ShouldBeFalse(serving.Errors);
                return await IsReadyAsync(client);
            },
            Deadline,
            "the server is ready"
        );

        var video = (await AskAsync(client, "{ videos(first: 1) { nodes { id fileName source { url } } } }"))
            .GetProperty("videos")
            .GetProperty("nodes")[0];
        video.GetProperty("fileName").GetString().ShouldBe("any.mp4");
        var url = video.GetProperty("source").GetProperty("url").GetString()!;
        var fetched = await client.GetAsync(url, Cancellation);
        (await fetched.Content.ReadAsStringAsync(Cancellation)).ShouldBe("The echo does not care.");
        fetched.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        foreach (
            var forged in new[] { url.Replace("expires=1", "expires=2"), url[..^1] + "_", url.Replace("raw", "clips") }
        )
            (await client.GetAsync(forged, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var started = (
            await AskAsync(
                client,
                """
                mutation ($video: ID!) {
                  startJob(input: { videoId: $video, pipeline: "debug-echo", priority: HIGH }) { job { id } appended errors { message } }
                }
                """,
                new { video = video.GetProperty("id").GetString() }
            )
        ).GetProperty("startJob");
        started.GetProperty("errors").GetArrayLength().ShouldBe(0);
        var variables = new
        {
            id = started.GetProperty("job").GetProperty("id").GetString(),
            at = new[] { started.GetProperty("appended").GetString() },
        };
        const string Question = "query ($id: ID!, $at: [Position!]) { job(id: $id, waitFor: $at) { status priority } }";
        var job = (await AskAsync(client, Question, variables)).GetProperty("job");
        job.GetProperty("priority").GetString().ShouldBe("HIGH");
        await Eventually.BecomesTrueAsync(
            async () =>
                (await AskAsync(client, Question, variables)).GetProperty("job").GetProperty("status").GetString()
                == "COMPLETED",
            Deadline,
            "the job completed"
        );

        var rerun = (
            await AskAsync(
                client,
                """
                mutation ($id: ID!) {
                  rerunStage(input: { jobId: $id, stage: "debug.echo", reason: "To hear it again." }) { job { status } errors { message } }
                }
                """,
                new { variables.id }
            )
        ).GetProperty("rerunStage");
        rerun.GetProperty("errors").GetArrayLength().ShouldBe(0);
        rerun.GetProperty("job").GetProperty("status").GetString().ShouldBe("RUNNING");
        await Eventually.BecomesTrueAsync(
            async () =>
                (
                    await AskAsync(
                        client,
                        "query ($id: ID!) { job(id: $id) { status stages { attempts } } }",
                        new { variables.id }
                    )
                )
                    .GetProperty("job")
                    .ToString() == """{"status":"COMPLETED","stages":[{"attempts":2}]}""",
            Deadline,
            "the job completed again"
        );

        var deleted = (
            await AskAsync(
                client,
                "mutation ($video: ID!) { deleteVideo(input: { videoId: $video }) { video { deletedAt } errors { message } } }",
                new { video = video.GetProperty("id").GetString() }
            )
        ).GetProperty("deleteVideo");
        deleted.GetProperty("errors").GetArrayLength().ShouldBe(0);
        await Eventually.BecomesTrueAsync(
            async () => (await client.GetAsync(url, Cancellation)).StatusCode == HttpStatusCode.NotFound,
            Deadline,
            "the file is gone"
        );
        // What was found before is gone too, so the same file is a new beginning.
        var again = await installation.RunAsync(
            "process",
            file,
            "--pipeline",
            "debug-echo",
            "--out",
            installation["again"]
        );
        again.ExitCode.ShouldBe(0, $"{again}");
        (await client.GetAsync(url, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            return (await client.GetAsync("/health/ready", Cancellation)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<JsonElement> AskAsync(HttpClient client, string query, object? variables = null)
    {
        var response = await client.PostAsJsonAsync("/graphql", new { query, variables }, Cancellation);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        answer.TryGetProperty("errors", out var errors).ShouldBeFalse($"{errors}");
        return answer.GetProperty("data");
    }
}
