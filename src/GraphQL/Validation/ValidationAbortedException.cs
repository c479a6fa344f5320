namespace EventPipeline.GraphQL.Validation;

/// <summary>A document is not looked at any further: it is hostile, or hopeless.</summary>
internal sealed class ValidationAbortedException(string message) : Exception(message)
{
    public static ValidationAbortedException TooManyErrors() =>
        new("Too many validation errors, error limit reached. Validation aborted.");

    public static ValidationAbortedException TooComplex() =>
        new("The document is too complex to be validated. Validation aborted.");
}
