using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Fields with the same name in the response are the same field, or can never meet. The comparison is that of the reference
/// implementation: every pair of fields and fragments is compared once, and all of it may cost only so much.</summary>
internal sealed class OverlappingFieldsCanBeMerged(ValidationContext context) : Rule(context)
{
    private FieldComparison? comparison;

    public static RuleDescription Description { get; } =
        new(Moments.SelectionSet, static context => new OverlappingFieldsCanBeMerged(context));

    public override void Enter(SelectionSetNode selectionSet, SyntaxNode parent)
    {
        // What is inside an inline fragment is compared with what is around it.
        if (parent is InlineFragmentNode)
            return;
        if (selectionSet.Selections.Length <= 1 && selectionSet.Selections is not [InlineFragmentNode])
            return;
        comparison ??= new FieldComparison(Context);
        foreach (var conflict in comparison.FindConflicts(Context.ParentType, selectionSet))
        {
            Context.Report(
                $"Fields \"{Conflict.Shorten(conflict.ResponseName)}\" conflict because {conflict.Reason}. Use different aliases on the fields to fetch both if this was intentional.",
                [.. conflict.Left, .. conflict.Right]
            );
        }
    }
}

/// <summary>Two fields that cannot be merged.</summary>
/// <param name="ResponseName">The name that they share.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Left">Where the first one stands, and the fields in it that are the reason.</param>
/// <param name="Right">Where the second one stands, and the fields in it that are the reason.</param>
internal sealed record Conflict(string ResponseName, string Reason, List<Location> Left, List<Location> Right)
{
    private const int LongestText = 1000;
    private const int MostPlaces = 20;

    public static string Shorten(string text) => text.Length > LongestText ? text[..LongestText] + "..." : text;

    /// <summary>The conflict of two fields whose subfields have conflicts; null if there are none.</summary>
    public static Conflict? Around(List<Conflict> inner, string responseName, FieldNode left, FieldNode right)
    {
        if (inner.Count == 0)
            return null;
        var reason = new System.Text.StringBuilder();
        foreach (var conflict in inner)
        {
            reason.Append(reason.Length == 0 ? "" : " and ");
            reason.Append($"subfields \"{Shorten(conflict.ResponseName)}\" conflict because {conflict.Reason}");
            if (reason.Length > LongestText)
                break;
        }
        return new Conflict(
            responseName,
            Shorten(reason.ToString()),
            Places(left, inner.Select(conflict => conflict.Left)),
            Places(right, inner.Select(conflict => conflict.Right))
        );
    }

    private static List<Location> Places(FieldNode field, IEnumerable<List<Location>> inner)
    {
        var places = new List<Location> { field.Location };
        foreach (var some in inner)
        {
            places.AddRange(some.TakeLast(MostPlaces - places.Count));
            if (places.Count == MostPlaces)
                break;
        }
        return places;
    }
}
