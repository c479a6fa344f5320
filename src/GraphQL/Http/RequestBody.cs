using Microsoft.AspNetCore.Http;

namespace EventPipeline.GraphQL.Http;

/// <summary>Reads bodies, and not more of them than is allowed.</summary>
internal static class RequestBody
{
    public static async Task<(GraphQLRequest? Request, RequestError? Error)> ReadAsync(HttpRequest request, int maximum)
    {
        if (!MediaTypes.IsJson(request.ContentType) || request.Headers.ContentEncoding.Count > 0)
            return (null, RequestError.MediaType);
        if (request.ContentLength > maximum)
            return (null, RequestError.TooLarge(maximum));
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(request.HttpContext.RequestAborted);
            var buffer = read.Buffer;
            if (buffer.Length > maximum)
            {
                reader.AdvanceTo(buffer.End);
                return (null, RequestError.TooLarge(maximum));
            }
            if (read.IsCompleted)
            {
                var result = GraphQLRequest.Read(buffer);
                reader.AdvanceTo(buffer.End);
                return result;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
