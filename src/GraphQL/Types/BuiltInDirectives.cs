using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

/// <summary>The five directives of the specification.</summary>
public static class BuiltInDirectives
{
    internal const string NoReason = "No longer supported";

    private static readonly string[] Selections =
    [
        DirectiveLocation.Field,
        DirectiveLocation.FragmentSpread,
        DirectiveLocation.InlineFragment,
    ];

    /// <summary>Selects under a condition.</summary>
    public static Directive Include { get; } =
        new(
            "include",
            Selections,
            [new InputValue("if", BuiltInScalars.Boolean.NonNull, description: "Included when true.")],
            description: "Directs the executor to include this field or fragment only when the `if` argument is true."
        );

    /// <summary>Selects except under a condition.</summary>
    public static Directive Skip { get; } =
        new(
            "skip",
            Selections,
            [new InputValue("if", BuiltInScalars.Boolean.NonNull, description: "Skipped when true.")],
            description: "Directs the executor to skip this field or fragment when the `if` argument is true."
        );

    /// <summary>Says why something should no longer be used.</summary>
    public static Directive Deprecated { get; } =
        new(
            "deprecated",
            [
                DirectiveLocation.FieldDefinition,
                DirectiveLocation.ArgumentDefinition,
                DirectiveLocation.InputFieldDefinition,
                DirectiveLocation.EnumValue,
                DirectiveLocation.DirectiveDefinition,
            ],
            [
                new InputValue(
                    "reason",
                    BuiltInScalars.String.NonNull,
                    new StringValueNode(NoReason),
                    "Explains why this element was deprecated, usually also including a suggestion for how to access supported similar data. Formatted using the Markdown syntax, as specified by [CommonMark](https://commonmark.org/)."
                ),
            ],
            description: "Marks an element of a GraphQL schema as no longer supported."
        );

    /// <summary>Says where the meaning of a scalar is written down.</summary>
    public static Directive SpecifiedBy { get; } =
        new(
            "specifiedBy",
            [DirectiveLocation.Scalar],
            [
                new InputValue(
                    "url",
                    BuiltInScalars.String.NonNull,
                    description: "The URL that specifies the behavior of this scalar."
                ),
            ],
            description: "Exposes a URL that specifies the behavior of this scalar."
        );

    /// <summary>Asks for exactly one field of an input object.</summary>
    public static Directive OneOf { get; } =
        new(
            "oneOf",
            [DirectiveLocation.InputObject],
            description: "Indicates exactly one field must be supplied and this field must not be `null`."
        );

    internal static IReadOnlyList<Directive> All { get; } = [Include, Skip, Deprecated, SpecifiedBy, OneOf];

    internal static bool Has(string name) => All.Any(directive => directive.Name == name);
}
