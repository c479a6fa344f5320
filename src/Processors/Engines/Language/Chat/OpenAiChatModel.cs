using System.ClientModel;
using System.ClientModel.Primitives;
using EventPipeline.Processors.Engines.Outside;
using OpenAI;
using OpenAI.Chat;

namespace EventPipeline.Processors.Engines.Language.Chat;

/// <summary>Any server that speaks OpenAI's chat completions.</summary>
internal sealed class OpenAiChatModel(ChatOptions options) : IChatModel
{
    // Retries have their budget in the outside engine.
    private readonly ChatClient client = new(
        options.Model,
        new ApiKeyCredential(options.Key),
        new OpenAIClientOptions
        {
            Endpoint = options.BaseUrl,
            NetworkTimeout = Timeout.InfiniteTimeSpan, // the outside engine has the limit
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        }
    );

    /// <inheritdoc />
    public OutsideEngine Outside { get; } = new("chat server", options.Calls);

    /// <inheritdoc />
    public Task<ChatAnswer> AskAsync(ChatPrompt prompt, CancellationToken cancellation, Action<string>? says = null) =>
        Outside.CallAsync(token => AskAsync(prompt, token), says, cancellation);

    private async Task<ChatAnswer> AskAsync(ChatPrompt prompt, CancellationToken cancellation)
    {
        try
        {
            var completion = (
                await client.CompleteChatAsync(
                    [new SystemChatMessage(prompt.Instructions), new UserChatMessage(prompt.Data)],
                    new ChatCompletionOptions
                    {
                        Temperature = 0,
                        ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
                            prompt.AnswerName,
                            BinaryData.FromString(prompt.AnswerSchema),
                            jsonSchemaIsStrict: true
                        ),
                    },
                    cancellation
                )
            ).Value;
            if (completion.Refusal is { Length: > 0 } || completion.FinishReason == ChatFinishReason.ContentFilter)
                throw StageException.Permanent("The chat model refuses to work on this text.");
            return new ChatAnswer(
                string.Concat(completion.Content.Select(part => part.Text)),
                completion.Model is { Length: > 0 } model ? model : options.Model,
                completion.Usage?.InputTokenCount ?? 0,
                completion.Usage?.OutputTokenCount ?? 0
            );
        }
        catch (ClientResultException failure)
        {
            throw failure.Status switch
            {
                401 or 403 => StageException.Permanent(
                    "The chat model refused the key; check OPENAI_API_KEY.",
                    failure
                ),
                404 => StageException.Permanent(
                    "The chat server does not know the model; check EVENTPIPELINE_CHAT_MODEL and OPENAI_BASE_URL.",
                    failure
                ),
                400 or 413 or 422 => StageException.Permanent(
                    "The chat server cannot accept the request; the text may be too long for its model.",
                    failure
                ),
                429 => StageException.Transient("The chat server has too many requests or no quota left.", failure),
                _ => StageException.Transient("The chat server could not be reached or failed.", failure),
            };
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw StageException.Transient("The chat server took too long to answer.", late);
        }
    }
}
