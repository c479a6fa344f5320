using EventPipeline.GraphQL.Execution;
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
    private static readonly ValidationOptions WithoutSuggestions = new(HideSuggestions: true);
    private readonly OperationCache operations;
    private readonly ILogger<GraphQLServer> logger;

    public GraphQLServer(Schema schema, GraphQLServerOptions options, ILogger<GraphQLServer> logger)
    {
        if (SchemaValidation.Validate(schema) is { Count: > 0 } problems)
            throw new SchemaException(problems);
        (Options, this.logger) = (options, logger);
        operations = new OperationCache(schema, options.Parser, capacity: options.PreparedOperations);
        Executor = new Executor(options.Execution with { OnUnexpectedError = Report });
    }

    public GraphQLServerOptions Options { get; }

    public Executor Executor { get; }

    /// <summary>Whether a client may know the schema.</summary>
    public bool MayIntrospect(HttpContext context) =>
        Options.AllowIntrospection is { } allows
            ? allows(context)
            : context.RequestServices.GetService<IHostEnvironment>()?.IsDevelopment() == true;

    /// <summary>Finds the operation that a client asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mayIntrospect">Whether the client may know the schema.</param>
    /// <returns>The operation, or the answer that there is none.</returns>
    public (PreparedOperation? Operation, ExecutionResult? Refused) Prepare(GraphQLRequest request, bool mayIntrospect)
    {
        var (operation, errors) = operations.Prepare(
            request.Query!,
            request.OperationName,
            mayIntrospect ? ValidationOptions.Default : WithoutSuggestions
        );
        return operation is null ? (null, ExecutionResult.Refused(errors)) : (operation, null);
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
