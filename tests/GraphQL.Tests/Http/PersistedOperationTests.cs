using System.Text;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Http.Persisted;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>Documents that clients name instead of sending them.</summary>
public sealed class PersistedOperationTests
{
    private const string Deep =
        "{ person(id: 1) { friend { friend { friend { friend { friend { friend { friend { friend { friend { friend { name } } } } } } } } } } } }";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_document_is_known_by_its_hash_once_it_was_sent()
    {
        await using var server = await TestServer.StartAsync();
        const string query = "{ hello }";
        var hash = TrustedDocuments.HashOf(query);

        (await CodeAsync(server, null, hash)).ShouldBe("PERSISTED_QUERY_NOT_FOUND");
        (await CodeAsync(server, query, hash)).ShouldBe("Hello, world!");
        (await CodeAsync(server, null, hash)).ShouldBe("Hello, world!");
    }

    [Fact]
    public async Task A_document_is_kept_only_under_its_own_hash_and_if_it_is_valid()
    {
        await using var server = await TestServer.StartAsync();
        const string invalid = "{ unknown }";

        (await CodeAsync(server, "{ hello }", "abc")).ShouldBe("PERSISTED_QUERY_HASH_MISMATCH");
        (await CodeAsync(server, null, "abc")).ShouldBe("PERSISTED_QUERY_NOT_FOUND");
        await CodeAsync(server, invalid, TrustedDocuments.HashOf(invalid));
        (await CodeAsync(server, null, TrustedDocuments.HashOf(invalid))).ShouldBe("PERSISTED_QUERY_NOT_FOUND");
    }

    [Fact]
    public async Task What_was_not_used_for_the_longest_time_is_forgotten()
    {
        await using var server = await TestServer.StartAsync(options =>
            options.PersistedOperations.AutomaticCapacity = 2
        );
        string[] queries = ["{ hello }", "{ hello count }", "{ hello __typename }"];
        string[] hashes = [.. queries.Select(TrustedDocuments.HashOf)];

        await CodeAsync(server, queries[0], hashes[0]);
        await CodeAsync(server, queries[1], hashes[1]);
        await CodeAsync(server, null, hashes[0]);
        await CodeAsync(server, queries[2], hashes[2]);

        (await CodeAsync(server, null, hashes[0])).ShouldBe("Hello, world!");
        (await CodeAsync(server, null, hashes[1])).ShouldBe("PERSISTED_QUERY_NOT_FOUND");
        (await CodeAsync(server, null, hashes[2])).ShouldBe("Hello, world!");
    }

    [Fact]
    public async Task Only_trusted_documents_are_executed_where_that_is_asked_for_and_these_have_no_limits()
    {
        await using var server = await TestServer.StartAsync(options =>
        {
            options.PersistedOperations.Trusted = new TrustedDocuments([
                KeyValuePair.Create("hello", "{ hello }"),
                KeyValuePair.Create(TrustedDocuments.HashOf(Deep), Deep),
            ]);
            options.PersistedOperations.OnlyTrusted = true;
        });

        (await AskAsync(server, """{"documentId": "hello"}"""))["data"]!
            .ToJsonString()
            .ShouldBe("""{"hello":"Hello, world!"}""");
        (await AskAsync(server, $$"""{"query": "{{Deep}}"}"""))["errors"].ShouldBeNull();
        (await CodeAsync(server, null, TrustedDocuments.HashOf(Deep))).ShouldBe("no hello");
        (await CodeAsync(server, "{ count }", null)).ShouldBe("DOCUMENT_NOT_TRUSTED");
        (await CodeAsync(server, "{ count }", TrustedDocuments.HashOf("{ count }"))).ShouldBe("DOCUMENT_NOT_TRUSTED");
        Code(await AskAsync(server, """{"documentId": "other"}""")).ShouldBe("DOCUMENT_NOT_FOUND");
    }

    [Fact]
    public async Task Trusted_documents_are_read_from_manifests_and_folders()
    {
        using var folder = new TemporaryFolder();
        var relay = Path.Combine(folder.Path, "relay.json");
        await File.WriteAllTextAsync(relay, """{"a": "{ hello }", "b": "{ count }"}""", Now);
        var apollo = Path.Combine(folder.Path, "apollo.json");
        await File.WriteAllTextAsync(
            apollo,
            """{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a", "name": "A", "type": "query", "body": "{ hello }"}]}""",
            Now
        );
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a.graphql"), "{ hello }", Now);
        var broken = Path.Combine(folder.Path, "broken.json");
        await File.WriteAllTextAsync(broken, """["a"]""", Now);

        TrustedDocuments.Load(relay).Find("b").ShouldBe("{ count }");
        TrustedDocuments.Load(apollo).Find("a").ShouldBe("{ hello }");
        TrustedDocuments.Load(folder.Path).Find("a").ShouldBe("{ hello }");
        Should.Throw<InvalidDataException>(() => TrustedDocuments.Load(broken)).Message.ShouldContain(broken);
    }

    /// <returns>What <c>hello</c> gives, or the code of the error.</returns>
    private static async Task<string> CodeAsync(TestServer server, string? query, string? hash)
    {
        var body = new JsonObject { ["query"] = query };
        if (hash is not null)
        {
            body["extensions"] = new JsonObject
            {
                ["persistedQuery"] = new JsonObject { ["version"] = 1, ["sha256Hash"] = hash },
            };
        }
        var answer = await AskAsync(server, body.ToJsonString());
        return answer["data"] is { } data ? (string?)data["hello"] ?? "no hello" : Code(answer) ?? "no code";
    }

    private static string? Code(JsonNode answer) => (string?)answer["errors"]![0]!["extensions"]?["code"];

    private static async Task<JsonNode> AskAsync(TestServer server, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var response = await server.Client.PostAsync(server.Url, content, Now);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Now))!;
    }
}
