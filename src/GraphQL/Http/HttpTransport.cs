using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http;

/// <summary>GraphQL over HTTP: one request, one response.</summary>
internal sealed class HttpTransport(GraphQLServer server)
{
    public async Task HandleAsync(HttpContext context)
    {
        var formats = MediaTypes.Accepted(context.Request.Headers.Accept);
        if (formats is not [var format, ..])
        {
            await WriteAsync(context, RequestError.NotAcceptable, ResponseFormat.Json);
            return;
        }
        var (request, error) = await ReadAsync(context.Request);
        if (request is null)
        {
            await WriteAsync(context, error!, format);
            return;
        }
        try
        {
            await ExecuteAsync(context, request, formats);
        }
        catch (Exception exception)
            when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            await WriteAsync(context, server.Masked(exception), StatusCodes.Status500InternalServerError, format);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to tell.
        }
    }

    private async Task<(GraphQLRequest? Request, RequestError? Error)> ReadAsync(HttpRequest request)
    {
        if (SiteGuard.IsForged(request, server.Options.AllowedOrigins))
            return (null, RequestError.CrossSite);
        var (read, error) = request.Method switch
        {
            "GET" => GraphQLRequest.Read(request.Query),
            "POST" => await RequestBody.ReadAsync(request, server.Options.MaximumBodySize),
            _ => (null, RequestError.Method),
        };
        return read is { Query: null }
            ? (null, RequestError.BadRequest("\"query\" is missing: the document to execute."))
            : (read, error);
    }

    private async Task ExecuteAsync(HttpContext context, GraphQLRequest request, IReadOnlyList<ResponseFormat> formats)
    {
        var format = formats[0];
        var (operation, refused) = server.Prepare(request, server.MayIntrospect(context));
        if (operation is null)
        {
            await WriteAsync(context, refused!, format);
            return;
        }
        var kind = operation.Operation.Kind;
        if (kind == OperationKind.Mutation && HttpMethods.IsGet(context.Request.Method))
        {
            await WriteAsync(context, RequestError.NotByGet, format);
            return;
        }
        if (kind == OperationKind.Subscription)
        {
            await WriteAsync(context, RequestError.NeedsStream, format);
            return;
        }
        var execution = new ExecutionRequest(request.Variables, Services: context.RequestServices);
        var result = await server.Executor.ExecuteAsync(operation, execution, context.RequestAborted);
        await WriteAsync(context, result, format);
    }

    private static Task WriteAsync(HttpContext context, RequestError error, ResponseFormat format)
    {
        if (error.Status == StatusCodes.Status405MethodNotAllowed)
            context.Response.Headers.Allow = error == RequestError.NotByGet ? "POST" : "GET, POST";
        return WriteAsync(context, error.Result, error.Status, format);
    }

    private static Task WriteAsync(HttpContext context, ExecutionResult result, ResponseFormat format)
    {
        var isRefused = format == ResponseFormat.GraphQLResponse && !result.HasData;
        return WriteAsync(
            context,
            result,
            isRefused ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
            format
        );
    }

    private static async Task WriteAsync(HttpContext context, ExecutionResult result, int status, ResponseFormat format)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType =
            format == ResponseFormat.GraphQLResponse ? MediaTypes.GraphQLResponse : MediaTypes.Json;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        result.Write(context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
