using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Limits;

/// <summary>The same field of the response, selected again and again at one place: it is executed once, but somebody means no good.</summary>
internal static class Repetitions
{
    /// <summary>The first field of a validated document that is selected more often than it may; null if there is none.</summary>
    public static GraphQLError? Check(DocumentNode document, OperationLimits limits) =>
        document
            .Definitions.OfType<ExecutableDefinitionNode>()
            .Select(definition => Check(definition.SelectionSet, limits))
            .FirstOrDefault(found => found is not null);

    private static GraphQLError? Check(SelectionSetNode set, OperationLimits limits)
    {
        if (MostRepeated(set) is var (field, count) && count > limits.MaximumRepetitions)
        {
            return GraphQLError.WithCode(
                $"The field \"{field.ResponseName}\" is selected {count} times at one place, more often than the allowed {limits.MaximumRepetitions}.",
                "TOO_MANY_REPETITIONS",
                ("maximum", limits.MaximumRepetitions)
            ) with
            {
                Locations = [field.Location],
            };
        }
        return set
            .Selections.Select(selection =>
                selection switch
                {
                    FieldNode { SelectionSet: { } inner } => Check(inner, limits),
                    InlineFragmentNode inline => Check(inline.SelectionSet, limits),
                    _ => null,
                }
            )
            .FirstOrDefault(found => found is not null);
    }

    private static (FieldNode Field, int Count)? MostRepeated(SelectionSetNode set) =>
        set.Selections.Length < 2
            ? null
            : set
                .Selections.OfType<FieldNode>()
                .GroupBy(field => field.ResponseName, StringComparer.Ordinal)
                .Select(group => ((FieldNode, int)?)(group.First(), group.Count()))
                .MaxBy(found => found!.Value.Item2);
}
