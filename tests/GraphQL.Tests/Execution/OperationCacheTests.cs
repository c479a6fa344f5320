using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Execution;

/// <summary>Operations are prepared once while they are in use.</summary>
public sealed class OperationCacheTests
{
    private static readonly Schema Schema = SchemaReader.Read("type Query { a: Int b(x: Int): Int }");

    [Fact]
    public void The_same_operation_is_prepared_once()
    {
        var cache = new OperationCache(Schema, ParserOptions.Default);

        var (first, _) = cache.Prepare("query A { a } query B { a }", "A");
        var (again, _) = cache.Prepare("query A { a } query B { a }", "A");
        var (other, _) = cache.Prepare("query A { a } query B { a }", "B");

        first.ShouldNotBeNull();
        again.ShouldBeSameAs(first);
        other!.Operation.Name!.Value.Value.ShouldBe("B");
    }

    [Fact]
    public void What_was_not_used_for_the_longest_time_goes()
    {
        var cache = new OperationCache(Schema, ParserOptions.Default, capacity: 2);
        var (first, _) = cache.Prepare("{ a }", null);
        cache.Prepare("{ b }", null);
        cache.Prepare("{ a }", null);
        cache.Prepare("{ a b }", null);

        cache.Count.ShouldBe(2);
        cache.Prepare("{ a }", null).Operation.ShouldBeSameAs(first);
    }

    [Theory]
    [InlineData("{ a", null, "Syntax Error: Expected Name, found <EOF>.")]
    [InlineData("{ c }", null, "Cannot query field \"c\" on type \"Query\". Did you mean \"a\" or \"b\"?")]
    [InlineData("query A { a }", "B", "Unknown operation named \"B\".")]
    public void Documents_that_cannot_be_executed_are_not_kept(string text, string? name, string problem)
    {
        var cache = new OperationCache(Schema, ParserOptions.Default);

        var (operation, errors) = cache.Prepare(text, name);

        operation.ShouldBeNull();
        errors.ShouldHaveSingleItem().Message.ShouldBe(problem);
        cache.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_prepared_operation_serves_many_at_once_each_with_its_own_variables()
    {
        var options = new ExecutionOptions { Resolver = context => Task.Run(() => context.Argument("x")) };
        var cache = new OperationCache(Schema, ParserOptions.Default);
        const string text = "query ($x: Int, $skip: Boolean!) { b(x: $x) again: b(x: 7) @skip(if: $skip) }";

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(async number =>
                {
                    using var variables = System.Text.Json.JsonDocument.Parse(
                        $"{{\"x\": {number}, \"skip\": {(number % 2 == 0 ? "true" : "false")}}}"
                    );
                    var (operation, _) = cache.Prepare(text, null);
                    var result = await new Executor(options).ExecuteAsync(
                        operation!,
                        new ExecutionRequest(variables.RootElement),
                        TestContext.Current.CancellationToken
                    );
                    return result.Text();
                })
        );

        results
            .Index()
            .ShouldAllBe(one =>
                one.Item == $"{{\"data\":{{\"b\":{one.Index}{(one.Index % 2 == 0 ? "" : ",\"again\":7")}}}}}"
            );
    }
}
