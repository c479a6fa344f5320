using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

/// <summary>Writes schemas exactly as the reference implementation does, without what is built in.</summary>
public static class SchemaPrinter
{
    /// <summary>A schema in the schema language.</summary>
    public static string Print(Schema schema) =>
        string.Join(
            "\n\n",
            new[] { PrintRoots(schema) }
                .Concat(
                    schema.Directives.Where(directive => !BuiltInDirectives.Has(directive.Name)).Select(PrintDirective)
                )
                .Concat(
                    schema
                        .Types.Where(type => !BuiltInScalars.Has(type.Name) && !Introspection.Has(type.Name))
                        .Select(PrintType)
                )
                .Where(part => part.Length > 0)
        );

    private static string PrintRoots(Schema schema)
    {
        (string Keyword, string DefaultName, NamedType? Type)[] roots =
        [
            ("query", "Query", schema.QueryRoot),
            ("mutation", "Mutation", schema.MutationRoot),
            ("subscription", "Subscription", schema.SubscriptionRoot),
        ];
        if (roots.All(root => root.Type is null))
            return "";
        if (schema.Description is null && roots.All(root => root.Type == schema.Find(root.DefaultName)))
            return "";
        var lines = roots.Where(root => root.Type is not null).Select(root => $"  {root.Keyword}: {root.Type}\n");
        return $"{PrintDescription(schema.Description)}schema {{\n{string.Concat(lines)}}}";
    }

    private static string PrintType(NamedType type) =>
        PrintDescription(type.Description)
        + type switch
        {
            ScalarType scalar => $"scalar {scalar}{PrintUrl(scalar)}",
            ObjectType => $"type {type}{PrintFields((FieldsType)type)}",
            InterfaceType => $"interface {type}{PrintFields((FieldsType)type)}",
            UnionType union => $"union {type}{PrintMembers(union)}",
            EnumType { Values: var values } => $"enum {type}"
                + Block(
                    values.Select(
                        (value, index) =>
                            PrintDescription(value.Description, "  ", index == 0)
                            + $"  {value.Name}{PrintDeprecation(value.DeprecationReason)}"
                    )
                ),
            InputObjectType input => $"input {type}{(input.IsOneOf ? " @oneOf" : "")}"
                + Block(
                    input.Fields.Select(
                        (field, index) =>
                            PrintDescription(field.Description, "  ", index == 0) + "  " + PrintInputValue(field)
                    )
                ),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    private static string PrintFields(FieldsType type) =>
        (type.Interfaces.Count == 0 ? "" : " implements " + string.Join(" & ", type.Interfaces))
        + Block(
            type.Fields.Select(
                (field, index) =>
                    PrintDescription(field.Description, "  ", index == 0)
                    + $"  {field.Name}{PrintArguments(field.Arguments, "  ")}: {field.Type}"
                    + PrintDeprecation(field.DeprecationReason)
            )
        );

    private static string PrintMembers(UnionType union) =>
        union.DeclaredTypes.Count == 0 ? "" : " = " + string.Join(" | ", union.DeclaredTypes);

    private static string PrintArguments(MemberList<InputValue> arguments, string indentation)
    {
        if (arguments.Count == 0)
            return "";
        if (arguments.All(argument => argument.Description is null))
            return $"({string.Join(", ", arguments.Select(PrintInputValue))})";
        var lines = arguments.Select(
            (argument, index) =>
                PrintDescription(argument.Description, "  " + indentation, index == 0)
                + $"  {indentation}{PrintInputValue(argument)}"
        );
        return $"(\n{string.Join("\n", lines)}\n{indentation})";
    }

    private static string PrintInputValue(InputValue value) =>
        $"{value.Name}: {value.Type}{(value.DefaultValue is null ? "" : $" = {value.DefaultValue}")}"
        + PrintDeprecation(value.DeprecationReason);

    private static string PrintDirective(Directive directive) =>
        PrintDescription(directive.Description)
        + $"directive {directive}{PrintArguments(directive.Arguments, "")}{PrintDeprecation(directive.DeprecationReason)}"
        + (directive.IsRepeatable ? " repeatable on " : " on ")
        + string.Join(" | ", directive.Locations);

    private static string PrintDeprecation(string? reason) =>
        reason switch
        {
            null => "",
            BuiltInDirectives.NoReason => " @deprecated",
            _ => $" @deprecated(reason: {StringValue.Print(reason)})",
        };

    private static string PrintUrl(ScalarType scalar) =>
        scalar.SpecifiedByUrl is { } url ? $" @specifiedBy(url: {StringValue.Print(url)})" : "";

    private static string Block(IEnumerable<string> lines) =>
        lines.ToArray() is { Length: > 0 } block ? $" {{\n{string.Join("\n", block)}\n}}" : "";

    private static string PrintDescription(string? description, string indentation = "", bool isFirst = true)
    {
        if (description is null)
            return "";
        var text = BlockString.CanHold(description) ? BlockString.Print(description) : StringValue.Print(description);
        var before = indentation.Length > 0 && !isFirst ? "\n" + indentation : indentation;
        return before + text.Replace("\n", "\n" + indentation) + "\n";
    }
}
