using System.Diagnostics;
using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Telemetry;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Execution;

/// <summary>One execution of an operation. Methods give values as described at <see cref="ListResult" />; they throw only if execution as a
/// whole has to end.</summary>
internal sealed partial class OperationRun(
    PreparedOperation operation,
    ExecutionRequest request,
    ExecutionOptions options,
    VariableValues variables,
    CancellationToken cancellation
)
{
    // Documents are not deep, but fragments that follow each other can make the response so.
    private const int MaximumDepth = 500;

    private volatile bool hasErrors;

    public Schema Schema => operation.Schema;

    public ExecutionRequest Request => request;

    public VariableValues Variables => variables;

    public CancellationToken Cancellation => cancellation;

    public DataLoaderScope Loaders { get; } = new(request.Services, cancellation);

    public FieldCollector Collector { get; } = operation.Collector(variables);

    /// <summary>Whether there is any error to look for in what was executed.</summary>
    public bool HasErrors => hasErrors;

    public ValueTask<object?> ExecuteAsync()
    {
        ValueTask<object?> data;
        using (Loaders.Run())
            data = ExecuteRootAsync();
        return data;
    }

    private async ValueTask<object?> ExecuteRootAsync()
    {
        var node = operation.Operation;
        if (Schema.Root(node.Kind) is not { } root)
            return Fail($"Schema is not configured to execute {node.Kind.Keyword()} operation.", node.Location);
        try
        {
            var fields = operation.Root(root, Collector);
            var result = new ObjectResult(fields);
            foreach (var group in fields.Groups)
            {
                ValueTask<object?> value;
                using (Loaders.Run())
                    value = ExecuteFieldAsync(root, group, request.Root, null);
                // Mutations wait here.
                result.Add(node.Kind == OperationKind.Mutation ? new ValueTask<object?>(await value) : value);
                if (result.IsNulled)
                    break;
            }
            return await FinishAsync(result, isNonNull: false);
        }
        catch (LocatedErrorException located)
        {
            hasErrors = true;
            return new NullResult(null, located.Error, Propagates: false);
        }
    }

    // Most values are there at once, and come without a task of their own.
    private ValueTask<object?> ExecuteFieldAsync(
        ObjectType type,
        FieldGroup group,
        object? source,
        ResponsePath? parent
    )
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<object?>(cancellation);
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return ValueTask.FromException<object?>(new InsufficientExecutionStackException());
        var path = new ResponsePath(parent, group.ResponseName);
        var context = new FieldContext(this, group, type, source, path);
        if (path.Depth > MaximumDepth)
            return new(Fail("The response is too deep.", group.Field.Type is NonNullType, context, path));
        object? value;
        try
        {
            context.ReadArguments();
            var resolver = group.Field.Resolver ?? options.Resolver;
            if (resolver is null)
                throw new InvalidOperationException($"{group.Field} has no resolver.");
            value = resolver(context);
        }
        catch (Exception exception)
        {
            return cancellation.IsCancellationRequested
                ? ValueTask.FromException<object?>(exception)
                : new(Fail(exception, group.Field.Type, context, path));
        }
        return ResolvedValue.Waiting(value) is { } wait
            ? GoOnAsync(wait(value!), group.Field.Type, context, path)
            : CompleteAsync(group.Field.Type, context, value, path);
    }

    private async ValueTask<object?> TraceAsync(ValueTask<object?> resolved, FieldContext context)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await resolved;
        }
        finally
        {
            if (Stopwatch.GetElapsedTime(began) is var duration && duration > options.SlowResolver)
                GraphQLTelemetry.WasSlow(context.Field, context.Path, duration);
        }
    }

    /// <summary>Completes a value after waiting for it: nobody else knows then that execution goes on here.</summary>
    private async ValueTask<object?> GoOnAsync(
        ValueTask<object?> resolved,
        GraphQLType type,
        FieldContext context,
        ResponsePath path
    )
    {
        var isLater = !resolved.IsCompleted;
        object? value;
        try
        {
            value = isLater && GraphQLTelemetry.HasListeners ? await TraceAsync(resolved, context) : await resolved;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return Fail(exception, type, context, path);
        }
        if (!isLater)
            return await CompleteAsync(type, context, value, path);
        ValueTask<object?> completed;
        using (Loaders.Run())
            completed = CompleteAsync(type, context, value, path);
        return await completed;
    }

    private async ValueTask<object?> ExecuteSelectionAsync(
        ObjectType type,
        bool isNonNull,
        FieldContext context,
        object source,
        ResponsePath path
    )
    {
        if (!Count())
            return new NullResult(null, null, isNonNull);
        FieldSet fields;
        try
        {
            fields = context.Group.Selection(type, Collector);
        }
        catch (LocatedErrorException located)
        {
            return Fail(located, isNonNull, context, path);
        }
        var result = new ObjectResult(fields);
        foreach (var group in fields.Groups)
        {
            result.Add(ExecuteFieldAsync(type, group, source, path));
            if (result.IsNulled)
                break;
        }
        return await FinishAsync(result, isNonNull);
    }

    private static ValueTask<object?> FinishAsync(ListResult result, bool isNonNull) =>
        result.IsComplete ? new(Finished(result, isNonNull)) : FinishLaterAsync(result, isNonNull);

    private static async ValueTask<object?> FinishLaterAsync(ListResult result, bool isNonNull)
    {
        await result.CompleteAsync();
        return Finished(result, isNonNull);
    }

    private static object Finished(ListResult result, bool isNonNull) =>
        result.IsNulled ? new NullResult(result, null, isNonNull) : result;

    private NullResult Fail(Exception exception, GraphQLType type, FieldContext context, ResponsePath path) =>
        Fail(exception, type is NonNullType, context, path);

    private NullResult Fail(Exception exception, bool isNonNull, FieldContext context, ResponsePath path) =>
        new(null, ErrorOf(exception, context, path), isNonNull);

    private NullResult Fail(string message, bool isNonNull, FieldContext context, ResponsePath path)
    {
        hasErrors = true;
        return new NullResult(null, new GraphQLError(message, context.Group.Locations) { Path = path }, isNonNull);
    }

    private NullResult Fail(string message, Location location)
    {
        hasErrors = true;
        return new NullResult(null, GraphQLError.At(message, location), Propagates: false);
    }

    /// <summary>What the client may see of an exception.</summary>
    private GraphQLError ErrorOf(Exception exception, FieldContext context, ResponsePath path)
    {
        hasErrors = true;
        if (exception is LocatedErrorException located)
            return located.Error with { Path = path };
        if (exception is GraphQLException meant)
        {
            return new GraphQLError(meant.Message, context.Group.Locations)
            {
                Path = path,
                Extensions = meant.Extensions,
            };
        }
        var correlationId = Guid.CreateVersion7().ToString("N");
        options.OnUnexpectedError?.Invoke(new UnexpectedError(exception, correlationId, context.Field, path));
        return new GraphQLError("Unexpected error", context.Group.Locations)
        {
            Path = path,
            Extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["correlationId"] = correlationId },
        };
    }
}
