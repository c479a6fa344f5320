using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Http.EventStreams;
using EventPipeline.GraphQL.Language;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http;

/// <summary>GraphQL over HTTP: one request, one response, which may be a stream of server-sent events.</summary>
internal sealed class HttpTransport(GraphQLServer server, EventStreamTransport streams, Reservations reservations)
{
    public async Task HandleAsync(HttpContext context)
    {
        var formats = MediaTypes.Accepted(context.Request.Headers.Accept);
        var format = formats.FirstOrDefault(ResponseFormat.Json);
        try
        {
            var error = SiteGuard.IsForged(context.Request, server.Options.AllowedOrigins)
                ? RequestError.CrossSite
                : await AnswerAsync(context, formats);
            if (error is not null)
                await WriteAsync(context, error, format);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to tell.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, server.Masked(exception), StatusCodes.Status500InternalServerError, format);
        }
    }

    /// <returns>What is wrong with the request, if it was not answered.</returns>
    private async Task<RequestError?> AnswerAsync(HttpContext context, IReadOnlyList<ResponseFormat> formats)
    {
        var token = Reservations.TokenOf(context.Request);
        switch (context.Request.Method)
        {
            case "PUT":
                await reservations.ReserveAsync(context);
                return null;
            case "DELETE":
                await reservations.StopAsync(context, token);
                return null;
            case not ("GET" or "POST"):
                return RequestError.Method;
        }
        if (formats is not [var format, ..])
            return RequestError.NotAcceptable;
        if (token is not null && format == ResponseFormat.EventStream)
        {
            await reservations.OpenAsync(context, token);
            return null;
        }
        var (request, error) = HttpMethods.IsGet(context.Request.Method)
            ? GraphQLRequest.Read(context.Request.Query)
            : await RequestBody.ReadAsync(context.Request, server.Options.MaximumBodySize);
        if (request is null)
            return error;
        if (token is null)
            await ExecuteAsync(context, request, formats);
        else if (HttpMethods.IsPost(context.Request.Method))
            await reservations.StartAsync(context, token, request, format);
        else
            return RequestError.Method;
        return null;
    }

    private async Task ExecuteAsync(HttpContext context, GraphQLRequest request, IReadOnlyList<ResponseFormat> formats)
    {
        var format = formats[0];
        var (operation, refused) = server.Prepare(request, server.MayIntrospect(context));
        if (operation is null && format != ResponseFormat.EventStream)
        {
            await WriteAsync(context, refused!, format);
            return;
        }
        var kind = operation?.Kind;
        if (kind == OperationKind.Mutation && HttpMethods.IsGet(context.Request.Method))
        {
            await WriteAsync(context, RequestError.NotByGet, format);
            return;
        }
        if (
            format == ResponseFormat.EventStream
            || (kind == OperationKind.Subscription && formats.Contains(ResponseFormat.EventStream))
        )
        {
            await streams.StreamAsync(context, operation, refused);
            return;
        }
        if (kind == OperationKind.Subscription)
        {
            await WriteAsync(context, RequestError.NeedsStream, format);
            return;
        }
        var result = await server.ExecuteAsync(operation!, context.RequestServices, context.RequestAborted);
        await WriteAsync(context, result, format);
    }

    public static Task WriteAsync(HttpContext context, RequestError error, ResponseFormat format)
    {
        if (error.Status == StatusCodes.Status405MethodNotAllowed)
            context.Response.Headers.Allow = error == RequestError.NotByGet ? "POST" : "GET, POST, PUT, DELETE";
        return WriteAsync(context, error.Result, error.Status, format);
    }

    public static Task WriteAsync(HttpContext context, ExecutionResult result, ResponseFormat format)
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
