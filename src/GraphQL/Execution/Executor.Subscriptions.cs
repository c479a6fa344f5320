using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Values;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.GraphQL.Execution;

/// <summary>Subscriptions: the events of one field, each of which becomes a result.</summary>
public sealed partial class Executor
{
    /// <summary>Starts a subscription.</summary>
    /// <param name="operation">A subscription.</param>
    /// <param name="request">What the client asks along with it. Each event is executed with services of its own, if the services that
    /// are given can make a scope.</param>
    /// <param name="cancellation">Cancelled when the client has left or has unsubscribed. The events are then disposed of, after what
    /// was being executed has ended.</param>
    /// <returns>A result for each event, or the only result if it cannot be started. If the events end with an exception, then the last
    /// result has errors and no data. The results can be gone through once.</returns>
    public (IAsyncEnumerable<ExecutionResult>? Results, ExecutionResult? Refused) Subscribe(
        PreparedOperation operation,
        ExecutionRequest request,
        CancellationToken cancellation = default
    )
    {
        if (operation.Operation.Kind != OperationKind.Subscription)
            return (null, ExecutionResult.Refused(new GraphQLError("Expected subscription operation.", [])));
        if (!TryReadVariables(operation, request, out var variables, out var refused))
            return (null, refused);
        var run = new OperationRun(operation, request, options, variables, cancellation);
        var tooExpensive = run.TooExpensive();
        var (events, error) = tooExpensive is null ? run.Subscribe() : (null, tooExpensive);
        return events is null
            ? (null, ExecutionResult.Refused(error!))
            : (ResultsAsync(run, events, operation, request, variables, cancellation), null);
    }

    private async IAsyncEnumerable<ExecutionResult> ResultsAsync(
        OperationRun run,
        IAsyncEnumerable<object?> events,
        PreparedOperation operation,
        ExecutionRequest request,
        VariableValues variables,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var source = events.GetAsyncEnumerator(cancellation);
        while (true)
        {
            ExecutionResult? failed = null;
            try
            {
                if (!await source.MoveNextAsync())
                    yield break;
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            catch (Exception exception)
            {
                failed = ExecutionResult.Refused(run.ErrorOf(exception));
            }
            if (failed is not null)
            {
                yield return failed;
                yield break;
            }
            yield return await ExecuteForEventAsync(source.Current);
        }

        async Task<ExecutionResult> ExecuteForEventAsync(object? value)
        {
            await using var scope = request.Services?.GetService<IServiceScopeFactory>()?.CreateAsyncScope();
            var forEvent = request with { Root = value, Services = scope?.ServiceProvider ?? request.Services };
            return await ExecuteAsync(operation, forEvent, variables, cancellation);
        }
    }
}
