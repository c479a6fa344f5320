using System.Text.Json;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Annotations.Library;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Annotations;

/// <summary>Execution over an annotated schema gives what the reference implementation gives over the printed schema and the same values,
/// and resolvers get the arguments that it gets.</summary>
public sealed class AnnotatedExecutionTests(ITestOutputHelper output)
{
    private const string Shelf = """
        {"__typename":"Film","id":"1","title":"The Long Dark","minutes":141,"ending":"HAPPY","genres":["drama"],"prizes":["gold",null],"views":5000000000,"rating":4.5,"urlPath":"/films/1"}
        """;

    private const string Short = """
        {"__typename":"Film","id":"2","title":"Short","minutes":null,"ending":"OPEN_END","genres":[],"prizes":[],"views":5000000000,"rating":4.5,"urlPath":"/films/2"}
        """;

    private const string Root =
        $$"""{"shelf":[{{Shelf}},{{Short}}],"first":{{Shelf}},"found":[{{Short}},null,{"__typename":"Person","id":"7","name":"Ada"}],"nothing":null}""";

    private static readonly Schema Echo = AnnotatedSchema.Build([typeof(EchoQueries)]);

    [Fact]
    public async Task Generated_documents_give_the_same()
    {
        var asked = Seeds
            .For(1500)
            .Select(random => (Text: DocumentGenerator.Document(Echo, random, 0.0), Random: random))
            .Where(one => Parser.Parse(one.Text).Definitions.OfType<OperationNode>().Count() == 1)
            .Where(one => DocumentValidator.Validate(Echo, Parser.Parse(one.Text)).Count == 0)
            .Select(one => (one.Text, Variables: Variables(one.Text, one.Random)))
            .ToArray();
        var answers = await ReferenceImplementation.AskAsync([
            new Question("schema", SchemaPrinter.Print(Echo), "echo"),
            .. asked.Select(one => new Question("executeOver", one.Text, "echo", Root, one.Variables)),
        ]);

        var differences = new Differences();
        foreach (var (one, answer) in asked.Zip(answers.Skip(1)))
        {
            answer.Crash.ShouldBeNull();
            differences.Compare(
                $"{one.Text}\n{one.Variables}",
                await ExecuteAsync(one.Text, one.Variables),
                $"{(answer.Text is null ? "none" : Normal(answer.Text))}\n{answer.Errors.Describe()}"
            );
        }
        output.WriteLine($"{asked.Length} documents executed over an annotated schema");
        asked.Length.ShouldBeGreaterThan(300);
        differences.ShouldBeNone();
    }

    private static async Task<string> ExecuteAsync(string text, string variables)
    {
        var (operation, _) = PreparedOperation.Prepare(Echo, Parser.Parse(text));
        using var json = JsonDocument.Parse(variables);
        var result = await new Executor(new ExecutionOptions { HideSuggestions = true }).ExecuteAsync(
            operation!,
            new ExecutionRequest(json.RootElement),
            TestContext.Current.CancellationToken
        );
        var data = JsonNode.Parse(result.Text())!["data"];
        return $"{(result.HasData ? Normal(data?.ToJsonString() ?? "null") : "none")}\n{result.Errors.Describe()}";
    }

    private static string Variables(string text, Random random)
    {
        var generator = new JsonGenerator(random, random.Next(4) == 0 ? 0.1 : 0.0);
        var values = new JsonObject();
        foreach (var variable in Parser.Parse(text).Definitions.OfType<OperationNode>().Single().Variables)
        {
            if (random.Next(4) > 0)
                values[variable.Name] = generator.Value(Echo.Find(variable.Type)!);
        }
        return values.ToJsonString();
    }

    /// <summary>Echoes are JSON inside a text; they are compared as JSON.</summary>
    private static string Normal(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        return Rewrite(document.RootElement);
    }

    private static string Rewrite(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object =>
                $"{{{string.Join(',', json.EnumerateObject().Select(field => $"\"{field.Name}\":{Rewrite(field.Value)}"))}}}",
            JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(Rewrite))}]",
            JsonValueKind.Number => GraphQL.Values.JavaScriptNumber.Print(json.GetDouble()),
            JsonValueKind.String when json.GetString()!.StartsWith('{') => Normal(json.GetString()!),
            JsonValueKind.String => JsonSerializer.Serialize(json.GetString()),
            _ => json.GetRawText(),
        };
}
