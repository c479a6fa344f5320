using System.Text.Json;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Http.Persisted;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Telemetry;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventPipeline.GraphQL.Http;

/// <summary>A schema with what all transports need to serve it.</summary>
internal sealed partial class GraphQLServer
{
    // Whoever may not know the schema is not helped to guess it, and a document full of mistakes is not worth more work.
    private static readonly ValidationOptions ForStrangers = new(MaximumErrors: 5, HideSuggestions: true);
    private readonly DocumentStore documents;
    private readonly OperationCache operations;
    private readonly OperationCache trustedOperations;
    private readonly Executor executor;
    private readonly ILogger<GraphQLServer> logger;

    public GraphQLServer(Schema schema, GraphQLServerOptions options, ILogger<GraphQLServer> logger)
    {
        if (SchemaValidation.Validate(schema) is { Count: > 0 } problems)
            throw new SchemaException(problems);
        (Options, this.logger) = (options, logger);
        documents = new DocumentStore(options.PersistedOperations);
        operations = new OperationCache(schema, options.Parser, options.PreparedOperations, options.Limits);
        trustedOperations = new OperationCache(schema, ParserOptions.Trusted, options.PreparedOperations);
        executor = new Executor(options.Execution with { OnUnexpectedError = Report, Limits = options.Limits });
    }

    public GraphQLServerOptions Options { get; }

    /// <summary>Whether a client may know the schema.</summary>
    public bool MayIntrospect(HttpContext context) =>
        Options.AllowIntrospection is { } allows
            ? allows(context)
            : context.RequestServices.GetService<IHostEnvironment>()?.IsDevelopment() == true;

    /// <summary>Finds the operation that a client asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mayIntrospect">Whether the client may know the schema.</param>
    /// <returns>The operation, or the answer that there is none.</returns>
    public (ServedOperation? Operation, ExecutionResult? Refused) Prepare(GraphQLRequest request, bool mayIntrospect)
    {
        var (text, isTrusted, problem) = documents.Find(request);
        if (text is null)
            return Refuse(problem!);
        var (operation, errors) = (isTrusted ? trustedOperations : operations).Prepare(
            text,
            request.OperationName,
            mayIntrospect ? ValidationOptions.Default : ForStrangers
        );
        if (operation is null)
            return Refuse([.. errors]);
        if (!mayIntrospect && !isTrusted && operation.Measure.UsesIntrospection)
            return Refuse(GraphQLError.WithCode("The schema may not be introspected.", "INTROSPECTION_DISABLED"));
        documents.Keep(request);
        return (new ServedOperation(operation, request.Variables, isTrusted), null);
    }

    /// <summary>Executes a query or a mutation.</summary>
    public async Task<ExecutionResult> ExecuteAsync(
        ServedOperation operation,
        IServiceProvider services,
        CancellationToken cancellation
    )
    {
        var trace = GraphQLTelemetry.Begin(operation.Prepared);
        try
        {
            var result = await executor.ExecuteAsync(operation.Prepared, operation.Request(services), cancellation);
            trace.End(result);
            return result;
        }
        catch
        {
            trace.Abandon();
            throw;
        }
    }

    /// <summary>Starts a subscription.</summary>
    public (IAsyncEnumerable<ExecutionResult>? Results, ExecutionResult? Refused) Subscribe(
        ServedOperation operation,
        IServiceProvider services,
        CancellationToken cancellation
    )
    {
        var trace = GraphQLTelemetry.Begin(operation.Prepared);
        var (results, refused) = executor.Subscribe(operation.Prepared, operation.Request(services), cancellation);
        trace.End(refused);
        return (results is null ? null : GraphQLTelemetry.CountAsync(results, cancellation), refused);
    }

    /// <summary>What a client sees of an exception that is a mistake of this server. The rest is logged.</summary>
    public ExecutionResult Masked(Exception exception)
    {
        var correlationId = Guid.CreateVersion7().ToString("N");
        LogFailure(exception, correlationId);
        return ExecutionResult.Refused(
            GraphQLError.WithCode("Unexpected error", "INTERNAL_SERVER_ERROR", ("correlationId", correlationId))
        );
    }

    private static (ServedOperation?, ExecutionResult?) Refuse(params IReadOnlyList<GraphQLError> errors)
    {
        GraphQLTelemetry.Refused(errors);
        return (null, ExecutionResult.Refused(errors));
    }

    private void Report(UnexpectedError error)
    {
        LogFieldFailure(error.Exception, error.Field.ToString(), error.Path.ToString(), error.CorrelationId);
        Options.Execution.OnUnexpectedError?.Invoke(error);
    }

    [LoggerMessage(LogLevel.Error, "A GraphQL request failed; the client knows it as {CorrelationId}.")]
    private partial void LogFailure(Exception exception, string correlationId);

    [LoggerMessage(LogLevel.Error, "{Field} failed at {Path}; the client knows it as {CorrelationId}.")]
    private partial void LogFieldFailure(Exception exception, string field, string path, string correlationId);
}

/// <summary>An operation with what a client has sent along.</summary>
/// <param name="Prepared">The operation.</param>
/// <param name="Variables">A JSON object, or nothing.</param>
/// <param name="IsTrusted">Whether its document is known to be ours, and has no limits.</param>
internal sealed record ServedOperation(PreparedOperation Prepared, JsonElement Variables, bool IsTrusted)
{
    public OperationKind Kind => Prepared.Operation.Kind;

    public ExecutionRequest Request(IServiceProvider services) =>
        new(Variables, Services: services, IsTrusted: IsTrusted);
}
