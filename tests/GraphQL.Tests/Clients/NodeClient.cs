using System.Text.Json.Nodes;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Clients;

/// <summary>Clients that frontends use, in exact versions, run by node against a server.</summary>
public static class NodeClient
{
    /// <summary>Runs one of the scripts of this folder, and reads the last array of JSON that it prints; skips the test with a sentence where node
    /// or the clients cannot be had.</summary>
    public static async Task<JsonNode> RunAsync(string script, params string[] arguments)
    {
        var packages = await FindPackagesAsync();
        var output = await ChildProcess.RunAsync(
            script,
            "node",
            [Repository.PathOf($"tests/GraphQL.Tests/Clients/{script}"), .. arguments],
            new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(packages, "node_modules") }
        );
        return JsonNode.Parse(output.Split('\n').Last(line => line.StartsWith('[')))!;
    }

    private static async Task<string> FindPackagesAsync()
    {
        try
        {
            var output = await ChildProcess.RunAsync(
                "fetch.sh",
                "bash",
                [Repository.PathOf("tests/GraphQL.Tests/Clients/fetch.sh")]
            );
            return output.Trim().Split('\n')[^1];
        }
        catch (InvalidOperationException missing)
        {
            Assert.Skip($"GraphQL clients cannot be had here: {missing.Message}");
            throw;
        }
    }
}
