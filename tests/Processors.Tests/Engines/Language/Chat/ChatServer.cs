using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using EventPipeline.TestSupport;

namespace EventPipeline.Processors.Tests.Engines.Language.Chat;

/// <summary>A server on this machine that speaks OpenAI's chat completions on the wire and answers what a test tells it to.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<(int Status, string Body)> answers = new();
    private readonly Task serving;

    public ChatServer()
    {
        var port = FreePort.Next();
        BaseUrl = new Uri($"http://127.0.0.1:{port}/v1");
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        serving = ServeAsync();
    }

    public Uri BaseUrl { get; }

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<ChatRequest> Requests { get; } = new();

    /// <summary>The next request is answered with a text of the model.</summary>
    public ChatServer Answers(string text, string finishReason = "stop", string? refusal = null)
    {
        var completion = new
        {
            id = "chatcmpl-1",
            @object = "chat.completion",
            created = 1_700_000_000,
            model = "gpt-4o-mini-2024-07-18",
            choices = new[]
            {
                new
                {
                    index = 0,
                    message = new
                    {
                        role = "assistant",
                        content = text,
                        refusal,
                    },
                    finish_reason = finishReason,
                },
            },
            usage = new
            {
                prompt_tokens = 1000,
                completion_tokens = 200,
                total_tokens = 1200,
            },
        };
        answers.Enqueue((200, JsonSerializer.Serialize(completion)));
        return this;
    }

    /// <summary>The next request fails.</summary>
    public ChatServer Fails(int status)
    {
        answers.Enqueue((status, """{"error":{"message":"secret detail","type":"error","code":null}}"""));
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var reader = new StreamReader(context.Request.InputStream);
            Requests.Enqueue(
                new ChatRequest(
                    context.Request.HttpMethod,
                    context.Request.Url!.AbsolutePath,
                    context.Request.Headers["Authorization"],
                    JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement
                )
            );
            var (status, body) = answers.TryDequeue(out var next) ? next : (500, "{}");
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
        }
    }
}

internal sealed record ChatRequest(string Method, string Path, string? Authorization, JsonElement Body);
