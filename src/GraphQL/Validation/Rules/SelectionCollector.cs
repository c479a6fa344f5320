using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>A field in a selection set.</summary>
/// <param name="Parent">The type that it is a field of; null if the schema does not know.</param>
/// <param name="Node">The field.</param>
/// <param name="Field">The field as the schema knows it.</param>
/// <param name="Stream">Its directive that streams it.</param>
internal sealed record CollectedField(
    Types.NamedType? Parent,
    FieldNode Node,
    Types.Field? Field,
    DirectiveNode? Stream
)
{
    public bool IsSimpleLeaf => Node.Arguments.IsEmpty && Node.SelectionSet is null && Stream is null;
}

/// <summary>The fields of a selection set with one name in the response.</summary>
internal sealed record FieldGroup(string ResponseName, List<CollectedField> Fields);

/// <summary>The fields of a selection set, those in its inline fragments included, and the fragments that it spreads.</summary>
internal sealed class CollectedFields
{
    private Dictionary<string, FieldGroup>? byName;

    public List<FieldGroup> Groups { get; } = [];

    public List<FragmentSpreadNode> Spreads { get; } = [];

    /// <summary>The fragments, each once; all that do not exist are one null.</summary>
    public List<FragmentNode?>? Fragments { get; set; }

    public Dictionary<CollectedFields, List<(FieldGroup, FieldGroup)>>? Overlaps { get; set; }

    public FieldGroup? Find(string name)
    {
        // A list is faster while it is short.
        if (byName is null)
        {
            foreach (var group in Groups)
            {
                if (group.ResponseName == name)
                    return group;
            }
            return null;
        }
        return byName.GetValueOrDefault(name);
    }

    public void Add(CollectedField field)
    {
        const int shortList = 8;
        var name = field.Node.ResponseName;
        if (Find(name) is { } group)
        {
            group.Fields.Add(field);
            return;
        }
        group = new FieldGroup(name, [field]);
        Groups.Add(group);
        if (Groups.Count == shortList)
            byName = Groups.ToDictionary(one => one.ResponseName, StringComparer.Ordinal);
        else
            byName?.Add(name, group);
    }
}

/// <summary>Collects the fields of selection sets, each once, and counts the work of comparing them.</summary>
internal sealed class SelectionCollector(ValidationContext context)
{
    private readonly Dictionary<(Types.NamedType?, SelectionSetNode), CollectedFields> collected = new(
        ByReference.Instance
    );
    private int remainingWork = 500_000;

    public CollectedFields Collect(FragmentNode fragment) =>
        Collect(context.Schema.Find(fragment.TypeCondition.Name.Value), fragment.SelectionSet);

    public CollectedFields Collect(Types.NamedType? parent, SelectionSetNode selectionSet)
    {
        if (!collected.TryGetValue((parent, selectionSet), out var fields))
        {
            collected[(parent, selectionSet)] = fields = new CollectedFields();
            Collect(parent, selectionSet, fields);
        }
        return fields;
    }

    public List<FragmentNode?> FragmentsOf(CollectedFields fields)
    {
        if (fields.Fragments is { } known)
            return known;
        var fragments = fields.Fragments = [];
        var seen = new HashSet<FragmentNode>(ReferenceEqualityComparer.Instance);
        var hasUnknown = false;
        foreach (var spread in fields.Spreads)
        {
            Spend(1);
            var fragment = context.Fragments.Find(spread.Name.Value);
            if (fragment is null ? !hasUnknown : seen.Add(fragment))
                fragments.Add(fragment);
            hasUnknown |= fragment is null;
        }
        return fragments;
    }

    /// <summary>The groups of two selection sets that have the same name.</summary>
    public List<(FieldGroup, FieldGroup)> Overlap(CollectedFields left, CollectedFields right)
    {
        left.Overlaps ??= [];
        if (left.Overlaps.TryGetValue(right, out var known))
            return known;
        var overlap = left.Overlaps[right] = [];
        foreach (var group in left.Groups)
        {
            Spend(1);
            if (right.Find(group.ResponseName) is { } other)
                overlap.Add((group, other));
        }
        return overlap;
    }

    /// <exception cref="ValidationAbortedException">The document has used up what it may.</exception>
    public void Spend(int work)
    {
        remainingWork -= work;
        if (remainingWork < 0)
            throw ValidationAbortedException.TooComplex();
    }

    private void Collect(Types.NamedType? parent, SelectionSetNode selectionSet, CollectedFields into)
    {
        foreach (var selection in selectionSet.Selections)
        {
            switch (selection)
            {
                case FieldNode field:
                    var known = (parent as Types.FieldsType)?.Fields.Find(field.Name.Value);
                    into.Add(new CollectedField(parent, field, known, DirectiveNode.Find(field.Directives, "stream")));
                    break;
                case FragmentSpreadNode spread:
                    into.Spreads.Add(spread);
                    break;
                case InlineFragmentNode fragment:
                    var type = fragment.TypeCondition is { } condition
                        ? context.Schema.Find(condition.Name.Value)
                        : parent;
                    Collect(type, fragment.SelectionSet, into);
                    break;
            }
        }
    }

    private sealed class ByReference : IEqualityComparer<(Types.NamedType?, SelectionSetNode)>
    {
        public static ByReference Instance { get; } = new();

        public bool Equals((Types.NamedType?, SelectionSetNode) left, (Types.NamedType?, SelectionSetNode) right) =>
            ReferenceEquals(left.Item1, right.Item1) && ReferenceEquals(left.Item2, right.Item2);

        public int GetHashCode((Types.NamedType?, SelectionSetNode) pair) => RuntimeHelpers.GetHashCode(pair.Item2);
    }
}
