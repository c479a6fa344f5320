namespace EventPipeline.Processors.Engines.Language.Chat;

/// <summary>What models cost, in US dollars for a million tokens, as their makers list it. Recorded costs name the version, so a changed
/// price gets a new one.</summary>
internal static class ChatPrices
{
    /// <summary>Version of this list.</summary>
    public const string Version = "chat-prices@1";

    private static readonly (string Model, decimal Input, decimal Output)[] Prices =
    [
        ("gpt-4.1-mini", 0.40m, 1.60m),
        ("gpt-4.1-nano", 0.10m, 0.40m),
        ("gpt-4.1", 2.00m, 8.00m),
        ("gpt-4o-mini", 0.15m, 0.60m),
        ("gpt-4o", 2.50m, 10.00m),
        ("gemini-1.5-flash", 0.075m, 0.30m),
    ];

    /// <summary>Cost in millionths of a dollar, rounded up; null for a model that is not on the list, such as one on a server of one's own.</summary>
    /// <param name="model">As the server names it; a date after the name does not matter (<c>gpt-4o-mini-2024-07-18</c>).</param>
    public static long? CostMicros(string model, int inputTokens, int outputTokens)
    {
        foreach (var (name, input, output) in Prices)
            if (model == name || (model.StartsWith(name, StringComparison.Ordinal) && IsDate(model[name.Length..])))
                return (long)Math.Ceiling(inputTokens * input + outputTokens * output);
        return null;
    }

    private static bool IsDate(string rest) =>
        rest.Length > 1 && rest[0] == '-' && rest.All(character => char.IsAsciiDigit(character) || character == '-');
}
