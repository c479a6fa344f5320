using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation;

/// <summary>The fragments of a document and who spreads whom. All rules together may follow only so many spreads.</summary>
internal sealed class FragmentIndex
{
    private readonly Dictionary<string, FragmentNode> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<SelectionSetNode, List<FragmentSpreadNode>> spreads = new(
        ReferenceEqualityComparer.Instance
    );
    private readonly Dictionary<string, List<FragmentNode>> reached = new(StringComparer.Ordinal);
    private int remainingWork = 50_000;

    public FragmentIndex(DocumentNode document)
    {
        foreach (var definition in document.Definitions)
        {
            if (definition is FragmentNode fragment)
                byName[fragment.Name.Value] = fragment;
        }
    }

    /// <summary>The fragment of a name, the last one if there are several; null if there is none.</summary>
    public FragmentNode? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The spreads in a selection set and those inside it, not those of the fragments themselves. Selection sets further down
    /// come in reverse, as in the reference implementation.</summary>
    public IReadOnlyList<FragmentSpreadNode> SpreadsIn(SelectionSetNode selectionSet)
    {
        if (spreads.TryGetValue(selectionSet, out var known))
            return known;
        var found = new List<FragmentSpreadNode>();
        var waiting = new Stack<SelectionSetNode>();
        waiting.Push(selectionSet);
        while (waiting.TryPop(out var set))
        {
            foreach (var selection in set.Selections)
            {
                switch (selection)
                {
                    case FragmentSpreadNode spread:
                        found.Add(spread);
                        break;
                    case FieldNode { SelectionSet: { } inner }:
                        waiting.Push(inner);
                        break;
                    case InlineFragmentNode fragment:
                        waiting.Push(fragment.SelectionSet);
                        break;
                }
            }
        }
        spreads[selectionSet] = found;
        return found;
    }

    /// <summary>All fragments that any of the operations leads to, each once. Operations that spread the same fragments get the same
    /// list.</summary>
    public List<FragmentNode> ReachedFrom(params ReadOnlySpan<OperationNode> operations)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in operations)
            Enqueue(SpreadsIn(operation.SelectionSet));
        var key = string.Join(' ', names.Order(StringComparer.Ordinal));
        if (reached.TryGetValue(key, out var known))
            return known;
        Spend(names.Count);
        var fragments = reached[key] = [];
        for (var next = 0; next < names.Count; next++)
        {
            if (Find(names[next]) is not { } fragment)
                continue;
            fragments.Add(fragment);
            var inner = SpreadsIn(fragment.SelectionSet);
            Spend(inner.Count);
            Enqueue(inner);
        }
        return fragments;

        void Enqueue(IReadOnlyList<FragmentSpreadNode> found)
        {
            foreach (var spread in found)
            {
                if (seen.Add(spread.Name.Value))
                    names.Add(spread.Name.Value);
            }
        }
    }

    /// <exception cref="ValidationAbortedException">The document has used up what it may.</exception>
    public void Spend(int work)
    {
        remainingWork -= work;
        if (remainingWork < 0)
            throw ValidationAbortedException.TooComplex();
    }
}
