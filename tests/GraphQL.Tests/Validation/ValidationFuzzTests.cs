using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Validation;

/// <summary>Whatever can be read can be validated and printed: never another exception, and never a hang. What is printed is read
/// again and printed alike.</summary>
public sealed class ValidationFuzzTests
{
    [Fact]
    public void Whatever_can_be_read_can_be_validated_and_printed()
    {
        var schemas = TestCorpus.Schemas.Select(SchemaReader.Read).ToArray();
        foreach (var random in Seeds.For(4000))
        {
            var schema = schemas[random.Next(schemas.Length)];
            var text = DocumentGenerator.Document(schema, random, 0.1);
            text = random.Next(3) switch
            {
                0 => text,
                1 => WordMutation.Of(text, random),
                _ => SyntaxGenerator.Document(random),
            };
            if (TryRead(text) is not { } document)
                continue;
            DocumentValidator.Validate(schema, document).Count.ShouldBeLessThanOrEqualTo(101);
            var printed = document.ToString();
            Parser.Parse(printed).ToString().ShouldBe(printed);
        }
    }

    /// <summary>Printing deep values once took twice as long for every level.</summary>
    [Fact]
    public void Deep_values_are_printed()
    {
        var text = string.Concat(Enumerable.Repeat("{a: [", 99)) + string.Concat(Enumerable.Repeat("]}", 99));

        Parser.ParseValue(text).ToString().ShouldStartWith("{\n  a: [\n    {");
    }

    [Fact]
    public void However_deep_fragments_lead_a_small_stack_is_enough_to_say_no()
    {
        var schema = SchemaReader.Read(TestCorpus.Schemas[2]);
        const int smallStack = 512 * 1024;
        foreach (var text in HostileDocuments.Deep)
        {
            IReadOnlyList<GraphQLError> errors = [];
            var options = new ParserOptions(int.MaxValue);
            var thread = new Thread(
                () => errors = DocumentValidator.Validate(schema, Parser.Parse(text, options)),
                smallStack
            );
            thread.Start();
            thread.Join();
            errors.ShouldNotBeEmpty();
        }
    }

    private static DocumentNode? TryRead(string text)
    {
        try
        {
            return Parser.Parse(text);
        }
        catch (GraphQLSyntaxException)
        {
            return null;
        }
    }
}
