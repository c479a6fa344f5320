using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Tests.Reference;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Validation;

/// <summary>Documents are accepted and refused as by the reference implementation: the same errors in the same words and order, at the
/// same places.</summary>
public sealed class ValidationAgainstTheReferenceTests(ITestOutputHelper output)
{
    private static readonly Schema[] Schemas = [.. TestCorpus.Schemas.Select(SchemaReader.Read)];

    [Fact]
    public Task Handwritten_documents_are_judged_alike() =>
        CompareAsync("handwritten", [.. TestCorpus.Validation.SelectMany(OnEverySchema)]);

    [Fact]
    public Task Mutated_handwritten_documents_are_judged_alike() =>
        CompareAsync(
            "handwritten and mutated",
            [
                .. Seeds
                    .For(2000)
                    .Select(random =>
                    {
                        var (schema, text) = TestCorpus.Validation[random.Next(TestCorpus.Validation.Count)];
                        return (schema < 0 ? random.Next(Schemas.Length) : schema, WordMutation.Of(text, random));
                    }),
            ]
        );

    [Theory]
    [InlineData(0.0, 600)]
    [InlineData(0.01, 800)]
    [InlineData(0.05, 800)]
    [InlineData(0.2, 400)]
    public Task Generated_documents_are_judged_alike(double mistakes, int count) =>
        CompareAsync(
            $"generated, {mistakes:P0} mistakes",
            [
                .. Seeds
                    .For(count)
                    .Select(random =>
                    {
                        var schema = random.Next(Schemas.Length);
                        return (schema, DocumentGenerator.Document(Schemas[schema], random, mistakes));
                    }),
            ]
        );

    [Fact]
    public Task Mutated_generated_documents_are_judged_alike() =>
        CompareAsync(
            "generated and mutated",
            [
                .. Seeds
                    .For(1000)
                    .Select(random =>
                    {
                        var schema = random.Next(Schemas.Length);
                        var text = DocumentGenerator.Document(Schemas[schema], random, 0.0);
                        return (schema, WordMutation.Of(text, random));
                    }),
            ]
        );

    [Fact]
    public Task Suggestions_can_be_hidden() =>
        CompareAsync(
            "without suggestions",
            [.. TestCorpus.Validation.SelectMany(OnEverySchema)],
            hideSuggestions: true
        );

    /// <summary>All of them end, and those that are given up are given up by both.</summary>
    [Fact]
    public Task Hostile_documents_are_judged_alike() =>
        CompareAsync("hostile", [.. HostileDocuments.All.Select(document => (2, document.Text))]);

    private async Task CompareAsync(string what, (int Schema, string Text)[] documents, bool hideSuggestions = false)
    {
        var schemas = TestCorpus.Schemas.Select((text, number) => new Question("schema", text, $"{number}")).ToArray();
        var answers = await ReferenceImplementation.AskAsync([
            .. schemas,
            .. documents.Select(document => new Question(
                "validate",
                document.Text,
                $"{document.Schema}",
                HideSuggestions: hideSuggestions
            )),
        ]);

        var options = new ValidationOptions(HideSuggestions: hideSuggestions);
        var outcomes = answers.Skip(schemas.Length).ToArray();
        var differences = new Differences();
        foreach (var ((schema, text), outcome) in documents.Zip(outcomes))
        {
            var ours = Judge(Schemas[schema], text, options);
            if (outcome.Crash is null)
                differences.Compare($"schema {schema}:\n{text}", ours, outcome.Errors.Describe());
        }
        output.WriteLine(
            $"{what}: {documents.Length} documents, {outcomes.Count(answer => answer.Errors.Count == 0)} valid, {outcomes.Count(answer => answer.IsSyntaxError)} not read, {outcomes.Count(answer => answer.Crash is not null)} too much for the reference"
        );
        differences.ShouldBeNone();
    }

    private static string Judge(Schema schema, string text, ValidationOptions options)
    {
        try
        {
            return DocumentValidator.Validate(schema, Parser.Parse(text), options).Describe();
        }
        catch (GraphQLSyntaxException exception)
        {
            return exception.Error.Describe();
        }
    }

    private static IEnumerable<(int Schema, string Text)> OnEverySchema((int Schema, string Text) document) =>
        document.Schema >= 0
            ? [document]
            : Enumerable.Range(0, Schemas.Length).Select(schema => (schema, document.Text));
}
