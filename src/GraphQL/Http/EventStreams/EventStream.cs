using System.Text.Encodings.Web;
using System.Text.Json;
using EventPipeline.GraphQL.Http.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EventPipeline.GraphQL.Http.EventStreams;

/// <summary>Sends the messages of a connection as server-sent events, and comments while there are none.</summary>
/// <param name="response">The response that is the stream.</param>
/// <param name="options">How long sending may take, and how often the stream shows that it lives.</param>
/// <param name="hasIds">Whether events name their operation, because the stream carries several.</param>
internal sealed class EventStream(HttpResponse response, ConnectionOptions options, bool hasIds)
{
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Sends until there is nothing more to send.</summary>
    /// <exception cref="OperationCanceledException">The client has left, or reads too slowly.</exception>
    public async Task SendAllAsync(OperationConnection connection)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = MediaTypes.EventStream;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // Some browsers do not believe in a stream without a body.
        Write(":\n\n"u8);
        await FlushAsync();
        var waiting = connection.Messages.WaitToReadAsync(connection.Closing).AsTask();
        while (true)
        {
            try
            {
                await waiting.WaitAsync(options.KeepAlive, connection.Closing);
            }
            catch (TimeoutException)
            {
                Write(":\n\n"u8);
                await FlushAsync();
                continue;
            }
            var isLast = false;
            while (!isLast && connection.Messages.TryRead(out var message))
                isLast = await WriteAsync(message);
            await FlushAsync();
            if (isLast)
                return;
            waiting = connection.Messages.WaitToReadAsync(connection.Closing).AsTask();
        }
    }

    /// <returns>Whether it is the last that this stream has to say.</returns>
    private async ValueTask<bool> WriteAsync(Outgoing message)
    {
        if (message.IsStopped)
            return false;
        if (message.Result is { } result)
        {
            Write("event: next\ndata: "u8);
            using (var writer = new Utf8JsonWriter(response.BodyWriter, Relaxed))
            {
                if (hasIds)
                {
                    writer.WriteStartObject();
                    writer.WriteString("id"u8, message.Id);
                    writer.WritePropertyName("payload"u8);
                }
                result.Write(writer);
                if (hasIds)
                    writer.WriteEndObject();
            }
            Write("\n\n"u8);
            await FlushAsync();
        }
        if (message.Kind is OutgoingKind.Complete or OutgoingKind.Error)
        {
            Write("event: complete\ndata: "u8);
            if (hasIds)
            {
                using var writer = new Utf8JsonWriter(response.BodyWriter, Relaxed);
                writer.WriteStartObject();
                writer.WriteString("id"u8, message.Id);
                writer.WriteEndObject();
            }
            Write("\n\n"u8);
            return !hasIds;
        }
        return false;
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(response.BodyWriter.GetSpan(text.Length));
        response.BodyWriter.Advance(text.Length);
    }

    private async ValueTask FlushAsync()
    {
        var flushing = response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
        if (flushing.IsCompletedSuccessfully)
            return;
        var task = flushing.AsTask();
        try
        {
            await task.WaitAsync(options.SendTimeout, response.HttpContext.RequestAborted);
        }
        catch (TimeoutException)
        {
            response.HttpContext.Abort(); // the client reads too slowly
        }
        await task;
        response.HttpContext.RequestAborted.ThrowIfCancellationRequested();
    }
}
