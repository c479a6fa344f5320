using System.Runtime.CompilerServices;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Looks for fields of a document that cannot be merged. The steps are those of the reference implementation, so that a hostile
/// document is given up at the same point.</summary>
internal sealed class FieldComparison(ValidationContext context)
{
    private readonly SelectionCollector collector = new(context);
    private readonly ArgumentComparison arguments = new();
    private readonly Dictionary<(CollectedFields, FragmentNode?), bool> comparedWithFragment = [];
    private readonly Dictionary<(FragmentNode?, FragmentNode?), bool> comparedFragments = [];

    public List<Conflict> FindConflicts(Types.NamedType? parent, SelectionSetNode selectionSet)
    {
        var conflicts = new List<Conflict>();
        var fields = collector.Collect(parent, selectionSet);
        CompareWithin(conflicts, fields);
        if (fields.Spreads.Count == 0 || (fields.Groups.Count == 0 && fields.Spreads.Count == 1))
            return conflicts;
        var fragments = collector.FragmentsOf(fields);
        for (var one = 0; one < fragments.Count; one++)
        {
            CompareWithFragment(conflicts, fields, fragments[one], areExclusive: false);
            for (var other = one + 1; other < fragments.Count; other++)
                CompareFragments(conflicts, fragments[one], fragments[other], areExclusive: false);
        }
        return conflicts;
    }

    private void CompareWithin(List<Conflict> conflicts, CollectedFields fields)
    {
        foreach (var group in fields.Groups)
        {
            for (var one = 0; one < group.Fields.Count; one++)
            {
                for (var other = one + 1; other < group.Fields.Count; other++)
                    Compare(conflicts, group.ResponseName, group.Fields[one], group.Fields[other], areExclusive: false);
            }
        }
    }

