using System.Text;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Tests.Http;

namespace EventPipeline.GraphQL.Tests.Limits;

/// <summary>Each limit is on unless somebody changes it, has its own code, and says the number.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private TestServer server = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    public static TheoryData<string, string, string> Refused =>
        new()
        {
            {
                Deep("friend", 9, "name"),
                "DEPTH_LIMIT_EXCEEDED",
                "is 11 fields deep, which is more than the allowed 10"
            },
            {
                $"{{ person(id: 1) {{ ...__schema }} }} fragment __schema on Person {{ friend {{ ...__type }} }} fragment __type on Person {{ {Nested("friend", 8, "name")} }}",
                "DEPTH_LIMIT_EXCEEDED",
                "is 11 fields deep"
            },
            {
                $"{{ person(id: 1) {{ {Many(31, number => $"a{number}: id")} }} }}",
                "TOO_MANY_ALIASES",
                "has 31 aliases, which is more than the allowed 30"
            },
            {
                "{ person(id: 1) { ...A ...B } } fragment A on Person { ...B ...B ...B } fragment B on Person { a: id b: id c: id d: id e: id f: id g: id h: id }",
                "TOO_MANY_ALIASES",
                "has 32 aliases"
            },
            {
                $"{{ {Many(6, number => $"a{number}: hello")} ...R }} fragment R on Query {{ {Many(5, number => $"b{number}: hello")} }}",
                "TOO_MANY_ROOT_FIELDS",
                "has 11 fields at the top, which is more than the allowed 10"
            },
            {
                "{ person(id: 1) { friends(first: 100) { friends(first: 100) { id } } } }",
                "COST_LIMIT_EXCEEDED",
                "may cost 10101, which is more than the allowed 10000"
            },
            {
                $"{{ {Many(5000, number => $"person(id: {number}) {{ id }}")} }}",
                "TOO_MANY_TOKENS",
                "more than 10000 tokens"
            },
            {
                $"{{ hello(name: {new string('[', 101)}{new string(']', 101)}) }}",
                "DOCUMENT_TOO_DEEP",
                "more than 100 levels"
            },
            {
                $"{{ {Many(11, _ => "hello")} }}",
                "TOO_MANY_REPETITIONS",
                "\"hello\" is selected 11 times at one place, more often than the allowed 10"
            },
            { "{ __schema { types { name } } }", "INTROSPECTION_DISABLED", "may not be introspected" },
            {
                "{ hello ...__type } fragment __type on Query { ... { x: __type(name: \"Query\") { name } } }",
                "INTROSPECTION_DISABLED",
                "may not be introspected"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Operations_beyond_a_limit_are_refused(string query, string code, string sentence)
    {
        var error = (await AskAsync(query))["errors"]!.AsArray().ShouldHaveSingleItem()!;

        ((string?)error["extensions"]?["code"]).ShouldBe(code);
        ((string)error["message"]!).ShouldContain(sentence);
    }

    /// <summary>Limits are for documents that could be executed: of others everybody wants to hear what is wrong with them.</summary>
    [Theory]
    [MemberData(nameof(Beyond))]
    public async Task Mistakes_are_told_before_limits(string query)
    {
        var errors = (await AskAsync(query))["errors"]!.AsArray();

        errors[0]!["message"]!.GetValue<string>().ShouldBe("Cannot query field \"wrong\" on type \"Person\".");
        errors.ShouldAllBe(error => error!["extensions"] == null);
    }

    public static TheoryData<string> Beyond =>
        [
            Deep("friend", 20, "wrong"),
            $"{{ person(id: 1) {{ wrong {Many(31, number => $"a{number}: id")} }} }}",
            $"{{ person(id: 1) {{ wrong }} {Many(11, number => $"b{number}: hello")} }}",
            $"{{ person(id: 1) {{ wrong {Many(200, _ => "id")} }} }}",
            $"{{ person(id: 1) {{ wrong id {Many(6, _ => "@include(if: true)")} }} }}",
            "{ person(id: 1) { wrong friends(first: 100) { friends(first: 100) { id } } } }",
        ];

    /// <summary>Whoever may not know the schema gets the first few mistakes, whatever he sends.</summary>
    [Fact]
    public async Task Strangers_are_told_a_few_mistakes()
    {
        var errors = (await AskAsync($"{{ {Many(1000, number => $"wrong{number}")} }}"))["errors"]!.AsArray();

        errors.Count.ShouldBe(6);
        errors[^1]!["message"]!.GetValue<string>().ShouldContain("Validation aborted");
    }

    [Fact]
    public async Task Variables_count_in_the_cost()
    {
        const string query = "query ($n: Int!) { person(id: 1) { friends(first: $n) { friends(first: $n) { id } } } }";

        (await AskAsync(query, """{"n": 3}"""))["errors"].ShouldBeNull();
        var refused = await AskAsync(query, """{"n": 100}""");

        ((double?)refused["errors"]![0]!["extensions"]!["found"]).ShouldBe(10101);
    }

    [Fact]
    public async Task What_is_just_within_the_limits_is_executed()
    {
        (await AskAsync(Deep("friend", 8, "name")))["errors"].ShouldBeNull();
        (await AskAsync($"{{ person(id: 1) {{ {Many(30, number => $"a{number}: id")} }} }}"))["errors"].ShouldBeNull();
        (await AskAsync($"{{ {Many(10, number => $"a{number}: hello")} }}"))["errors"].ShouldBeNull();
        (await AskAsync("{ ...__schema } fragment __schema on Query { hello __typename }"))["errors"].ShouldBeNull();
    }

    [Fact]
    public async Task Names_are_suggested_to_developers_only()
    {
        await using var development = await TestServer.StartAsync(environment: "Development");

        ((string)(await AskAsync("{ helo }"))["errors"]![0]!["message"]!).ShouldBe(
            "Cannot query field \"helo\" on type \"Query\"."
        );
        ((string)(await AskAsync("{ helo }", on: development))["errors"]![0]!["message"]!).ShouldContain(
            "Did you mean"
        );
    }

    [Fact]
    public async Task The_introspection_of_tools_is_within_the_limits()
    {
        await using var development = await TestServer.StartAsync(environment: "Development");

        var answer = await AskAsync(TestCorpus.Read("introspection.graphql"), on: development);

        answer["errors"].ShouldBeNull();
        answer["data"]!["__schema"]!["types"]!.AsArray().Count.ShouldBeGreaterThan(10);
    }

    /// <summary>What the tool graphql-cop tries, and what it must not find in the answer.</summary>
    [Theory]
    [InlineData("alias overloading", "\"alias100\"")]
    [InlineData("batch queries", "__typename")]
    [InlineData("directive overloading", "Unknown directive", 5)]
    [InlineData("circular introspection", "\"data\"")]
    [InlineData("field duplication", "\"data\"")]
    [InlineData("field suggestions", "Did you mean")]
    [InlineData("introspection", "\"data\"")]
    [InlineData("trace mode", "tracing")]
    [InlineData("unhandled error", "exception")]
    [InlineData("mutation over GET", "\"data\"")]
    [InlineData("query as form", "\"data\"")]
    [InlineData("console", "GraphiQL")]
    public async Task Attacks_of_graphql_cop_find_nothing(string attack, string trace, int atMost = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url);
        var query = attack switch
        {
            "alias overloading" => $"query cop {{ {Many(101, number => $"alias{number}: __typename")} }}",
            "directive overloading" => "query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }",
            "circular introspection" =>
                "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } }",
            "field duplication" => $"query cop {{ {Many(500, _ => "__typename")} }}",
            "field suggestions" => "query cop { __schema { directive } }",
            "introspection" => "query cop { __schema { types { name fields { name } } } }",
            "unhandled error" => "qwerty cop { abc }",
            _ => "query cop { __typename }",
        };
        var body = new JsonObject { ["query"] = query }.ToJsonString();
        if (attack == "batch queries")
            body = $"[{string.Join(',', Enumerable.Repeat(body, 10))}]";
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (attack == "query as form")
            request.Content = new StringContent($"query={query}", Encoding.UTF8, "application/x-www-form-urlencoded");
        if (attack is "mutation over GET" or "console")
        {
            request.Method = HttpMethod.Get;
            request.Content = null;
            if (attack == "console")
                request.Headers.Accept.ParseAdd("text/html");
            else
                request.RequestUri = new Uri($"{server.Url}?query=mutation cop {{ __typename }}");
        }
        if (attack == "trace mode")
            request.Headers.Add("X-Apollo-Tracing", "1");

        var answer = await server.Client.SendAsync(request, Now);

        var traces = (await answer.Content.ReadAsStringAsync(Now)).Split(trace).Length - 1;
        traces.ShouldBeLessThanOrEqualTo(atMost);
    }

    private async Task<JsonNode> AskAsync(string query, string variables = "{}", TestServer? on = null)
    {
        var body = new JsonObject { ["query"] = query, ["variables"] = JsonNode.Parse(variables) };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var response = await (on ?? server).Client.PostAsync((on ?? server).Url, content, Now);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Now))!;
    }

    private static string Deep(string field, int times, string last) =>
        $"{{ person(id: 1) {{ {Nested(field, times, last)} }} }}";

    private static string Nested(string field, int times, string last) =>
        times == 0 ? last : $"{field} {{ {Nested(field, times - 1, last)} }}";

    private static string Many(int count, Func<int, string> text) =>
        string.Join(' ', Enumerable.Range(0, count).Select(text));
}
