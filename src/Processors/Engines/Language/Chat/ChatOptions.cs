using EventPipeline.Processors.Engines.Outside;

namespace EventPipeline.Processors.Engines.Language.Chat;

/// <summary>Which chat model is asked.</summary>
/// <param name="BaseUrl">Of any server that speaks OpenAI's protocol, with its version, for example <c>https://api.openai.com/v1</c>.</param>
/// <param name="Key">Never logged and never recorded.</param>
internal sealed record ChatOptions(Uri BaseUrl, string Key, string Model)
{
    /// <summary>How it is called.</summary>
    public OutsideEngineOptions Calls { get; init; } = new(TimeLimit: TimeSpan.FromMinutes(3));

    /// <summary>Null unless <c>EVENTPIPELINE_CHAT=openai</c>: then texts are analyzed on this machine. Further variables:
    /// <c>OPENAI_BASE_URL</c>, <c>OPENAI_API_KEY</c> (a server of one's own may do without), <c>EVENTPIPELINE_CHAT_MODEL</c>.</summary>
    /// <exception cref="InvalidOperationException">A variable is wrong; the message says which and what it may be.</exception>
    public static ChatOptions? From(Func<string, string?> variable)
    {
        switch (variable("EVENTPIPELINE_CHAT"))
        {
            case null or "" or "local":
                return null;
            case "openai":
                break;
            case var other:
                throw new InvalidOperationException(
                    $"EVENTPIPELINE_CHAT is '{other}'; it must be 'local' or 'openai'."
                );
        }
        var address = variable("OPENAI_BASE_URL") is { Length: > 0 } given ? given : "https://api.openai.com/v1";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var baseUrl) || baseUrl.Scheme is not ("http" or "https"))
            throw new InvalidOperationException(
                $"OPENAI_BASE_URL is '{address}'; it must be an http or https address."
            );
        return new ChatOptions(
            baseUrl,
            variable("OPENAI_API_KEY") is { Length: > 0 } key ? key : "none",
            variable("EVENTPIPELINE_CHAT_MODEL") is { Length: > 0 } model ? model : "gpt-4o-mini"
        );
    }

    /// <inheritdoc />
    public override string ToString() => $"{Model} at {BaseUrl}";
}
