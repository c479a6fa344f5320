using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Limits;

/// <summary>What is refused before a document is validated, because it would cost more to say all that is wrong with it.</summary>
internal static class DocumentLimits
{
    /// <summary>The first limit that a document exceeds; null if it is within all.</summary>
    public static GraphQLError? Check(DocumentNode document, OperationLimits limits)
    {
        foreach (var definition in document.Definitions.OfType<ExecutableDefinitionNode>())
        {
            var variables = (definition as OperationNode)?.Variables ?? [];
            var error =
                Check(definition.Directives, definition.Location, limits)
                ?? variables
                    .Select(variable => Check(variable.Directives, variable.Location, limits))
                    .FirstOrDefault(found => found is not null)
                ?? Check(definition.SelectionSet, limits);
            if (error is not null)
                return error;
        }
        return null;
    }

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
        foreach (var selection in set.Selections)
        {
            var error = Check(selection.Directives, selection.Location, limits);
            error ??= selection switch
            {
                FieldNode { SelectionSet: { } inner } => Check(inner, limits),
                InlineFragmentNode inline => Check(inline.SelectionSet, limits),
                _ => null,
            };
            if (error is not null)
                return error;
        }
        return null;
    }

    private static (FieldNode Field, int Count)? MostRepeated(SelectionSetNode set) =>
        set.Selections.Length < 2
            ? null
            : set
                .Selections.OfType<FieldNode>()
                .GroupBy(field => field.ResponseName, StringComparer.Ordinal)
                .Select(group => ((FieldNode, int)?)(group.First(), group.Count()))
                .MaxBy(found => found!.Value.Item2);

    private static GraphQLError? Check(
        ImmutableArray<DirectiveNode> directives,
        Location place,
        OperationLimits limits
    ) =>
        directives.Length <= limits.MaximumDirectives
            ? null
            : GraphQLError.WithCode(
                $"There are {directives.Length} directives at one place, more than the allowed {limits.MaximumDirectives}.",
                "TOO_MANY_DIRECTIVES",
                ("maximum", limits.MaximumDirectives)
            ) with
            {
                Locations = [place],
            };
}