    private void CompareWithFragment(
        List<Conflict> conflicts,
        CollectedFields fields,
        FragmentNode? fragment,
        bool areExclusive
    )
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        collector.Spend(1);
        if (fields.Groups.Count == 0 || WasCompared(comparedWithFragment, (fields, fragment), areExclusive))
            return;
        comparedWithFragment[(fields, fragment)] = areExclusive;
        if (fragment is null)
            return;
        var inFragment = collector.Collect(fragment);
        var nested = collector.FragmentsOf(inFragment);
        if (fields == inFragment)
            return;
        CompareBetween(conflicts, fields, inFragment, areExclusive);
        foreach (var inner in nested)
            CompareWithFragment(conflicts, fields, inner, areExclusive);
    }

    private void CompareFragments(List<Conflict> conflicts, FragmentNode? left, FragmentNode? right, bool areExclusive)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        collector.Spend(2);
        if (ReferenceEquals(left, right))
            return;
        if (
            WasCompared(comparedFragments, (left, right), areExclusive)
            || WasCompared(comparedFragments, (right, left), areExclusive)
        )
        {
            return;
        }
        comparedFragments[(left, right)] = areExclusive;
        if (left is null || right is null)
            return;
        var (leftFields, rightFields) = (collector.Collect(left), collector.Collect(right));
        var (inLeft, inRight) = (collector.FragmentsOf(leftFields), collector.FragmentsOf(rightFields));
        CompareBetween(conflicts, leftFields, rightFields, areExclusive);
        foreach (var inner in inRight)
            CompareFragments(conflicts, left, inner, areExclusive);
        foreach (var inner in inLeft)
            CompareFragments(conflicts, inner, right, areExclusive);
    }

    private void CompareBetween(
        List<Conflict> conflicts,
        CollectedFields left,
        CollectedFields right,
        bool areExclusive
    )
    {
        if (left.Groups.Count == 0 || right.Groups.Count == 0)
            return;
        foreach (var (group, other) in collector.Overlap(left, right))
        {
            foreach (var one in group.Fields)
            {
                foreach (var two in other.Fields)
                    Compare(conflicts, group.ResponseName, one, two, areExclusive);
            }
        }
    }

    private void Compare(
        List<Conflict> conflicts,
        string name,
        CollectedField left,
        CollectedField right,
        bool areExclusive
    )
    {
        if (FindConflict(name, left, right, areExclusive) is { } conflict)
            conflicts.Add(conflict);
    }

    private Conflict? FindConflict(string responseName, CollectedField left, CollectedField right, bool areExclusive)
    {
        areExclusive |=
            left.Parent != right.Parent && left.Parent is Types.ObjectType && right.Parent is Types.ObjectType;
        collector.Spend(2);
        var (name, otherName) = (left.Node.Name.Value, right.Node.Name.Value);
        var (type, otherType) = (left.Field?.Type, right.Field?.Type);
        if (left.IsSimpleLeaf && right.IsSimpleLeaf && ReferenceEquals(type, otherType) && name == otherName)
            return null;
        if (!areExclusive && name != otherName)
            return Because($"\"{Conflict.Shorten(name)}\" and \"{Conflict.Shorten(otherName)}\" are different fields");
        if (!areExclusive && !arguments.AreSame(left.Node.Arguments, right.Node.Arguments, collector))
            return Because("they have differing arguments");
        if (left.Stream is not null || right.Stream is not null)
            return Because(DescribeStreams(left.Stream, right.Stream));
        if (type is not null && otherType is not null && Clash(type, otherType))
            return Because($"they return conflicting types \"{type}\" and \"{otherType}\"");
        if (left.Node.SelectionSet is not { } inner || right.Node.SelectionSet is not { } otherInner)
            return null;
        var conflicts = FindConflicts(areExclusive, type?.Named, inner, otherType?.Named, otherInner);
        return Conflict.Around(conflicts, responseName, left.Node, right.Node);

        Conflict Because(string reason) => new(responseName, reason, [left.Node.Location], [right.Node.Location]);
    }

    private List<Conflict> FindConflicts(
        bool areExclusive,
        Types.NamedType? leftParent,
        SelectionSetNode leftSet,
        Types.NamedType? rightParent,
        SelectionSetNode rightSet
    )
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var conflicts = new List<Conflict>();
        var left = collector.Collect(leftParent, leftSet);
        var leftFragments = collector.FragmentsOf(left);
        var right = collector.Collect(rightParent, rightSet);
        var rightFragments = collector.FragmentsOf(right);
        CompareBetween(conflicts, left, right, areExclusive);
        foreach (var fragment in rightFragments)
            CompareWithFragment(conflicts, left, fragment, areExclusive);
        foreach (var fragment in leftFragments)
            CompareWithFragment(conflicts, right, fragment, areExclusive);
        foreach (var one in leftFragments)
        {
            foreach (var other in rightFragments)
                CompareFragments(conflicts, one, other, areExclusive);
        }
        return conflicts;
    }

    private string DescribeStreams(DirectiveNode? left, DirectiveNode? right) =>
        left is not null && right is not null && arguments.AreSame(left.Arguments, right.Arguments, collector)
            ? "they have overlapping stream directives. See https://github.com/graphql/defer-stream-wg/discussions/100"
            : "they have overlapping stream directives";

    private bool Clash(Types.GraphQLType left, Types.GraphQLType right)
    {
        if (ReferenceEquals(left, right))
            return false;
        collector.Spend(1);
        return (left, right) switch
        {
            (Types.ListType one, Types.ListType other) => Clash(one.OfType, other.OfType),
            (Types.NonNullType one, Types.NonNullType other) => Clash(one.OfType, other.OfType),
            (Types.ListType or Types.NonNullType, _) or (_, Types.ListType or Types.NonNullType) => true,
            _ => left is Types.LeafType || right is Types.LeafType,
        };
    }

    /// <summary>Whether a pair was compared before, as strictly as it would be now: what can meet is compared more strictly than what
    /// cannot.</summary>
    private static bool WasCompared<T>(Dictionary<T, bool> compared, T pair, bool areExclusive)
        where T : struct => compared.TryGetValue(pair, out var before) && (areExclusive || !before);
}
