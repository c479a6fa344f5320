using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Tests.Http;

/// <summary>A small schema with something of everything that transports have to carry.</summary>
public static class TestSchema
{
    private static readonly ScalarType Int = BuiltInScalars.Int;

    public static Schema Create()
    {
        var counter = new Counter();
        ObjectType? person = null;
        person = new ObjectType(
            "Person",
            () =>
                [
                    new Field("id", BuiltInScalars.Id.NonNull, resolver: context => context.Source),
                    new Field("name", BuiltInScalars.String, resolver: context => $"Person {context.Source}"),
                    new Field(
                        "friends",
                        person!.List,
                        [new InputValue("first", Int, new IntValueNode("2"))],
                        resolver: context => Enumerable.Range(1, (int)context.Argument("first")!)
                    )
                    {
                        ListSize = new ListSize(SlicingArguments: ["first"]),
                    },
                    new Field("friend", person!, resolver: context => context.Source),
                ]
        );
        return new Schema(
            new ObjectType(
                "Query",
                () =>
                    [
                        new Field(
                            "hello",
                            BuiltInScalars.String.NonNull,
                            [new InputValue("name", BuiltInScalars.String, new StringValueNode("world"))],
                            resolver: context => $"Hello, {context.Argument("name")}!"
                        ),
                        new Field(
                            "person",
                            person,
                            [new InputValue("id", BuiltInScalars.Id.NonNull)],
                            resolver: context => context.Argument("id")
                        ),
                        new Field(
                            "fails",
                            BuiltInScalars.String,
                            resolver: _ => throw new InvalidOperationException("password=secret")
                        ),
                        new Field(
                            "refuses",
                            BuiltInScalars.String,
                            resolver: _ => throw new GraphQLException("Not for you.")
                        ),
                        new Field("waits", BuiltInScalars.String, resolver: context => WaitAsync(context.Cancellation)),
                        new Field("count", Int.NonNull, resolver: _ => counter.Value),
                    ]
            ),
            new ObjectType(
                "Mutation",
                () =>
                    [
                        new Field("increment", Int.NonNull, resolver: _ => counter.Increment()),
                        new Field("decrement", Int.NonNull, resolver: _ => counter.Decrement()),
                    ]
            ),
            new ObjectType(
                "Subscription",
                () =>
                    [
                        new Field(
                            "countTo",
                            Int.NonNull,
                            [new InputValue("last", Int.NonNull)],
                            resolver: context => context.Source,
                            subscribe: context => CountAsync((int)context.Argument("last")!, default)
                        ),
                        new Field(
                            "countsAndWaits",
                            Int.NonNull,
                            [new InputValue("last", Int.NonNull)],
                            resolver: context => context.Source,
                            subscribe: context => CountAndWaitAsync((int)context.Argument("last")!, counter, default)
                        ),
                        new Field(
                            "text",
                            BuiltInScalars.String.NonNull,
                            [new InputValue("length", Int.NonNull)],
                            resolver: context => new string('x', (int)context.Argument("length")!),
                            subscribe: _ => CountAndWaitAsync(int.MaxValue, counter, default)
                        ),
                        new Field(
                            "failsAtOnce",
                            Int,
                            resolver: context => context.Source,
                            subscribe: _ => throw new InvalidOperationException("password=secret")
                        ),
                        new Field(
                            "failsLater",
                            Int,
                            resolver: context => context.Source,
                            subscribe: _ => CountAndFailAsync()
                        ),
                    ]
            )
        );
    }

    private static async Task<string> WaitAsync(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return "";
    }

    private static async IAsyncEnumerable<object?> CountAsync(
        int last,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (var number = 1; number <= last; number++)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return number;
        }
    }

    /// <summary>The query <c>count</c> tells how many of these are there.</summary>
    private static async IAsyncEnumerable<object?> CountAndWaitAsync(
        int last,
        Counter open,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        open.Increment();
        try
        {
            await foreach (var number in CountAsync(last, cancellation))
                yield return number;
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            open.Decrement();
        }
    }

    private static async IAsyncEnumerable<object?> CountAndFailAsync()
    {
        yield return 1;
        await Task.Yield();
        throw new InvalidOperationException("password=secret");
    }

    private sealed class Counter
    {
        private int value;

        public int Value => value;

        public int Increment() => Interlocked.Increment(ref value);

        public int Decrement() => Interlocked.Decrement(ref value);
    }
}
