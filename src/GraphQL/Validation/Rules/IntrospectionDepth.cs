using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Introspection is not nested without end: its lists inside each other multiply.</summary>
internal sealed class IntrospectionDepth(ValidationContext context) : Rule(context)
{
    private const int DeepestLists = 3;
    private readonly Dictionary<string, int> passed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> exceeded = new(StringComparer.Ordinal);
    private FieldNode? reported;

    public static RuleDescription Description { get; } =
        new(Moments.Field | Moments.FieldEnd, static context => new IntrospectionDepth(context));

    public override void Enter(FieldNode field)
    {
        if (reported is not null || field.Name.Value is not ("__schema" or "__type"))
            return;
        if (!IsTooDeep(field, new Dictionary<string, int>(StringComparer.Ordinal), 0))
            return;
        Context.Report("Maximum introspection depth exceeded", field.Location);
        reported = field;
    }

    public override void Leave(FieldNode field)
    {
        if (ReferenceEquals(field, reported))
            reported = null;
    }

    private bool IsTooDeep(SelectionNode selection, Dictionary<string, int> visited, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (selection)
        {
            case FragmentSpreadNode spread:
                return IsTooDeep(spread.Name.Value, visited, depth);
            case InlineFragmentNode fragment:
                return HasTooDeep(fragment.SelectionSet, visited, depth);
            case FieldNode field:
                if (field.Name.Value is "fields" or "interfaces" or "possibleTypes" or "inputFields")
                    depth++;
                return depth >= DeepestLists || (field.SelectionSet is { } inner && HasTooDeep(inner, visited, depth));
            default:
                return false;
        }
    }

    private bool HasTooDeep(SelectionSetNode selectionSet, Dictionary<string, int> visited, int depth)
    {
        foreach (var selection in selectionSet.Selections)
        {
            if (IsTooDeep(selection, visited, depth))
                return true;
        }
        return false;
    }

    /// <summary>A fragment is not looked into again from a depth at which the answer follows from an earlier one.</summary>
    private bool IsTooDeep(string fragmentName, Dictionary<string, int> visited, int depth)
    {
        if (exceeded.TryGetValue(fragmentName, out var tooDeep) && tooDeep <= depth)
            return true;
        if (visited.TryGetValue(fragmentName, out var before) && before >= depth)
            return false;
        if (passed.TryGetValue(fragmentName, out var fine) && fine >= depth)
            return false;
        if (Context.Fragments.Find(fragmentName) is not { } fragment)
            return false;
        visited[fragmentName] = depth;
        var result = HasTooDeep(fragment.SelectionSet, visited, depth);
        (result ? exceeded : passed)[fragmentName] = depth;
        return result;
    }
}
