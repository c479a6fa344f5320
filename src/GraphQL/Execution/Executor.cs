using System.Diagnostics.CodeAnalysis;
using EventPipeline.GraphQL.Validation;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Execution;

/// <summary>Executes queries and mutations, and the selections of a subscription for one event. A query starts all its resolvers as soon
/// as their objects are known and waits for them together; a mutation waits for each field at the top before the next.</summary>
public sealed partial class Executor(ExecutionOptions? options = null)
{
    private readonly ExecutionOptions options = options ?? ExecutionOptions.Default;

    /// <summary>Executes an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="request">What the client asks along with it.</param>
    /// <param name="cancellation">Cancelled when the client has left. Execution then starts nothing more, and ends when what it has
    /// started has ended.</param>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async Task<ExecutionResult> ExecuteAsync(
        PreparedOperation operation,
        ExecutionRequest request,
        CancellationToken cancellation = default
    ) =>
        TryReadVariables(operation, request, out var variables, out var refused)
            ? await ExecuteAsync(operation, request, variables, cancellation)
            : refused;

    private async Task<ExecutionResult> ExecuteAsync(
        PreparedOperation operation,
        ExecutionRequest request,
        VariableValues variables,
        CancellationToken cancellation
    )
    {
        try
        {
            var run = new OperationRun(operation, request, options, variables, cancellation);
            if (run.TooExpensive() is { } error)
                return ExecutionResult.Refused(error);
            var data = await run.ExecuteAsync();
            cancellation.ThrowIfCancellationRequested();
            return run.TooLarge() is { } tooLarge
                ? ExecutionResult.Refused(tooLarge)
                : ExecutionResult.Of(data, run.HasErrors);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (InsufficientExecutionStackException)
        {
            return ExecutionResult.Refused(new GraphQLError("The operation is too deep to be executed.", []));
        }
    }

    private bool TryReadVariables(
        PreparedOperation operation,
        ExecutionRequest request,
        out VariableValues variables,
        [NotNullWhen(false)] out ExecutionResult? refused
    )
    {
        (variables, var problems) = VariableCoercion.Coerce(
            operation.Schema,
            operation.Operation,
            request.Variables,
            new ValidationOptions(MaximumErrors: 50, options.HideSuggestions)
        );
        refused = problems.Count > 0 ? ExecutionResult.Refused(problems) : null;
        return refused is null;
    }
}
