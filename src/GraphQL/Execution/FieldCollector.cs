using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Execution;

/// <summary>Finds what selection sets select of an object of a type: fragments that apply to it are opened, and what is skipped is left
/// out.</summary>
internal sealed class FieldCollector(
    Schema schema,
    IReadOnlyDictionary<string, FragmentNode> fragments,
    VariableValues variables
)
{
    /// <exception cref="LocatedErrorException">A condition has no value.</exception>
    public FieldSet Collect(ObjectType type, IEnumerable<SelectionSetNode?> selectionSets)
    {
        var found = new OrderedDictionary<string, List<FieldNode>>(StringComparer.Ordinal);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        foreach (var selectionSet in selectionSets)
        {
            if (selectionSet is not null)
                Visit(type, selectionSet, found, visited);
        }
        var groups = ImmutableArray.CreateBuilder<FieldGroup>(found.Count);
        foreach (var nodes in found.Values)
        {
            if (schema.FindField(type, nodes[0].Name.Value) is { } field)
                groups.Add(new FieldGroup(field, [.. nodes]));
        }
        return new FieldSet(type, groups.ToImmutable());
    }

    private void Visit(
        ObjectType type,
        SelectionSetNode selectionSet,
        OrderedDictionary<string, List<FieldNode>> found,
        HashSet<string> visited
    )
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var selection in selectionSet.Selections)
        {
            if (!IsIncluded(selection))
                continue;
            switch (selection)
            {
                case FieldNode field:
                    if (!found.TryGetValue(field.ResponseName, out var nodes))
                        found.Add(field.ResponseName, nodes = []);
                    nodes.Add(field);
                    break;
                case InlineFragmentNode inline when Applies(inline.TypeCondition, type):
                    Visit(type, inline.SelectionSet, found, visited);
                    break;
                case FragmentSpreadNode spread
                    when fragments.TryGetValue(spread.Name.Value, out var fragment)
                        && Applies(fragment.TypeCondition, type)
                        && visited.Add(spread.Name.Value):
                    Visit(type, fragment.SelectionSet, found, visited);
                    break;
            }
        }
    }

    private bool Applies(NamedTypeNode? condition, ObjectType type) =>
        condition is null
        || (
            schema.Find(condition.Name.Value) is { } named
            && (ReferenceEquals(named, type) || schema.IsSubtype(named, type))
        );

    private bool IsIncluded(SelectionNode selection) =>
        selection.Directives.IsEmpty
        || (
            Condition(selection, BuiltInDirectives.Skip) is not true
            && Condition(selection, BuiltInDirectives.Include) is not false
        );

    private bool? Condition(SelectionNode selection, Directive directive)
    {
        if (DirectiveNode.Find(selection.Directives, directive.Name) is not { } used)
            return null;
        var (values, error) = ArgumentCoercion.Coerce(directive.Arguments, used.Arguments, variables, used.Location);
        return error is null ? (bool?)values["if"] : throw new LocatedErrorException(error);
    }
}
