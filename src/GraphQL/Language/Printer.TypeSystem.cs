using System.Collections.Immutable;

namespace EventPipeline.GraphQL.Language;

internal static partial class Printer
{
    private static string PrintTypeSystem(SyntaxNode node) =>
        node switch
        {
            SchemaNode schema => Start(schema, "schema", "", Directives(schema.Directives), Block(schema.RootTypes)),
            RootTypeNode root => $"{root.Operation.Keyword()}: {Print(root.Type)}",
            ScalarTypeNode scalar => Start(scalar, "scalar", scalar.Name.Value, Directives(scalar.Directives)),
            ObjectTypeNode type => PrintComposite(type, "type"),
            InterfaceTypeNode type => PrintComposite(type, "interface"),
            UnionTypeNode union => Start(
                union,
                "union",
                union.Name.Value,
                Directives(union.Directives),
                Wrap("= ", Join(" | ", union.Types.Select(Print)), "")
            ),
            EnumTypeNode type => Start(type, "enum", type.Name.Value, Directives(type.Directives), Block(type.Values)),
            InputObjectTypeNode type => Start(
                type,
                "input",
                type.Name.Value,
                Directives(type.Directives),
                Block(type.Fields)
            ),
            FieldDefinitionNode field => Described(field.Description)
                + $"{field.Name}{PrintArguments(field.Arguments)}: {Print(field.Type)}{After(field.Directives)}",
            InputValueDefinitionNode value => Described(value.Description)
                + $"{value.Name}: {Print(value.Type)}{Default(value.DefaultValue)}{After(value.Directives)}",
            EnumValueDefinitionNode value => Described(value.Description) + value.Name + After(value.Directives),
            DirectiveDefinitionNode { IsExtension: true } directive =>
                $"extend directive @{directive.Name}{After(directive.Directives)}",
            DirectiveDefinitionNode directive => Described(directive.Description)
                + $"directive @{directive.Name}{PrintArguments(directive.Arguments)}{After(directive.Directives)}"
                + (directive.IsRepeatable ? " repeatable on " : " on ")
                + Join(" | ", directive.Locations.Select(location => location.Value)),
            _ => throw new ArgumentOutOfRangeException(nameof(node)),
        };

    private static string PrintComposite(CompositeTypeNode type, string keyword) =>
        Start(
            type,
            keyword,
            type.Name.Value,
            Wrap("implements ", Join(" & ", type.Interfaces.Select(Print)), ""),
            Directives(type.Directives),
            Block(type.Fields)
        );

    private static string PrintArguments(ImmutableArray<InputValueDefinitionNode> definitions)
    {
        var arguments = definitions.Select(Print).ToArray();
        return HasLines(arguments)
            ? Wrap("(\n", Indent(Join("\n", arguments)), "\n)")
            : Wrap("(", Join(", ", arguments), ")");
    }

    private static string Start(TypeSystemNode node, string keyword, params IEnumerable<string> parts) =>
        Described(node.Description) + Join(" ", [node.IsExtension ? $"extend {keyword}" : keyword, .. parts]);
}
