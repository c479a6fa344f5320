using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Limits;

/// <summary>How large an operation of a validated document is, whatever its variables. Fragments count as often as they are spread, but
/// are looked at once, so that no document costs more than its length.</summary>
internal sealed class OperationMeasure
{
    private readonly IReadOnlyDictionary<string, FragmentNode> fragments;
    private readonly Dictionary<string, Part> known = new(StringComparer.Ordinal);

    public OperationMeasure(OperationNode operation, IReadOnlyDictionary<string, FragmentNode> fragments)
    {
        this.fragments = fragments;
        var all = Measure(operation.SelectionSet);
        (Depth, Aliases, UsesIntrospection) = (all.Depth, all.Aliases, all.Introspects);
        var names = new HashSet<string>(StringComparer.Ordinal);
        CollectNames(operation.SelectionSet, names, new HashSet<string>(StringComparer.Ordinal));
        RootFields = names.Count;
    }

    private readonly record struct Part(int Depth, int Aliases, bool Introspects)
    {
        public Part With(Part other) =>
            new(
                Math.Max(Depth, other.Depth),
                (int)Math.Min((long)Aliases + other.Aliases, int.MaxValue),
                Introspects || other.Introspects
            );
    }

    /// <summary>Fields in each other, without those below <c>__schema</c> and <c>__type</c>.</summary>
    public int Depth { get; }

    /// <summary>Fields with an alias.</summary>
    public int Aliases { get; }

    /// <summary>Fields of the response at the top.</summary>
    public int RootFields { get; }

    /// <summary>Whether it asks for the schema. The fields decide, whatever fragments are called.</summary>
    public bool UsesIntrospection { get; }

    /// <summary>The limits that it exceeds.</summary>
    public IReadOnlyList<GraphQLError> Check(OperationLimits limits)
    {
        (string What, string Code, int Found, int Maximum)[] all =
        [
            ("is {0} fields deep", "DEPTH_LIMIT_EXCEEDED", Depth, limits.MaximumDepth),
            ("has {0} aliases", "TOO_MANY_ALIASES", Aliases, limits.MaximumAliases),
            ("has {0} fields at the top", "TOO_MANY_ROOT_FIELDS", RootFields, limits.MaximumRootFields),
        ];
        return
        [
            .. all.Where(one => one.Found > one.Maximum)
                .Select(one =>
                    GraphQLError.WithCode(
                        $"The operation {string.Format(one.What, one.Found)}, which is more than the allowed {one.Maximum}.",
                        one.Code,
                        ("found", one.Found),
                        ("maximum", one.Maximum)
                    )
                ),
        ];
    }

    private Part Measure(SelectionSetNode set)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var sum = default(Part);
        foreach (var selection in set.Selections)
        {
            sum = sum.With(
                selection switch
                {
                    FieldNode field => Measure(field),
                    InlineFragmentNode inline => Measure(inline.SelectionSet),
                    FragmentSpreadNode spread => Measure(spread.Name.Value),
                    _ => default,
                }
            );
        }
        return sum;
    }

    private Part Measure(FieldNode field)
    {
        var inner = field.SelectionSet is { } set ? Measure(set) : default;
        var introspects = field.Name.Value is "__schema" or "__type";
        return new Part(introspects ? 1 : inner.Depth + 1, field.Alias is null ? 0 : 1, introspects).With(
            inner with
            {
                Depth = 0,
            }
        );
    }

    private Part Measure(string fragment)
    {
        if (known.TryGetValue(fragment, out var part))
            return part;
        return known[fragment] = fragments.TryGetValue(fragment, out var found) ? Measure(found.SelectionSet) : default;
    }

    private void CollectNames(SelectionSetNode set, HashSet<string> names, HashSet<string> visited)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var selection in set.Selections)
        {
            if (selection is FieldNode field)
                names.Add(field.ResponseName);
            else if (selection is InlineFragmentNode inline)
                CollectNames(inline.SelectionSet, names, visited);
            else if (
                selection is FragmentSpreadNode spread
                && visited.Add(spread.Name.Value)
                && fragments.TryGetValue(spread.Name.Value, out var fragment)
            )
                CollectNames(fragment.SelectionSet, names, visited);
        }
    }
}
