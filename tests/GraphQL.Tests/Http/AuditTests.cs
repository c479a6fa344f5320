using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Tests.Clients;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>GraphQL over HTTP as the audit suite of npm's graphql-http asks for it, what is only allowed included.</summary>
public sealed class AuditTests(ITestOutputHelper output)
{
    [Fact]
    public async Task All_audits_pass()
    {
        await using var server = await TestServer.StartAsync(environment: "Development");

        var audits = (await NodeClient.RunAsync("audit.js", server.Url)).AsArray();

        foreach (var word in new[] { "MUST", "SHOULD", "MAY" })
            output.WriteLine($"{word}: {Count(audits, word, "ok")} of {Count(audits, word, null)} audits pass");
        audits.Count.ShouldBeGreaterThan(50);
        audits
            .Where(audit => (string?)audit!["status"] != "ok")
            .Select(audit => $"{audit!["id"]} {audit["name"]}: {audit["reason"]}")
            .ShouldBeEmpty();
    }

    private static int Count(JsonArray audits, string word, string? status) =>
        audits.Count(audit =>
            ((string)audit!["name"]!).StartsWith(word, StringComparison.Ordinal)
            && (status is null || (string?)audit["status"] == status)
        );
}
