using System.Security.Cryptography;
using System.Text;
using EventPipeline.Processors.Engines.Outside;

namespace EventPipeline.Processors.Engines.Language.Chat;

/// <summary>A language model that answers a prompt with JSON. It has no tools and no memory. What it answers is data: whoever asks checks it.</summary>
public interface IChatModel
{
    /// <summary>The service behind it; null for an engine of this machine.</summary>
    OutsideEngine? Outside => null;

    /// <summary>Asks once.</summary>
    /// <param name="says">Is told, in a few words, what it waits for.</param>
    /// <exception cref="StageException">It cannot answer now, or never will; the reason says what to do.</exception>
    Task<ChatAnswer> AskAsync(ChatPrompt prompt, CancellationToken cancellation, Action<string>? says = null);
}

/// <summary>A question to a model.</summary>
/// <param name="Version">Of the template; raised whenever a word of it changes.</param>
/// <param name="Instructions">What to do. Never holds text of a user.</param>
/// <param name="Data">What to do it with.</param>
/// <param name="AnswerName">Name of the answer's schema, letters and underscores.</param>
/// <param name="AnswerSchema">JSON Schema of the answer. Not every server holds its model to it.</param>
public sealed record ChatPrompt(
    string Version,
    string Instructions,
    string Data,
    string AnswerName,
    string AnswerSchema
)
{
    /// <summary>SHA-256 of everything that is sent, lower-case hexadecimal.</summary>
    public string Hash =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', Instructions, Data, AnswerName, AnswerSchema)))
        );
}

/// <summary>What a model answered.</summary>
/// <param name="Model">The model that answered, as the server names it.</param>
public sealed record ChatAnswer(string Text, string Model, int InputTokens, int OutputTokens);
