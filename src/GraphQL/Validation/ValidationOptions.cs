namespace EventPipeline.GraphQL.Validation;

/// <summary>How a document is validated.</summary>
/// <param name="MaximumErrors">After so many the rest of the document is not looked at.</param>
/// <param name="HideSuggestions">Leaves out "Did you mean": names of a schema that may not be introspected stay unknown.</param>
public sealed record ValidationOptions(int MaximumErrors = 100, bool HideSuggestions = false)
{
    /// <summary>With suggestions.</summary>
    public static ValidationOptions Default { get; } = new();
}
