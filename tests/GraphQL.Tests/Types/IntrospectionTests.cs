using System.Buffers;
using System.Text.Json.Nodes;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Types;

/// <summary>Introspection tells the same of every schema as that of the reference implementation.</summary>
public sealed class IntrospectionTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Schemas_describe_themselves_alike()
    {
        var query = TestCorpus.Read("introspection.graphql");
        var schemas = TestCorpus.Schemas.Select((text, number) => new Question("schema", text, $"{number}")).ToArray();
        var answers = await ReferenceImplementation.AskAsync([
            .. schemas,
            .. schemas.Select(schema => new Question("introspect", query, schema.Name)),
        ]);

        var differences = new Differences();
        foreach (var (text, answer) in TestCorpus.Schemas.Zip(answers.Skip(schemas.Length)))
        {
            var expected = JsonNode.Parse(answer.Text!)!;
            expected["errors"].ShouldBeNull();
            differences.Compare(
                text,
                await ExecuteAsync(SchemaReader.Read(text), query),
                expected["data"]!.ToJsonString()
            );
        }
        output.WriteLine($"introspection of {schemas.Length} schemas");
        differences.ShouldBeNone();
    }

    private static async Task<string> ExecuteAsync(Schema schema, string text)
    {
        var document = Parser.Parse(text);
        DocumentValidator.Validate(schema, document).ShouldBeEmpty();
        var (operation, _) = PreparedOperation.Prepare(schema, document);
        var result = await new Executor().ExecuteAsync(operation!, new ExecutionRequest());
        var written = new ArrayBufferWriter<byte>();
        result.Write(written);
        return JsonNode.Parse(written.WrittenSpan)!["data"]!.ToJsonString();
    }
}
