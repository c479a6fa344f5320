using System.Collections.Immutable;

namespace EventPipeline.GraphQL.Types;

/// <summary>How many items a list may have, for the cost of an operation before it is executed.</summary>
/// <param name="AssumedSize">If no argument says it; null for what is expected of any list.</param>
/// <param name="SlicingArguments">The arguments that say it: a number such as <c>first</c>, or a list such as <c>ids</c> by its
/// length.</param>
/// <param name="SizedFields">The fields of the value that have so many, such as <c>edges</c> of a connection; empty if the field itself
/// has.</param>
/// <param name="MaximumSize">More is never given, whatever is asked for; null if there is no such number.</param>
public sealed record ListSize(
    int? AssumedSize = null,
    ImmutableArray<string> SlicingArguments = default,
    ImmutableArray<string> SizedFields = default,
    int? MaximumSize = null
)
{
    /// <inheritdoc cref="ListSize" />
    public ImmutableArray<string> SlicingArguments { get; } = SlicingArguments.IsDefault ? [] : SlicingArguments;

    /// <inheritdoc cref="ListSize" />
    public ImmutableArray<string> SizedFields { get; } = SizedFields.IsDefault ? [] : SizedFields;
}
