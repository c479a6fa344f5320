using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.GraphQL.Tests.Subscriptions;

/// <summary>What subscriptions promise beyond what the reference implementation can be asked.</summary>
public sealed class SubscriptionTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_stops_listening_ends_the_events()
    {
        var source = new Source();

        await foreach (var result in Start(source))
        {
            result.Text().ShouldBe("""{"data":{"count":0}}""");
            break;
        }

        source.HasEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_leaves_ends_events_that_are_waited_for()
    {
        var source = new Source(last: 1);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var results = Start(source, leaving.Token).GetAsyncEnumerator(Now);
        (await results.MoveNextAsync()).ShouldBeTrue();

        var waiting = results.MoveNextAsync();
        await source.IsWaiting.Task.WaitAsync(Now);
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await waiting);
        source.HasEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Events_that_fail_end_with_a_masked_error()
    {
        var told = new List<UnexpectedError>();
        var thrown = new InvalidOperationException("password=secret");
        var source = new Source(last: 1) { Failure = thrown };

        var results = new List<string>();
        await foreach (var result in Start(source, options: new ExecutionOptions { OnUnexpectedError = told.Add }))
            results.Add(result.Text());

        told.ShouldHaveSingleItem().Exception.ShouldBeSameAs(thrown);
        results.ShouldBe([
            """{"data":{"count":0}}""",
            $$$"""{"errors":[{"message":"Unexpected error","locations":[{"line":1,"column":16}],"path":["count"],"extensions":{"correlationId":"{{{told[0].CorrelationId}}}"}}]}""",
        ]);
        source.HasEnded.ShouldBeTrue();
    }

    private sealed class Lifetime(List<string> log) : IDisposable
    {
        public void Dispose() => log.Add("ended");
    }

    [Fact]
    public async Task Every_event_has_services_of_its_own()
    {
        var log = new List<string>();
        await using var services = new ServiceCollection().AddScoped(_ => new Lifetime(log)).BuildServiceProvider();
        var seen = new HashSet<Lifetime>();
        var source = new Source(last: 3) { Ends = true };
        var results = Start(
            source,
            services: services,
            resolver: context =>
            {
                seen.Add(context.Services!.GetRequiredService<Lifetime>());
                return context.Source;
            }
        );

        await foreach (var _ in results)
            log.Add("result");

        seen.Count.ShouldBe(3);
        log.ShouldBe(["ended", "result", "ended", "result", "ended", "result"]);
    }

    [Fact]
    public void Queries_are_not_subscribed_to()
    {
        var (schema, query) = Prepare("{ a }", new Source());
        schema.ShouldNotBeNull();

        var (results, refused) = new Executor().Subscribe(query, new ExecutionRequest(), Now);

        results.ShouldBeNull();
        refused!.Text().ShouldBe("""{"errors":[{"message":"Expected subscription operation."}]}""");
    }

    private sealed class Source(int last = int.MaxValue)
    {
        public bool HasEnded { get; private set; }

        public Exception? Failure { get; init; }

        public bool Ends { get; init; }

        public TaskCompletionSource IsWaiting { get; } = new();

        public async IAsyncEnumerable<object?> EventsAsync(
            [EnumeratorCancellation] CancellationToken cancellation = default
        )
        {
            try
            {
                for (var number = 0; number < last; number++)
                    yield return number;
                if (Failure is not null)
                    throw Failure;
                if (Ends)
                    yield break;
                IsWaiting.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                HasEnded = true;
            }
        }
    }

    private static IAsyncEnumerable<ExecutionResult> Start(
        Source source,
        CancellationToken? cancellation = null,
        ExecutionOptions? options = null,
        IServiceProvider? services = null,
        FieldResolver? resolver = null
    )
    {
        var (_, operation) = Prepare("subscription { count }", source, resolver);
        var request = new ExecutionRequest(Services: services);
        var (results, refused) = new Executor(options).Subscribe(operation, request, cancellation ?? Now);
        refused.ShouldBeNull();
        return results.ShouldNotBeNull();
    }

    private static (Schema Schema, PreparedOperation Operation) Prepare(
        string text,
        Source source,
        FieldResolver? resolver = null
    )
    {
        var count = new Field(
            "count",
            BuiltInScalars.Int,
            resolver: resolver ?? (context => context.Source),
            subscribe: _ => source.EventsAsync()
        );
        var schema = new Schema(
            new ObjectType("Query", () => [new Field("a", BuiltInScalars.Int, resolver: _ => 1)]),
            subscription: new ObjectType("Subscription", () => [count])
        );
        var document = Parser.Parse(text);
        DocumentValidator.Validate(schema, document).ShouldBeEmpty();
        return (schema, PreparedOperation.Prepare(schema, document).Operation.ShouldNotBeNull());
    }
}
