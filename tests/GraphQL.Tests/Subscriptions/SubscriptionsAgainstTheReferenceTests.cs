using System.Text.Json;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Execution;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Subscriptions;

/// <summary>Subscriptions give the results of the reference implementation, one for each event. Where the events end with an exception,
/// the reference implementation throws it; ours is a last result with the same message.</summary>
public sealed class SubscriptionsAgainstTheReferenceTests(ITestOutputHelper output)
{
    private static readonly string Text = TestCorpus.Read("execution-schema.graphql");
    private static readonly Schema Schema = SchemaReader.Read(Text);

    private sealed record Asked(string Text, string? Name, string Variables, uint Seed);

    [Fact]
    public async Task Subscriptions_give_the_same_results_for_every_event()
    {
        var asked = Handwritten().Concat(Generated()).ToArray();
        var answers = await ReferenceImplementation.AskAsync([
            new Question("schema", Text, "own"),
            .. asked.Select(one => new Question("subscribe", one.Text, "own", one.Name, one.Variables, Seed: one.Seed)),
        ]);

        var differences = new Differences();
        var (events, ends) = (0, 0);
        foreach (var (one, answer) in asked.Zip(answers.Skip(1)))
        {
            answer.Crash.ShouldBeNull();
            var results = JsonNode.Parse(answer.Text!)!.AsArray();
            events += results.Count(result => result!["data"] is not null);
            ends += results.Count(result => result!.AsObject().ContainsKey("data") is false);
            differences.Compare(
                $"seed {one.Seed}: {one.Text}\n{one.Variables}",
                string.Join('\n', (await SubscribeAsync(one)).Select(Describe)),
                string.Join('\n', results.Select(Describe))
            );
        }
        output.WriteLine(
            $"{asked.Length} subscriptions, {events} events with data, {ends} that fail at once or at the end"
        );
        asked.Length.ShouldBeGreaterThan(400);
        differences.ShouldBeNone();
    }

    private static IEnumerable<Asked> Handwritten()
    {
        string[] documents =
        [
            "subscription { int }",
            "subscription { a: tree { id b: children { leaf { int } } } }",
            "subscription S { ...F } fragment F on Subscription { tree(depth: 2) { strict { id } ...G } tree(depth: 2) { sure { id } } } fragment G on Tree { words }",
            "subscription S($x: Int!) { echo(int: $x) }",
            "subscription S($x: Int = 5, $list: [Int!]) { echo(int: $x, list: $list) }",
            "subscription S($p: Point) { echo(point: $p) }",
            "subscription { leaf { id int float string boolean color json } }",
            "subscription { any { __typename ... on Leaf { id } ... on Tree { anys { __typename } } } }",
            "query A { int } subscription B { trees { id nodes { id } matrix } }",
        ];
        return documents.SelectMany(text =>
            Enumerable
                .Range(0, 16)
                .Select(seed => new Asked(
                    text,
                    text.StartsWith("query", StringComparison.Ordinal) ? "B" : null,
                    "{}",
                    (uint)seed
                ))
        );
    }

    private static IEnumerable<Asked> Generated() =>
        Seeds
            .For(8000)
            .SelectMany(
                (random, seed) =>
                {
                    var text = DocumentGenerator.Document(Schema, random, 0.0);
                    if (!text.Contains("subscription", StringComparison.Ordinal))
                        return [];
                    var document = Parser.Parse(text);
                    var operation = document
                        .Definitions.OfType<OperationNode>()
                        .FirstOrDefault(one => one.Kind == OperationKind.Subscription);
                    if (operation is null || DocumentValidator.Validate(Schema, document).Count > 0)
                        return Array.Empty<Asked>();
                    var generator = new JsonGenerator(random, 0.0);
                    var variables = new JsonObject();
                    foreach (var variable in operation.Variables)
                        variables[variable.Name] = generator.Value(Schema.Find(variable.Type)!);
                    return [new Asked(text, operation.Name?.Value, variables.ToJsonString(), (uint)seed)];
                }
            );

    private static async Task<List<JsonNode?>> SubscribeAsync(Asked asked)
    {
        using var variables = JsonDocument.Parse(asked.Variables);
        var (operation, error) = PreparedOperation.Prepare(Schema, Parser.Parse(asked.Text), asked.Name);
        error.ShouldBeNull();
        var request = new ExecutionRequest(variables.RootElement, new DeterministicData.Source(asked.Seed));
        var data = new DeterministicData(Schema, isAsync: false);
        var (results, refused) = new Executor(data.Options).Subscribe(operation!, request);
        if (refused is not null)
            return [JsonNode.Parse(refused.Text())];
        var all = new List<JsonNode?>();
        await foreach (var result in results!)
            all.Add(JsonNode.Parse(result.Text()));
        return all;
    }

    /// <summary>Without what only one of them says: the number by which an unexpected error is found, and the place of an exception of the
    /// events.</summary>
    private static string Describe(JsonNode? result)
    {
        var errors = (result!["errors"]?.AsArray() ?? []).Select(error =>
            result.AsObject().ContainsKey("data")
                ? $"{error!["message"]} {error["locations"]?.ToJsonString()} {error["path"]?.ToJsonString()}"
                : $"{error!["message"]}"
        );
        var data = result["data"] is { } given ? Numbers(given) : "null";
        return $"{data} {string.Join(", ", errors)}";
    }

    private static string Numbers(JsonNode? json) =>
        json switch
        {
            JsonObject fields =>
                $"{{{string.Join(',', fields.Select(field => $"{field.Key}:{Numbers(field.Value)}"))}}}",
            JsonArray items => $"[{string.Join(',', items.Select(Numbers))}]",
            JsonValue value when value.GetValueKind() == JsonValueKind.Number => GraphQL.Values.JavaScriptNumber.Print(
                value.GetValue<double>()
            ),
            _ => json?.ToJsonString() ?? "null",
        };
}
