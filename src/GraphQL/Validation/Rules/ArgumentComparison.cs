using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation.Rules;

/// <summary>Whether two fields are given the same arguments: the same names in any order, with values that are written alike.</summary>
internal sealed class ArgumentComparison
{
    private readonly Dictionary<ValueNode, string> keys = new(ReferenceEqualityComparer.Instance);

    public bool AreSame(ImmutableArray<ArgumentNode> left, ImmutableArray<ArgumentNode> right, SelectionCollector work)
    {
        if (left.Length != right.Length)
            return false;
        foreach (var argument in left)
        {
            work.Spend(1);
            if (FindLast(right, argument.Name.Value) is not { } other || Key(argument.Value) != Key(other.Value))
                return false;
        }
        return true;
    }

    private static ArgumentNode? FindLast(ImmutableArray<ArgumentNode> arguments, string name)
    {
        for (var number = arguments.Length - 1; number >= 0; number--)
        {
            if (arguments[number].Name.Value == name)
                return arguments[number];
        }
        return null;
    }

    /// <summary>A text that is the same for values that are written alike, with the fields of objects in any order.</summary>
    private string Key(ValueNode value)
    {
        if (keys.TryGetValue(value, out var known))
            return known;
        return keys[value] = value switch
        {
            // Block strings differ from others, as in the reference implementation.
            StringValueNode text => (text.IsBlock ? "\"\"\"" : "") + StringValue.Print(text.Value),
            ListValueNode list => $"[{string.Join(',', list.Values.Select(Key))}]",
            ObjectValueNode fields =>
                $"{{{string.Join(',', fields.Fields.OrderBy(field => field.Name.Value, StringComparer.Ordinal).Select(field => $"{field.Name}:{Key(field.Value)}"))}}}",
            _ => value.ToString(),
        };
    }
}
