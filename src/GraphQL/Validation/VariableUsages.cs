using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Validation;

/// <summary>A variable where it is used.</summary>
/// <param name="Node">The use.</param>
/// <param name="Type">The type that is expected there; null if the schema does not know.</param>
/// <param name="ParentType">The type of the list or object around it.</param>
/// <param name="HasDefault">Whether the place has a default value of its own.</param>
internal readonly record struct VariableUsage(
    VariableNode Node,
    GraphQLType? Type,
    GraphQLType? ParentType,
    bool HasDefault
);

/// <summary>Where the variables of operations are used, in the operations themselves and in the fragments that they lead to.</summary>
internal sealed class VariableUsages(Schema schema, FragmentIndex fragments)
{
    private readonly Dictionary<DefinitionNode, List<VariableUsage>> direct = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<OperationNode, List<VariableUsage>> all = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<List<FragmentNode>, List<VariableUsage>> inLists = new(
        ReferenceEqualityComparer.Instance
    );
    private List<VariableUsage> found = [];

    /// <summary>All uses that an operation leads to.</summary>
    public IReadOnlyList<VariableUsage> Of(OperationNode operation)
    {
        if (all.TryGetValue(operation, out var known))
            return known;
        var inFragments = In(fragments.ReachedFrom(operation));
        fragments.Spend(inFragments.Count);
        return all[operation] = [.. DirectlyIn(operation), .. inFragments];
    }

    private List<VariableUsage> In(List<FragmentNode> reached)
    {
        if (inLists.TryGetValue(reached, out var known))
            return known;
        fragments.Spend(reached.Count);
        var usages = inLists[reached] = [];
        foreach (var fragment in reached)
        {
            var inner = DirectlyIn(fragment);
            fragments.Spend(inner.Count);
            usages.AddRange(inner);
        }
        return usages;
    }

    private List<VariableUsage> DirectlyIn(ExecutableDefinitionNode definition)
    {
        if (direct.TryGetValue(definition, out var known))
            return known;
        direct[definition] = found = [];
        CompositeType? type = definition switch
        {
            OperationNode operation => schema.Root(operation.Kind),
            FragmentNode fragment => schema.Find(fragment.TypeCondition) as CompositeType,
            _ => null,
        };
        Collect(definition.Directives, null);
        Collect(definition.SelectionSet, type, null);
        return found;
    }

    private void Collect(SelectionSetNode selectionSet, CompositeType? parent, Field? around)
    {
        foreach (var selection in selectionSet.Selections)
        {
            switch (selection)
            {
                case FieldNode node:
                    var field = parent is null ? null : schema.FindField(parent, node.Name.Value);
                    Collect(node.Arguments, field?.Arguments);
                    Collect(node.Directives, field);
                    if (node.SelectionSet is { } inner)
                        Collect(inner, field?.Type.Named as CompositeType, field);
                    break;
                case InlineFragmentNode fragment:
                    Collect(fragment.Directives, around);
                    var type = fragment.TypeCondition is { } condition
                        ? schema.Find(condition) as CompositeType
                        : parent;
                    Collect(fragment.SelectionSet, type, around);
                    break;
                default:
                    Collect(selection.Directives, around);
                    break;
            }
        }
    }

    private void Collect(ImmutableArray<DirectiveNode> directives, Field? around)
    {
        foreach (var directive in directives)
        {
            var known = schema.FindDirective(directive.Name.Value);
            Collect(directive.Arguments, known?.Arguments ?? around?.Arguments);
        }
    }

    private void Collect(ImmutableArray<ArgumentNode> arguments, MemberList<InputValue>? known)
    {
        foreach (var argument in arguments)
        {
            var definition = known?.Find(argument.Name.Value);
            Collect(argument.Value, definition?.Type, null, definition?.DefaultValue is not null);
        }
    }

    private void Collect(ValueNode value, GraphQLType? type, GraphQLType? parent, bool hasDefault)
    {
        switch (value)
        {
            case VariableNode variable:
                found.Add(new VariableUsage(variable, type, parent, hasDefault));
                break;
            case ListValueNode list:
                var item = (type?.Nullable as ListType)?.OfType;
                foreach (var one in list.Values)
                    Collect(one, item, type, hasDefault: false);
                break;
            case ObjectValueNode fields:
                var known = (type?.Named as InputObjectType)?.Fields;
                foreach (var field in fields.Fields)
                {
                    var definition = known?.Find(field.Name.Value);
                    Collect(field.Value, definition?.Type, type, definition?.DefaultValue is not null);
                }
                break;
        }
    }
}
