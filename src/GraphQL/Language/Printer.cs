using System.Collections.Immutable;

namespace EventPipeline.GraphQL.Language;

/// <summary>Writes documents exactly as the reference implementation does: two spaces of indentation, and lines of at most 80
/// characters for arguments, lists and objects where that is possible.</summary>
internal static partial class Printer
{
    private const int LongestLine = 80;

    public static string Print(SyntaxNode node) =>
        node switch
        {
            DocumentNode document => Join("\n\n", document.Definitions.Select(Print)),
            OperationNode operation => PrintOperation(operation),
            VariableDefinitionNode variable => Described(variable.Description)
                + $"{Print(variable.Variable)}: {Print(variable.Type)}"
                + Default(variable.DefaultValue)
                + After(variable.Directives),
            SelectionSetNode { Selections.IsEmpty: true } => "{}",
            SelectionSetNode set => Block(set.Selections),
            FieldNode field => PrintField(field),
            FragmentSpreadNode spread => $"...{spread.Name}{After(spread.Directives)}",
            InlineFragmentNode fragment => Join(
                " ",
                "...",
                fragment.TypeCondition is { } type ? $"on {Print(type)}" : "",
                Directives(fragment.Directives),
                Print(fragment.SelectionSet)
            ),
            FragmentNode fragment => Described(fragment.Description)
                + $"fragment {fragment.Name} on {Print(fragment.TypeCondition)}{After(fragment.Directives)} "
                + Print(fragment.SelectionSet),
            ArgumentNode argument => $"{argument.Name}: {Print(argument.Value)}",
            DirectiveNode directive =>
                $"@{directive.Name}{Wrap("(", Join(", ", directive.Arguments.Select(Print)), ")")}",
            TypeNode type => PrintType(type),
            ValueNode value => PrintValue(value),
            ObjectFieldNode field => $"{field.Name}: {Print(field.Value)}",
            _ => PrintTypeSystem(node),
        };

    private static string PrintOperation(OperationNode operation)
    {
        var variables = operation.Variables.Select(Print).ToArray();
        var prefix =
            Described(operation.Description)
            + Join(
                " ",
                operation.Kind.Keyword(),
                operation.Name?.Value
                    + (
                        HasLines(variables)
                            ? Wrap("(\n", Join("\n", variables), "\n)")
                            : Wrap("(", Join(", ", variables), ")")
                    ),
                Directives(operation.Directives)
            );
        return (prefix == "query" ? "" : prefix + " ") + Print(operation.SelectionSet);
    }

    private static string PrintField(FieldNode field)
    {
        var prefix = field.Alias is { } alias ? $"{alias}: {field.Name}" : field.Name.Value;
        var arguments = field.Arguments.Select(Print).ToArray();
        var line = Wrap(prefix + "(", Join(", ", arguments), ")");
        var call =
            arguments.Length == 0 ? prefix
            : line.Length > LongestLine ? Wrap(prefix + "(\n", Indent(Join("\n", arguments)), "\n)")
            : line;
        return call + After(field.Directives) + (field.SelectionSet is { } selections ? " " + Print(selections) : "");
    }

    private static string PrintType(TypeNode type) =>
        type switch
        {
            NamedTypeNode named => named.Name.Value,
            ListTypeNode list => $"[{PrintType(list.OfType)}]",
            NonNullTypeNode nonNull => $"{PrintType(nonNull.OfType)}!",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    private static string PrintValue(ValueNode value) =>
        value switch
        {
            VariableNode variable => $"${variable.Name}",
            IntValueNode number => number.Value,
            FloatValueNode number => number.Value,
            StringValueNode { IsBlock: true } text => BlockString.Print(text.Value),
            StringValueNode text => StringValue.Print(text.Value),
            BooleanValueNode truth => truth.Value ? "true" : "false",
            NullValueNode => "null",
            EnumValueNode word => word.Value,
            ListValueNode list => PrintList(list),
            ObjectValueNode fields => PrintObject(fields),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };

    private static string PrintList(ListValueNode list)
    {
        var values = list.Values.Select(PrintValue).ToArray();
        var line = $"[{Join(", ", values)}]";
        return line.Length > LongestLine ? Wrap("[\n", Indent(Join("\n", values)), "\n]") : line;
    }

    private static string PrintObject(ObjectValueNode value)
    {
        var fields = value.Fields.Select(Print).ToArray();
        var line = $"{{ {Join(", ", fields)} }}";
        return line.Length > LongestLine ? Block(fields) : line;
    }

    private static string Described(StringValueNode? description) =>
        description is null ? "" : PrintValue(description) + "\n";

    private static string Default(ValueNode? value) => value is null ? "" : " = " + PrintValue(value);

    private static string Directives(ImmutableArray<DirectiveNode> directives) => Join(" ", directives.Select(Print));

    private static string After(ImmutableArray<DirectiveNode> directives) => Wrap(" ", Directives(directives), "");

    private static string Block<T>(ImmutableArray<T> nodes)
        where T : SyntaxNode => Block(nodes.Select(Print));

    private static string Block(IEnumerable<string> lines) => Wrap("{\n", Indent(Join("\n", lines)), "\n}");

    private static string Join(string separator, params IEnumerable<string> parts) =>
        string.Join(separator, parts.Where(part => part.Length > 0));

    private static string Wrap(string start, string content, string end) =>
        content.Length == 0 ? "" : start + content + end;

    private static string Indent(string content) => content.Length == 0 ? "" : "  " + content.Replace("\n", "\n  ");

    private static bool HasLines(string[] parts) => parts.Any(part => part.Contains('\n'));
}
