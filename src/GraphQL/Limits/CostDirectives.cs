using System.Collections.Immutable;
using System.Globalization;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Limits;

/// <summary>The directives with which a schema says what operations cost.</summary>
public static class CostDirectives
{
    /// <summary>What a field costs by itself, and an argument where it is given.</summary>
    public static Directive Cost { get; } =
        new(
            "cost",
            [DirectiveLocation.FieldDefinition, DirectiveLocation.ArgumentDefinition],
            [new InputValue("weight", BuiltInScalars.String.NonNull, description: "A number.")],
            description: "What it adds to the cost of an operation."
        );

    /// <summary>How many items a list may have.</summary>
    public static Directive ListSize { get; } =
        new(
            "listSize",
            [DirectiveLocation.FieldDefinition],
            [
                new InputValue("assumedSize", BuiltInScalars.Int, description: "If no argument says it."),
                new InputValue(
                    "slicingArguments",
                    BuiltInScalars.String.NonNull.List,
                    description: "The arguments that say it."
                ),
                new InputValue(
                    "sizedFields",
                    BuiltInScalars.String.NonNull.List,
                    description: "The fields of the value that have so many items, instead of the field itself."
                ),
                new InputValue("requireOneSlicingArgument", BuiltInScalars.Boolean, new BooleanValueNode(true)),
            ],
            description: "How many items the list may have, for the cost of an operation."
        );

    internal static double ReadCost(ImmutableArray<DirectiveNode> directives) =>
        DirectiveNode.Find(directives, Cost.Name)?.Argument("weight") is { } weight
            ? Read(weight, (weight as StringValueNode)?.Value)
            : 0;

    internal static ListSize? ReadListSize(FieldDefinitionNode node) =>
        DirectiveNode.Find(node.Directives, ListSize.Name) is { } found
            ? new ListSize(
                found.Argument("assumedSize") is { } size ? (int)Read(size, (size as IntValueNode)?.Value) : null,
                Texts(found.Argument("slicingArguments")),
                Texts(found.Argument("sizedFields"))
            )
            : null;

    private static double Read(ValueNode literal, string? number) =>
        double.TryParse(number, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new SchemaException([GraphQLError.At($"Expected a number, found: {literal}.", literal.Location)]);

    private static ImmutableArray<string> Texts(ValueNode? value) =>
        value is ListValueNode list ? [.. list.Values.OfType<StringValueNode>().Select(text => text.Value)] : [];
}
