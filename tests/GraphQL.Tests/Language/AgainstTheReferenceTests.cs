using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Tests.Generation;
using EventPipeline.GraphQL.Tests.Reference;

namespace EventPipeline.GraphQL.Tests.Language;

/// <summary>The parser says yes and no as the reference implementation does, at the same place and in the same words, and
/// what it has read is printed alike.</summary>
public sealed class AgainstTheReferenceTests(ITestOutputHelper output)
{
    private static readonly ParserOptions Unlimited = new(int.MaxValue, 1000);

    [Fact]
    public Task Handwritten_documents_and_their_mutations_are_read_alike() =>
        CompareAsync(
            "handwritten and mutated",
            [
                .. TestCorpus.Syntax,
                .. TestCorpus.Documents,
                .. Seeds.For(1200).Select(random => Mutation.Of(Choose(TestCorpus.Documents, random), random)),
                .. Seeds.For(600).Select(random => Mutation.Of(Choose(TestCorpus.Syntax, random), random)),
            ]
        );

    [Fact]
    public Task Generated_documents_and_their_mutations_are_read_alike() =>
        CompareAsync(
            "generated and mutated",
            [
                .. Seeds.For(800).Select(SyntaxGenerator.Document),
                .. Seeds.For(800).Select(random => Mutation.Of(SyntaxGenerator.Document(random), random)),
            ]
        );

    private async Task CompareAsync(string what, string[] documents)
    {
        var answers = await ReferenceImplementation.AskAsync([
            .. documents.Select(document => new Question("parse", document)),
        ]);

        var differences = new Differences();
        foreach (var (document, answer) in documents.Zip(answers))
        {
            answer.Crash.ShouldBeNull();
            differences.Compare(document, Read(document), Outcome(answer));
        }
        output.WriteLine(
            $"{what}: {documents.Length} documents, {answers.Count(answer => answer.IsSyntaxError)} of them refused"
        );
        differences.ShouldBeNone();
    }

    private static string Read(string document)
    {
        try
        {
            return Parser.Parse(document, Unlimited).ToString();
        }
        catch (GraphQLSyntaxException exception)
        {
            return $"{exception.Message} at {string.Join(' ', exception.Error.Locations)}";
        }
    }

    private static string Outcome(Answer answer) =>
        answer.Text ?? $"{answer.Errors[0].Message} at {answer.Errors[0].Places}";

    private static string Choose(IReadOnlyList<string> from, Random random) => from[random.Next(from.Count)];
}
