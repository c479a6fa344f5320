using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Types;

/// <summary>A schema is read, refused and printed as by the reference implementation.</summary>
public sealed class SchemasAgainstTheReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public Task Handwritten_schemas_are_read_and_printed_alike() =>
        CompareAsync("handwritten schemas", [.. TestCorpus.Schemas, .. TestCorpus.InvalidSchemas]);

    [Fact]
    public Task Mutated_schemas_are_read_and_printed_alike()
    {
        string[] handwritten = [.. TestCorpus.Schemas, .. TestCorpus.InvalidSchemas];
        return CompareAsync(
            "mutated schemas",
            [.. Seeds.For(600).Select(random => WordMutation.Of(handwritten[random.Next(handwritten.Length)], random))]
        );
    }

    [Theory]
    [InlineData(0.0, 300)]
    [InlineData(0.02, 400)]
    [InlineData(0.1, 200)]
    public Task Generated_schemas_are_read_and_printed_alike(double mistakes, int count) =>
        CompareAsync(
            $"generated schemas, {mistakes:P0} mistakes",
            [.. Seeds.For(count).Select(random => SchemaGenerator.Schema(random, mistakes))]
        );

    private async Task CompareAsync(string what, string[] texts)
    {
        var answers = await ReferenceImplementation.AskAsync([
            .. texts.Select((text, number) => new Question("schema", text, Name: $"{number}")),
        ]);

        var differences = new Differences();
        foreach (var (text, answer) in texts.Zip(answers))
        {
            var ours = Read(text);
            if (answer.Crash is null)
                differences.Compare(text, ours, Outcome(answer));
        }
        output.WriteLine(
            $"{what}: {texts.Length}, {answers.Count(answer => answer.Text is null)} of them refused, {answers.Count(answer => answer.Crash is not null)} too much for the reference"
        );
        differences.ShouldBeNone();
    }

    private static string Read(string text)
    {
        try
        {
            return SchemaPrinter.Print(SchemaReader.Read(text));
        }
        catch (GraphQLSyntaxException exception)
        {
            return exception.Error.Describe();
        }
        catch (SchemaException exception)
        {
            return exception.Errors.Describe();
        }
    }

    private static string Outcome(Answer answer) => answer.Text ?? answer.Errors.Describe();
}
