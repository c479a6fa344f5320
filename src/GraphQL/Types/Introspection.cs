namespace EventPipeline.GraphQL.Types;

/// <summary>The part of a schema that describes the schema: types, three fields that need no declaration, and their resolvers.</summary>
public static class Introspection
{
    /// <summary>The types whose names begin with two underscores.</summary>
    public static IReadOnlyList<NamedType> Types { get; } =
    [
        IntrospectionTypes.SchemaType,
        IntrospectionTypes.DirectiveType,
        IntrospectionTypes.DirectiveLocationType,
        IntrospectionTypes.TypeType,
        IntrospectionTypes.FieldType,
        IntrospectionTypes.InputValueType,
        IntrospectionTypes.EnumValueType,
        IntrospectionTypes.TypeKindType,
    ];

    /// <summary>The schema, at the root of queries.</summary>
    public static Field SchemaField { get; } =
        new(
            "__schema",
            IntrospectionTypes.SchemaType.NonNull,
            description: "Access the current type schema of this server.",
            resolver: context => context.Schema
        );

    /// <summary>A type by its name, at the root of queries.</summary>
    public static Field TypeField { get; } =
        new(
            "__type",
            IntrospectionTypes.TypeType,
            [new InputValue("name", BuiltInScalars.String.NonNull)],
            "Request the type information of a single type.",
            resolver: context => context.Schema.Find((string)context.Argument("name")!)
        );

    /// <summary>The name of an object's type, everywhere.</summary>
    public static Field TypeNameField { get; } =
        new(
            "__typename",
            BuiltInScalars.String.NonNull,
            description: "The name of the current Object type at runtime.",
            resolver: context => context.ParentType.Name
        );

    /// <summary>Whether a name is that of one of the types.</summary>
    internal static bool Has(string name) =>
        name
            is "__Schema"
                or "__Directive"
                or "__DirectiveLocation"
                or "__Type"
                or "__Field"
                or "__InputValue"
                or "__EnumValue"
                or "__TypeKind";
}
