using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Fragments that are spread exist.</summary>
internal sealed class KnownFragmentNames(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Spread, static context => new KnownFragmentNames(context));

    public override void Enter(FragmentSpreadNode spread)
    {
        if (Context.Fragments.Find(spread.Name.Value) is null)
            Context.Report($"Unknown fragment \"{spread.Name}\".", spread.Name.Location);
    }
}

/// <summary>Fragments that exist are spread.</summary>
internal sealed class NoUnusedFragments(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.DocumentEnd, static context => new NoUnusedFragments(context));

    public override void Leave(DocumentNode document)
    {
        OperationNode[] operations = [.. document.Definitions.OfType<OperationNode>()];
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fragment in Context.Fragments.ReachedFrom(operations))
            used.Add(fragment.Name.Value);
        foreach (var definition in document.Definitions)
        {
            if (definition is FragmentNode fragment && !used.Contains(fragment.Name.Value))
                Context.Report($"Fragment \"{fragment.Name}\" is never used.", fragment.Location);
        }
    }
}

/// <summary>A fragment is spread only where an object of its type can be.</summary>
internal sealed class PossibleFragmentSpreads(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.InlineFragment | Moments.Spread, static context => new PossibleFragmentSpreads(context));

    public override void Enter(InlineFragmentNode fragment)
    {
        if (Context is { Type: Types.CompositeType type, ParentType: { } parent } && !Overlap(type, parent))
        {
            Context.Report(
                $"Fragment cannot be spread here as objects of type \"{parent}\" can never be of type \"{type}\".",
                fragment.Location
            );
        }
    }

    public override void Enter(FragmentSpreadNode spread)
    {
        if (
            Context.Fragments.Find(spread.Name.Value) is { } fragment
            && Context.Schema.Find(fragment.TypeCondition) is Types.CompositeType type
            && Context.ParentType is { } parent
            && !Overlap(type, parent)
        )
        {
            Context.Report(
                $"Fragment \"{spread.Name}\" cannot be spread here as objects of type \"{parent}\" can never be of type \"{type}\".",
                spread.Location
            );
        }
    }

    private bool Overlap(Types.CompositeType left, Types.CompositeType right)
    {
        var schema = Context.Schema;
        if (left == right)
            return true;
        if (left is Types.ObjectType)
            return right is not Types.ObjectType && schema.IsSubtype(right, left);
        if (right is Types.ObjectType)
            return schema.IsSubtype(left, right);
        foreach (var type in schema.PossibleTypes(left))
        {
            if (schema.IsSubtype(right, type))
                return true;
        }
        return false;
    }
}

/// <summary>No fragment leads to itself.</summary>
internal sealed class NoFragmentCycles(ValidationContext context) : Rule(context)
{
    private readonly HashSet<string> visited = new(StringComparer.Ordinal);
    private readonly List<FragmentSpreadNode> path = [];
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);

    public static RuleDescription Description { get; } =
        new(Moments.Fragment, static context => new NoFragmentCycles(context));

    public override void Enter(FragmentNode fragment)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!visited.Add(fragment.Name.Value))
            return;
        positions[fragment.Name.Value] = path.Count;
        foreach (var spread in Context.Fragments.SpreadsIn(fragment.SelectionSet))
        {
            path.Add(spread);
            if (positions.TryGetValue(spread.Name.Value, out var start))
                Report(spread, path[start..]);
            else if (Context.Fragments.Find(spread.Name.Value) is { } next)
                Enter(next);
            path.RemoveAt(path.Count - 1);
        }
        positions.Remove(fragment.Name.Value);
    }

    private void Report(FragmentSpreadNode spread, List<FragmentSpreadNode> cycle)
    {
        var via = string.Join(", ", cycle.SkipLast(1).Select(one => $"\"{one.Name}\""));
        Context.Report(
            $"Cannot spread fragment \"{spread.Name}\" within itself{(via.Length > 0 ? " via " : "")}{via}.",
            [.. cycle.Select(one => one.Location)]
        );
    }
}
