using System.Collections.Concurrent;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.DataLoaders;

/// <summary>However large a list is, what its items load comes with one call, and with one more for each level below it.</summary>
public sealed class DataLoaderTests
{
    private static readonly Schema Tree = AnnotatedSchema.Build(
        [typeof(TreeQueries), typeof(TreeMutations), typeof(LeafFields)],
        new AnnotationOptions { IsService = type => type == typeof(Calls) }
    );

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string, string[]> Documents =>
        new()
        {
            { "{ leaves(count: 50) { parent { number } } }", ["byNumber 50"] },
            {
                "{ leaves(count: 50) { parent { parent { parent { number } } } } }",
                ["byNumber 50", "byNumber 50", "byNumber 50"]
            },
            { "{ later(count: 50) { parent { number } } }", ["byNumber 50"] },
            { "{ sequence(count: 1) { parent { number } } }", ["byNumber 1"] },
            { "{ leaves(count: 20) { children { number parent { number } } } }", ["children 20", "byNumber 40"] },
            { "{ leaves(count: 20) { slow { number } } }", ["byNumber 20"] },
            // A key that was loaded is not loaded again.
            {
                "{ leaves(count: 3) { parent { number } same: parent { number } self { self { number } } } }",
                ["byNumber 3"]
            },
            // Except after somebody waited for something newer.
            { "{ leafAgain(number: 1) { number } }", ["byNumber 1", "byNumber 1"] },
            // Two loaders are asked beside each other.
            { "{ leaves(count: 5) { parent { number } children { number } } }", ["byNumber 5", "children 5"] },
            {
                "{ a: leaves(count: 5) { parent { number } } b: leaves(count: 7) { parent { number } } }",
                ["byNumber 7"]
            },
            // A loader may use another one.
            { "{ leaves(count: 5) { grandparent { number } } }", ["byNumber 5", "grandparent 5", "byNumber 5"] },
            {
                "mutation { first: leaf(number: 1) { parent { number } } second: leaf(number: 2) { parent { number } } }",
                ["byNumber 1", "byNumber 1"]
            },
        };

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Each_level_is_one_call(string text, string[] calls)
    {
        var (result, made) = await AskAsync(text);

        result.Errors.ShouldBeEmpty();
        made.Order().ShouldBe(calls.Order());
    }

    [Fact]
    public async Task A_key_may_have_an_error_of_its_own_or_no_value()
    {
        var (result, made) = await AskAsync("{ leaves(count: 4) { checked { number } } }");

        made.ShouldBe(["checked 4"]);
        result
            .Text()
            .ShouldBe(
                """{"errors":[{"message":"2 is broken.","locations":[{"line":1,"column":22}],"path":["leaves",2,"checked"]}],"data":{"leaves":[{"checked":{"number":0}},{"checked":{"number":1}},{"checked":null},{"checked":null}]}}"""
            );
    }

    [Fact]
    public async Task A_call_that_fails_fails_for_all_its_keys()
    {
        var (result, _) = await AskAsync("{ leaves(count: 3) { broken { number } } }");

        result.Errors.Select(error => error.Message).ShouldBe(["No luck.", "No luck.", "No luck."]);
    }

    [Fact]
    public async Task Operations_share_nothing()
    {
        var both = await Task.WhenAll(
            AskAsync("{ leaves(count: 5) { parent { number } } }"),
            AskAsync("{ leaves(count: 5) { parent { number } } }")
        );

        both.SelectMany(one => one.Calls).ShouldBe(["byNumber 5", "byNumber 5"]);
    }

    [Fact]
    public void A_loader_that_is_not_there_is_told_at_start() =>
        Should
            .Throw<AnnotationException>(() => AnnotatedSchema.Build([typeof(Lonely)]))
            .Message.ShouldContain(
                "Parameter loader of EventPipeline.GraphQL.Tests.DataLoaders.DataLoaderTests.Lonely.WhatAsync has no [DataLoader]"
            );

    private static async Task<(ExecutionResult Result, string[] Calls)> AskAsync(string text)
    {
        var document = Parser.Parse(text);
        DocumentValidator.Validate(Tree, document).ShouldBeEmpty();
        var (operation, _) = PreparedOperation.Prepare(Tree, document);
        var calls = new Calls();
        var request = new ExecutionRequest(Services: new Services(calls));
        var result = await new Executor().ExecuteAsync(operation!, request, Now);
        return (result, [.. calls.Made]);
    }

