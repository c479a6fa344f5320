using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>A subscription selects one field at its root, which is none of introspection, and without conditions.</summary>
internal sealed class SingleFieldSubscriptions(ValidationContext context) : Rule(context)
{
    public static RuleDescription Description { get; } =
        new(Moments.Operation, static context => new SingleFieldSubscriptions(context));

    public override void Enter(OperationNode operation)
    {
        if (operation.Kind != OperationKind.Subscription || Context.Schema.Subscription is not { } type)
            return;
        var who = operation.Name is { } name ? $"Subscription \"{name}\"" : "Anonymous Subscription";
        var roots = new RootFields(Context, type);
        roots.Collect(operation.SelectionSet);
        if (roots.Conditions.Count > 0)
        {
            Context.Report(
                $"{who} must not use `@skip` or `@include` directives in the top level selection.",
                [.. roots.Conditions.Select(directive => directive.Location)]
            );
            return;
        }
        if (roots.Fields.Count == 0)
            Context.Report($"{who} must select one top level field.", operation.SelectionSet.Location);
        if (roots.Fields.Count > 1)
        {
            Context.Report(
                $"{who} must select only one top level field.",
                [.. roots.Fields.Skip(1).SelectMany(group => group).Select(field => field.Location)]
            );
        }
        foreach (var group in roots.Fields)
        {
            if (group[0].Name.Value.StartsWith("__", StringComparison.Ordinal))
            {
                Context.Report(
                    $"{who} must not select an introspection top level field.",
                    [.. group.Select(field => field.Location)]
                );
            }
        }
    }

    /// <summary>The fields at the root, those of fragments included, grouped by their name in the response.</summary>
    private sealed class RootFields(ValidationContext context, Types.ObjectType type)
    {
        private readonly Dictionary<string, List<FieldNode>> byName = new(StringComparer.Ordinal);
        private readonly HashSet<string> visited = new(StringComparer.Ordinal);

        public List<List<FieldNode>> Fields { get; } = [];

        public List<DirectiveNode> Conditions { get; } = [];

        public void Collect(SelectionSetNode selectionSet)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            context.Fragments.Spend(selectionSet.Selections.Length);
            foreach (var selection in selectionSet.Selections)
            {
                context.Fragments.Spend(selection.Directives.Length);
                if (HasCondition(selection))
                    continue;
                switch (selection)
                {
                    case FieldNode field:
                        Add(field);
                        break;
                    case InlineFragmentNode fragment when Matches(fragment.TypeCondition):
                        Collect(fragment.SelectionSet);
                        break;
                    case FragmentSpreadNode spread
                        when context.Fragments.Find(spread.Name.Value) is { } fragment
                            && Matches(fragment.TypeCondition)
                            && visited.Add(spread.Name.Value):
                        Collect(fragment.SelectionSet);
                        break;
                }
            }
        }

        private void Add(FieldNode field)
        {
            if (!byName.TryGetValue(field.ResponseName, out var group))
                Fields.Add(byName[field.ResponseName] = group = []);
            group.Add(field);
        }

        private bool HasCondition(SelectionNode selection)
        {
            var condition =
                DirectiveNode.Find(selection.Directives, "skip") ?? DirectiveNode.Find(selection.Directives, "include");
            if (condition is not null)
                Conditions.Add(condition);
            return condition is not null;
        }

        private bool Matches(NamedTypeNode? condition) =>
            condition is null
            || context.Schema.Find(condition.Name.Value) is { } known
                && (known == type || context.Schema.IsSubtype(known, type));
    }
}
