using System.Text.Json;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Limits;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Limits;

/// <summary>What operations cost by the directives of their schema, before anything is executed.</summary>
public sealed class CostTests
{
    private static readonly Schema Schema = SchemaReader.Read(
        """
        directive @cost(weight: String!) on FIELD_DEFINITION | ARGUMENT_DEFINITION
        directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
        interface Node { id: ID! parts: [Part!] @listSize(assumedSize: 3) }
        type Part { name: String price: Int @cost(weight: "2.5") }
        type Video implements Node {
          id: ID!
          parts: [Part!] @listSize(assumedSize: 3)
          clips(first: Int = 7, last: Int): ClipConnection @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])
          tags: [String!]
        }
        type Clip implements Node { id: ID! parts: [Part!] @listSize(assumedSize: 50) video: Video }
        type ClipConnection { edges: [ClipEdge] nodes: [Clip] totalCount: Int @cost(weight: "20") }
        type ClipEdge { node: Clip }
        type Query {
          video: Video
          videos: [Video]
          asOf(time: String @cost(weight: "7")): Video
          search(first: Int): [Node] @cost(weight: "5") @listSize(assumedSize: 4, slicingArguments: ["first"])
        }
        """
    );

    [Theory]
    [InlineData("{ __typename }", "{}", 0)]
    [InlineData("{ video { id tags } }", "{}", 1)]
    [InlineData("{ video { id } video { tags } ...V } fragment V on Query { video { id } }", "{}", 1)]
    [InlineData("{ a: video { id } b: video { id } }", "{}", 2)]
    [InlineData("{ videos { id } }", "{}", 10)]
    [InlineData("{ videos { parts { name } } }", "{}", 10 * (1 + 3))]
    [InlineData("{ video { parts { name price } } }", "{}", 1 + 3 * (1 + 2.5))]
    [InlineData("{ video { clips { edges { node { id } } } } }", "{}", 1 + 1 + 7 * (1 + 1))]
    [InlineData("{ video { clips(first: 2) { nodes { id } totalCount } } }", "{}", 1 + 1 + 2 + 20)]
    [InlineData("{ video { clips(first: 2, last: 9) { nodes { id } } } }", "{}", 1 + 1 + 9)]
    [InlineData("{ video { clips(first: -5) { nodes { parts { name } } } } }", "{}", 2)]
    [InlineData("query ($n: Int) { video { clips(first: $n) { nodes { id } } } }", """{"n": 40}""", 42)]
    [InlineData("query ($n: Int = 6) { video { clips(first: $n) { nodes { id } } } }", "{}", 8)]
    [InlineData("{ asOf { id } }", "{}", 1)]
    [InlineData("query ($t: String) { a: asOf(time: \"T\") { id } b: asOf(time: $t) { id } }", "{}", 2 * (7 + 1))]
    [InlineData("{ search { id } }", "{}", 5 + 4)]
    [InlineData("{ search(first: 2) { parts { name } } }", "{}", 5 + 2 * (1 + 50))]
    [InlineData("{ search(first: 2) { ... on Video { parts { name } } } }", "{}", 5 + 2 * (1 + 3))]
    [InlineData("query ($no: Boolean!) { videos @skip(if: $no) { id } video { id } }", """{"no": true}""", 1)]
    [InlineData("{ __schema { types { fields { name } } } }", "{}", 0)]
    public async Task Objects_and_weights_are_counted_as_often_as_lists_may_have_them(
        string text,
        string variables,
        double cost
    )
    {
        var document = Parser.Parse(text);
        DocumentValidator.Validate(Schema, document).ShouldBeEmpty();
        var (operation, _) = PreparedOperation.Prepare(Schema, document);
        var executor = new Executor(
            new ExecutionOptions
            {
                Limits = new OperationLimits { MaximumCost = -1 },
                Resolver = _ => null,
            }
        );
        using var json = JsonDocument.Parse(variables);

        // Twice, because what does not depend on variables is remembered.
        for (var time = 0; time < 2; time++)
        {
            var result = await executor.ExecuteAsync(operation!, new ExecutionRequest(json.RootElement));
            var error = result.Errors.ShouldHaveSingleItem();
            error.Message.ShouldBe(
                $"The operation may cost {cost}, which is more than the allowed -1. Ask for shorter lists or fewer objects."
            );
            error.Extensions!["code"].ShouldBe("COST_LIMIT_EXCEEDED");
            error.Extensions["found"].ShouldBe(cost);
        }
    }

    [Fact]
    public async Task Fields_that_multiply_without_end_are_not_counted_to_the_end()
    {
        var fragments = Enumerable
            .Range(0, 40)
            .Select(number =>
                $"fragment F{number} on Clip {{ a: video {{ clips(first: 1) {{ nodes {{ ...F{number + 1} }} }} }} b: video {{ clips(first: 1) {{ nodes {{ ...F{number + 1} }} }} }} }}"
            );
        var document = Parser.Parse(
            $"{{ video {{ clips(first: 1) {{ nodes {{ ...F0 }} }} }} }} {string.Join(' ', fragments)} fragment F40 on Clip {{ id }}"
        );
        var (operation, _) = PreparedOperation.Prepare(Schema, document);
        var executor = new Executor(new ExecutionOptions { Limits = OperationLimits.Default, Resolver = _ => null });

        var result = await executor.ExecuteAsync(operation!, new ExecutionRequest());

        result.Errors.ShouldHaveSingleItem().Message.ShouldStartWith("The operation selects too many fields");
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(199, "COST_LIMIT_EXCEEDED")]
    public async Task Longer_lists_than_expected_are_not_gone_through_to_the_end(int allowed, string? code)
    {
        var (operation, _) = PreparedOperation.Prepare(Schema, Parser.Parse("{ videos { parts { name } } }"));
        var names = 0;
        var executor = new Executor(
            new ExecutionOptions
            {
                Limits = OperationLimits.Default with { MaximumObjects = allowed },
                Resolver = context =>
                    context.Field.Name switch
                    {
                        "videos" => Items(8),
                        "parts" => Items(24),
                        _ => $"part {Interlocked.Increment(ref names)}",
                    },
            }
        );

        var result = await executor.ExecuteAsync(operation!, new ExecutionRequest());

        result.Errors.SingleOrDefault()?.Extensions!["code"].ShouldBe(code);
        result.HasData.ShouldBe(code is null);
        names.ShouldBe(code is null ? 192 : 191);

        static IEnumerable<object> Items(int count) => Enumerable.Range(0, count).Cast<object>();
    }
}
