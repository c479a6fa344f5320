using System.Text.Json;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Execution;

/// <summary>Valid documents give the data and the errors of the reference implementation, over data that is full of errors. Where all
/// values are there at once, errors come in its order. Where some come later, the order of what happens is nobody's promise: then the
/// same places are null for the same number of reasons, and what went wrong exactly there is the same.</summary>
public sealed class ExecutionAgainstTheReferenceTests(ITestOutputHelper output)
{
    private static readonly string[] Texts =
    [
        .. TestCorpus.Schemas.Select(text => text),
        TestCorpus.Read("execution-schema.graphql"),
    ];

    private static readonly Schema[] Schemas = [.. Texts.Select(SchemaReader.Read)];
    private static int Own => Schemas.Length - 1;

    private sealed record Asked(int Schema, string Text, string? Name, string Variables, uint Seed, bool IsAsync);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Handwritten_documents_give_the_same(bool isAsync)
    {
        var own = TestCorpus.Parts("execution.txt").Select(part => part.Split("\nvariables "));
        var documents = own.Select(parts => (Own, parts[0], parts.ElementAtOrDefault(1) ?? "{}"))
            .Concat(TestCorpus.Validation.Where(one => one.Schema >= 0).Select(one => (one.Schema, one.Text, "{}")));
        return CompareAsync(
            "handwritten",
            documents.SelectMany(one =>
                Enumerable
                    .Range(0, 8)
                    .Select(seed => new Asked(one.Item1, one.Item2, null, one.Item3, (uint)seed, isAsync))
            )
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Generated_documents_give_the_same(bool isAsync) =>
        CompareAsync("generated", Seeds.For(1500).Select((random, seed) => Generate(random, (uint)seed, isAsync)));

    private static Asked Generate(Random random, uint seed, bool isAsync)
    {
        var schema = random.Next(2) == 0 ? Own : random.Next(Schemas.Length);
        var text = DocumentGenerator.Document(Schemas[schema], random, 0.0);
        var operations = Parser.Parse(text).Definitions.OfType<OperationNode>().ToArray();
        var operation = operations[random.Next(operations.Length)];
        var generator = new JsonGenerator(random, random.Next(4) == 0 ? 0.1 : 0.0);
        var variables = new JsonObject();
        foreach (var variable in operation.Variables)
        {
            if (random.Next(4) > 0)
                variables[variable.Name] = generator.Value(Schemas[schema].Find(variable.Type)!);
        }
        var name = operations.Length == 1 && random.Next(2) == 0 ? null : operation.Name?.Value;
        return new Asked(schema, text, name, variables.ToJsonString(), seed, isAsync);
    }

    private async Task CompareAsync(string what, IEnumerable<Asked> documents)
    {
        var asked = documents.Where(one => IsValid(Schemas[one.Schema], one.Text)).ToArray();
        var schemas = Texts.Select((text, number) => new Question("schema", text, $"{number}")).ToArray();
        var answers = await ReferenceImplementation.AskAsync([
            .. schemas,
            .. asked.Select(one => new Question(
                "execute",
                one.Text,
                $"{one.Schema}",
                one.Name,
                one.Variables,
                Seed: one.Seed,
                IsAsync: one.IsAsync
            )),
        ]);

        var differences = new Differences();
        foreach (var (one, answer) in asked.Zip(answers.Skip(schemas.Length)))
        {
            answer.Crash.ShouldBeNull();
            var (data, errors) = await ExecuteAsync(one);
            var expected = answer.Errors.Select(error => new Failure(error.Message, error.Places, error.Path));
            differences.Compare(
                $"schema {one.Schema}, seed {one.Seed}: {one.Text}\n{one.Variables}",
                Describe(data, errors, one.IsAsync),
                Describe(answer.Text is null ? "none" : Numbers(answer.Text), [.. expected], one.IsAsync)
            );
        }
        output.WriteLine(
            $"{what}: {asked.Length} documents executed{(asked is [{ IsAsync: true }, ..] ? " with values that come later" : "")}, {answers.Sum(answer => answer.Errors.Count)} errors in {answers.Count(answer => answer.Errors.Count > 0)} of them"
        );
        differences.ShouldBeNone();
    }

    private static bool IsValid(Schema schema, string text)
    {
        try
        {
            return DocumentValidator.Validate(schema, Parser.Parse(text)).Count == 0;
        }
        catch (GraphQLSyntaxException)
        {
            return false;
        }
    }

    private sealed record Failure(string Message, string Places, string Path);

    private static async Task<(string Data, Failure[] Errors)> ExecuteAsync(Asked asked)
    {
        var schema = Schemas[asked.Schema];
        using var variables = JsonDocument.Parse(asked.Variables);
        var (operation, error) = PreparedOperation.Prepare(schema, Parser.Parse(asked.Text), asked.Name);
        var data = new DeterministicData(schema, asked.IsAsync);
        var request = new ExecutionRequest(variables.RootElement, new DeterministicData.Source(asked.Seed));
        var executor = new Executor(data.Options);
        var result = error is null ? await executor.ExecuteAsync(operation!, request) : ExecutionResult.Refused(error);
        var written = result.Text();
        // A second time from the plan.
        if (operation is not null && !asked.IsAsync)
            (await executor.ExecuteAsync(operation, request)).Text().Length.ShouldBe(written.Length);
        using var json = JsonDocument.Parse(written);
        var hasData = json.RootElement.TryGetProperty("data", out var found);
        json.RootElement.TryGetProperty("errors", out var errors).ShouldBe(result.Errors.Count > 0);
        return (
            hasData ? Numbers(found.GetRawText()) : "none",
            [
                .. result.Errors.Select(one => new Failure(
                    one.Message,
                    string.Join(' ', one.Locations),
                    one.Path is null ? "null" : Numbers(JsonSerializer.Serialize(one.Path.Parts))
                )),
            ]
        );
    }

    /// <summary>JSON in which numbers and texts are written alike.</summary>
    private static string Numbers(string json)
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
            JsonValueKind.String => JsonSerializer.Serialize(json.GetString()),
            _ => json.GetRawText(),
        };

    private static string Describe(string data, Failure[] errors, bool isAsync) =>
        $"{data}\n{string.Join('\n', isAsync ? Reasons(data, errors) : [.. errors.Select(Describe)])}";

    private static string Describe(Failure failure) => $"{failure.Path} {failure.Places} {failure.Message}";

    /// <summary>Of every null that errors are the reason of: the errors exactly there, or that there are some below.</summary>
    private static string[] Reasons(string data, Failure[] errors)
    {
        if (data == "none")
            return [.. errors.Select(Describe).Order(StringComparer.Ordinal)];
        using var json = JsonDocument.Parse(data, new JsonDocumentOptions { MaxDepth = 1000 });
        return
        [
            .. errors
                .Select(error =>
                {
                    var path = JsonNode.Parse(error.Path)?.AsArray() ?? [];
                    var (place, depth) = (json.RootElement, 0);
                    while (depth < path.Count && place.ValueKind != JsonValueKind.Null)
                    {
                        var part = path[depth++]!;
                        place =
                            part.GetValueKind() == JsonValueKind.Number
                                ? place[part.GetValue<int>()]
                                : place.GetProperty(part.GetValue<string>());
                    }
                    return depth == path.Count && place.ValueKind == JsonValueKind.Null
                        ? Describe(error)
                        : $"below {string.Join('.', path.Take(depth))}";
                })
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }
}
