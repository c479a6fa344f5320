namespace EventPipeline.GraphQL.Limits;

/// <summary>How much one operation may ask for. What is beyond a limit is refused with a code of its own.</summary>
public sealed record OperationLimits
{
    /// <summary>For operations of strangers.</summary>
    public static OperationLimits Default { get; } = new();

    /// <summary>No limits, for documents that are trusted.</summary>
    public static OperationLimits None { get; } =
        new()
        {
            MaximumDepth = int.MaxValue,
            MaximumAliases = int.MaxValue,
            MaximumRootFields = int.MaxValue,
            MaximumRepetitions = int.MaxValue,
            MaximumCost = double.PositiveInfinity,
            MaximumObjects = int.MaxValue,
        };

    /// <summary>Fields in each other. What introspection selects does not count: it has a limit of its own.</summary>
    public int MaximumDepth { get; init; } = 10;

    /// <summary>Fields under another name than theirs, counted as often as their fragments are spread.</summary>
    public int MaximumAliases { get; init; } = 30;

    /// <summary>Fields of the response at the top.</summary>
    public int MaximumRootFields { get; init; } = 10;

    /// <summary>How often one selection set may select the same field of the response.</summary>
    public int MaximumRepetitions { get; init; } = 10;

    /// <summary>The cost of the operation before it is executed: one for each object that is expected, and what <c>@cost</c> adds for
    /// fields and arguments.</summary>
    public double MaximumCost { get; init; } = 10_000;

    /// <summary>Objects that execution may find. Lists may be longer than expected, and this is counted while they come.</summary>
    public int MaximumObjects { get; init; } = 50_000;

    /// <summary>How many items a list is expected to have of which <c>@listSize</c> says nothing.</summary>
    public int ExpectedListSize { get; init; } = 10;
}