    private sealed class Services(Calls calls) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(Calls) ? calls : null;
    }

    /// <summary>What was called, with how many keys.</summary>
    public sealed class Calls
    {
        public ConcurrentQueue<string> Made { get; } = new();
    }

    public sealed record Leaf(int Number);

    [QueryType]
    public static class TreeQueries
    {
        public static Leaf[] GetLeaves(int count) => [.. Enumerable.Range(0, count).Select(number => new Leaf(number))];

        public static async Task<Leaf[]> GetLaterAsync(int count)
        {
            await Task.Yield();
            return GetLeaves(count);
        }

        public static async IAsyncEnumerable<Leaf> GetSequence(int count)
        {
            foreach (var leaf in GetLeaves(count))
            {
                await Task.Yield();
                yield return leaf;
            }
        }

        public static async Task<Leaf?> GetLeafAgainAsync(
            int number,
            IDataLoader<int, Leaf> byNumber,
            IRequestContext context
        )
        {
            await byNumber.LoadAsync(number);
            context.Loaders.Forget();
            return await byNumber.LoadAsync(number);
        }
    }

    [MutationType]
    public static class TreeMutations
    {
        public static async Task<Leaf> LeafAsync(int number)
        {
            await Task.Yield();
            return new Leaf(number);
        }
    }

    [ExtendObjectType<Leaf>]
    public static class LeafFields
    {
        [DataLoader]
        public static async Task<IReadOnlyDictionary<int, Leaf>> GetByNumberAsync(
            IReadOnlyList<int> numbers,
            Calls calls,
            CancellationToken cancellation
        )
        {
            calls.Made.Enqueue($"byNumber {numbers.Count}");
            await Task.Delay(1, cancellation);
            return numbers.ToDictionary(number => number, number => new Leaf(number));
        }

        [DataLoader]
        public static Task<ILookup<int, Leaf>> GetChildrenOfAsync(IReadOnlyList<int> numbers, Calls calls)
        {
            calls.Made.Enqueue($"children {numbers.Count}");
            return Task.FromResult(
                numbers
                    .SelectMany(number => new[] { (number, number * 2), (number, (number * 2) + 1) })
                    .ToLookup(pair => pair.number, pair => new Leaf(pair.Item2))
            );
        }

        [DataLoader]
        public static Task<Dictionary<int, Result<Leaf>>> GetCheckedByNumberAsync(
            IReadOnlyList<int> numbers,
            Calls calls
        )
        {
            calls.Made.Enqueue($"checked {numbers.Count}");
            return Task.FromResult(
                numbers
                    .Where(number => number != 3)
                    .ToDictionary(
                        number => number,
                        number => number == 2 ? (Result<Leaf>)new GraphQLException("2 is broken.") : new Leaf(number)
                    )
            );
        }

        [DataLoader]
        public static Task<Dictionary<string, Leaf>> GetBrokenByNameAsync(IReadOnlyList<string> names) =>
            throw new GraphQLException($"No luck{(names.Count > 0 ? "." : "")}");

        [DataLoader]
        public static async Task<IReadOnlyDictionary<long, Leaf>> GetGrandparentByNumberAsync(
            IReadOnlyList<long> numbers,
            Calls calls,
            IDataLoader<int, Leaf> byNumber
        )
        {
            calls.Made.Enqueue($"grandparent {numbers.Count}");
            var parents = await byNumber.LoadAsync([.. numbers.Select(number => (int)number + 2000)]);
            return numbers.Zip(parents).ToDictionary(pair => pair.First, pair => pair.Second!);
        }

        public static Task<Leaf?> GetParentAsync([Parent] Leaf leaf, IDataLoader<int, Leaf> byNumber) =>
            byNumber.LoadAsync(leaf.Number + 1000);

        public static async Task<Leaf?> GetSlowAsync([Parent] Leaf leaf, IDataLoader<int, Leaf> byNumber) =>
            await byNumber.LoadAsync(leaf.Number);

        public static Task<Leaf?> GetSelfAsync([Parent] Leaf leaf, IDataLoader<int, Leaf> byNumber) =>
            byNumber.LoadAsync(leaf.Number == 0 ? 1000 : 1001);

        public static async Task<Leaf[]> GetChildrenAsync([Parent] Leaf leaf, IDataLoader<int, Leaf[]> childrenOf) =>
            await childrenOf.LoadAsync(leaf.Number) ?? [];

        public static async Task<Leaf?> GetGrandparentAsync(
            [Parent] Leaf leaf,
            IDataLoader<int, Leaf> byNumber,
            IDataLoader<long, Leaf> further
        )
        {
            var parent = await byNumber.LoadAsync(leaf.Number);
            return await further.LoadAsync(parent!.Number);
        }

        public static Task<Leaf?> GetCheckedAsync([Parent] Leaf leaf, IDataLoader<int, Leaf> checkedByNumber) =>
            checkedByNumber.LoadAsync(leaf.Number);

        public static Task<Leaf?> GetBrokenAsync([Parent] Leaf leaf, IDataLoader<string, Leaf> loader) =>
            loader.LoadAsync($"{leaf.Number}");
    }

    [QueryType]
    public static class Lonely
    {
        public static Task<string?> WhatAsync(IDataLoader<int, string> loader) => loader.LoadAsync(1);
    }
}
