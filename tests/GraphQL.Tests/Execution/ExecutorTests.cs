using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Tests.Execution;

/// <summary>What execution promises beyond what the reference implementation can be asked.</summary>
public sealed class ExecutorTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exceptions_are_masked_and_told_to_the_server_only()
    {
        var told = new List<UnexpectedError>();
        var options = new ExecutionOptions { OnUnexpectedError = told.Add };
        var thrown = new InvalidOperationException("password=secret");

        var result = await RunAsync("{ a b }", options, Text("a", _ => throw thrown), Text("b", _ => "fine"));

        var only = told.ShouldHaveSingleItem();
        only.Exception.ShouldBeSameAs(thrown);
        only.Field.ToString().ShouldBe("Query.a");
        only.Path.ToString().ShouldBe("a");
        result.ShouldBe(
            $$$"""{"errors":[{"message":"Unexpected error","locations":[{"line":1,"column":3}],"path":["a"],"extensions":{"correlationId":"{{{only.CorrelationId}}}"}}],"data":{"a":null,"b":"fine"}}"""
        );
    }

    [Fact]
    public async Task Errors_for_the_client_come_with_their_extensions()
    {
        var meant = new GraphQLException("No such video.", new InvalidOperationException("secret"))
        {
            Extensions = new Dictionary<string, object?> { ["code"] = "NOT_FOUND" },
        };

        var result = await RunAsync("{ a }", Text("a", _ => Task.FromException<string>(meant)));

        result.ShouldBe(
            """{"errors":[{"message":"No such video.","locations":[{"line":1,"column":3}],"path":["a"],"extensions":{"code":"NOT_FOUND"}}],"data":{"a":null}}"""
        );
    }

    [Fact]
    public async Task A_field_without_a_resolver_is_a_mistake_of_the_server()
    {
        var told = new List<UnexpectedError>();

        await RunAsync("{ a }", new ExecutionOptions { OnUnexpectedError = told.Add }, new Field("a", Strings));

        told.ShouldHaveSingleItem().Exception.Message.ShouldBe("Query.a has no resolver.");
    }

    [Fact]
    public async Task Queries_run_their_fields_together()
    {
        var (first, second) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());

        var result = await RunAsync(
            "{ a b }",
            Text("a", _ => second.Task.ContinueWith(_ => first.TrySetResult("x"), TaskScheduler.Default)),
            Text(
                "b",
                _ =>
                {
                    second.SetResult("first needs me");
                    return first.Task;
                }
            )
        );

        result.ShouldBe("""{"data":{"a":"true","b":"x"}}""");
    }

    [Fact]
    public async Task Mutations_run_one_after_the_other_in_the_order_of_the_document()
    {
        var events = new List<string>();
        Field Step(string name) =>
            Later(
                name,
                async _ =>
                {
                    events.Add($"{name} begins");
                    await Task.Yield();
                    events.Add($"{name} ends");
                    return name;
                }
            );
        var mutation = new ObjectType("Mutation", () => [Step("a"), Step("b"), Step("c")]);
        var schema = new Schema(new ObjectType("Query", () => [Text("a", _ => "")]), mutation);

        var result = await RunAsync("mutation { c x: a b }", schema);

        result.ShouldBe("""{"data":{"c":"c","x":"a","b":"b"}}""");
        events.ShouldBe(["c begins", "c ends", "a begins", "a ends", "b begins", "b ends"]);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_execution_after_what_has_begun()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var told = new List<UnexpectedError>();
        var hasEnded = false;
        var begun = new List<string>();
        var schema = Query(
            Later(
                "a",
                async context =>
                {
                    begun.Add("a");
                    await Task.Delay(Timeout.Infinite, context.Cancellation)
                        .ContinueWith(_ => hasEnded = true, TaskScheduler.Default);
                    throw new InvalidOperationException("The connection is gone.");
                }
            ),
            Later(
                "b",
                async _ =>
                {
                    begun.Add("b");
                    await leaving.CancelAsync();
                    return "";
                }
            ),
            Text("c", _ => "too late")
        );
        var options = new ExecutionOptions { OnUnexpectedError = told.Add };
        var operation = Prepare("{ a b c }", schema);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            new Executor(options).ExecuteAsync(operation, new ExecutionRequest(), leaving.Token)
        );

        hasEnded.ShouldBeTrue();
        begun.ShouldBe(["a", "b"]);
        told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_clients_is_an_error_like_any_other()
    {
        var result = await RunAsync("{ a b }", Text("a", _ => throw new TaskCanceledException()), Text("b", _ => "b"));

        result.ShouldContain("Unexpected error");
        result.ShouldEndWith("""{"a":null,"b":"b"}}""");
    }

    [Fact]
    public async Task Resolvers_give_values_and_tasks_and_sequences_of_any_type()
    {
        var ints = BuiltInScalars.Int.List;
        var result = await RunAsync(
            "{ a b c d e f g h i }",
            Of("a", BuiltInScalars.Int, _ => Task.FromResult(1)),
            Of("b", BuiltInScalars.Int, _ => new ValueTask<int>(2)),
            Of("c", BuiltInScalars.Int, _ => new ValueTask<int>(LaterAsync(3))),
            Of("d", BuiltInScalars.Int, _ => Task.CompletedTask),
            Of("e", ints, _ => new[] { 1, 2 }),
            Of("f", ints, _ => SequenceAsync()),
            Of("g", ints, _ => new[] { LaterAsync(1), LaterAsync(2) }),
            Of("h", ints, _ => Task.FromResult<IEnumerable<int?>>([1, null])),
            Of("i", BuiltInScalars.Int, _ => NothingAsync())
        );

        result.ShouldBe(
            """{"data":{"a":1,"b":2,"c":3,"d":null,"e":[1,2],"f":[1,2],"g":[1,2],"h":[1,null],"i":null}}"""
        );

        static async Task<int> LaterAsync(int value)
        {
            await Task.Yield();
            return value;
        }

        static async Task NothingAsync() => await Task.Yield();

        static async IAsyncEnumerable<int> SequenceAsync()
        {
            yield return await LaterAsync(1);
            yield return await LaterAsync(2);
        }
    }

    [Fact]
    public async Task Texts_are_escaped_where_JSON_needs_it_and_halves_of_surrogate_pairs_are_replaced()
    {
        var result = await RunAsync(
            "{ a b c }",
            Text("a", _ => "<Ä&\u2028 \U0001F600>\u0000"),
            Text("b", _ => "x\ud83d y"),
            Of("c", BuiltInScalars.Float, _ => 0.1f)
        );

        result.ShouldBe("""{"data":{"a":"<Ä&\u2028 \uD83D\uDE00>\u0000","b":"x\uFFFD y","c":0.1}}""");
    }

    private record Animal(string Name);

    private record Dog(string Name) : Animal(Name);

    private sealed record Poodle(string Name) : Dog(Name);

    private sealed record Stone(string Name) : Animal(Name);

    [Fact]
    public async Task Objects_behind_an_interface_are_found_by_the_type_they_are_bound_to_or_its_base()
    {
        var named = new InterfaceType("Named", () => [new Field("name", Strings)]);
        var dog = new ObjectType("Dog", () => [Text("name", context => ((Dog)context.Source!).Name)], () => [named])
        {
            BoundTo = typeof(Dog),
        };
        var query = new ObjectType(
            "Query",
            () => [Of("all", named.List, _ => new Animal[] { new Dog("Rex"), new Poodle("Fifi"), new Stone("Rock") })]
        );

        var result = await RunAsync("{ all { __typename name } }", new Schema(query, types: [dog]));

        result.ShouldStartWith("""{"errors":[{"message":"Abstract type \"Named\" must resolve to an Object type""");
        result.ShouldEndWith(
            """path":["all",2]}],"data":{"all":[{"__typename":"Dog","name":"Rex"},{"__typename":"Dog","name":"Fifi"},null]}}"""
        );
    }

    private sealed class DurationScalar() : ScalarType("Duration")
    {
        public override string? ReadResult(object value, out object? result)
        {
            result = (value as TimeSpan?)?.TotalSeconds;
            return result is null ? "Duration cannot represent what is none." : null;
        }
    }

    [Fact]
    public async Task Scalars_write_their_own_values()
    {
        var duration = new DurationScalar();

        var result = await RunAsync(
            "{ a b }",
            Of("a", duration, _ => TimeSpan.FromMinutes(1.5)),
            Of("b", duration, _ => "x")
        );

        result.ShouldBe(
            """{"errors":[{"message":"Duration cannot represent what is none.","locations":[{"line":1,"column":5}],"path":["b"]}],"data":{"a":90,"b":null}}"""
        );
    }

    [Fact]
    public async Task Resolvers_see_their_place_and_what_is_selected_of_their_value()
    {
        var seen = new List<string>();
        ObjectType? node = null;
        object Note(IFieldContext context)
        {
            seen.Add($"{context.Path} {string.Join(',', context.Selected(node!).Select(it => it.Field.Name))}");
            return context.Root!;
        }
        node = new ObjectType("Node", () => [Text("id", _ => "1"), Of("next", node!, Note), Text("x", _ => "")]);

        await RunAsync(
            "{ first: node { id ...More next { __typename } } } fragment More on Node { n: next { id } x @skip(if: true) }",
            Query(Of("node", node, Note))
        );

        seen.ShouldBe(["first id,next,next", "first.n id", "first.next __typename"]);
    }

    [Fact]
    public async Task A_response_that_fragments_make_deep_ends()
    {
        ObjectType? node = null;
        node = new ObjectType("Node", () => [Of("n", node!, context => context.Root)]);
        var fragments = Enumerable
            .Range(0, 50_000)
            .Select(number => $"fragment F{number} on Node {{ n {{ ...F{number + 1} }} }}");
        var document = Parser.Parse(
            $"{{ n {{ ...F0 }} }} {string.Join(' ', fragments)} fragment F50000 on Node {{ __typename }}",
            ParserOptions.Trusted
        );
        var schema = Query(Of("n", node, context => context.Root));
        var (operation, _) = PreparedOperation.Prepare(schema, document);

        var result = await new Executor().ExecuteAsync(operation!, new ExecutionRequest(Root: ""), Now);

        var error = result.Errors.ShouldHaveSingleItem();
        error.Message.ShouldBe("The response is too deep.");
        error.Path!.Depth.ShouldBe(501);
    }

    private static GraphQLType Strings => BuiltInScalars.String;

    private static Field Of(string name, GraphQLType type, FieldResolver resolver) =>
        new(name, type, resolver: resolver);

    private static Field Text(string name, FieldResolver resolver) => Of(name, Strings, resolver);

    private static Field Later(string name, Func<IFieldContext, Task<string>> resolver) =>
        Text(name, context => resolver(context));

    private static Schema Query(params Field[] fields) => new(new ObjectType("Query", () => fields));

    private static Task<string> RunAsync(string text, params Field[] fields) => RunAsync(text, Query(fields));

    private static Task<string> RunAsync(string text, ExecutionOptions options, params Field[] fields) =>
        RunAsync(text, Query(fields), options);

    private static async Task<string> RunAsync(string text, Schema schema, ExecutionOptions? options = null)
    {
        var request = new ExecutionRequest(Root: new object());
        var result = await new Executor(options).ExecuteAsync(Prepare(text, schema), request, Now);
        return result.Text();
    }

    private static PreparedOperation Prepare(string text, Schema schema)
    {
        SchemaValidation.Validate(schema).ShouldBeEmpty();
        var document = Parser.Parse(text);
        DocumentValidator.Validate(schema, document).ShouldBeEmpty();
        return PreparedOperation.Prepare(schema, document).Operation.ShouldNotBeNull();
    }
}
