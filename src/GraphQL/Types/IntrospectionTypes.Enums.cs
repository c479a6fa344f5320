namespace EventPipeline.GraphQL.Types;

internal static partial class IntrospectionTypes
{
    public static EnumType TypeKindType { get; } =
        new(
            "__TypeKind",
            [
                new EnumValue("SCALAR", description: "Indicates this type is a scalar."),
                new EnumValue(
                    "OBJECT",
                    description: "Indicates this type is an object. `fields` and `interfaces` are valid fields."
                ),
                new EnumValue(
                    "INTERFACE",
                    description: "Indicates this type is an interface. `fields`, `interfaces`, and `possibleTypes` are valid fields."
                ),
                new EnumValue(
                    "UNION",
                    description: "Indicates this type is a union. `possibleTypes` is a valid field."
                ),
                new EnumValue("ENUM", description: "Indicates this type is an enum. `enumValues` is a valid field."),
                new EnumValue(
                    "INPUT_OBJECT",
                    description: "Indicates this type is an input object. `inputFields` is a valid field."
                ),
                new EnumValue("LIST", description: "Indicates this type is a list. `ofType` is a valid field."),
                new EnumValue("NON_NULL", description: "Indicates this type is a non-null. `ofType` is a valid field."),
            ],
            "An enum describing what kind of type a given `__Type` is."
        );

    public static EnumType DirectiveLocationType { get; } =
        new(
            "__DirectiveLocation",
            [
                new EnumValue("QUERY", description: "Location adjacent to a query operation."),
                new EnumValue("MUTATION", description: "Location adjacent to a mutation operation."),
                new EnumValue("SUBSCRIPTION", description: "Location adjacent to a subscription operation."),
                new EnumValue("FIELD", description: "Location adjacent to a field."),
                new EnumValue("FRAGMENT_DEFINITION", description: "Location adjacent to a fragment definition."),
                new EnumValue("FRAGMENT_SPREAD", description: "Location adjacent to a fragment spread."),
                new EnumValue("INLINE_FRAGMENT", description: "Location adjacent to an inline fragment."),
                new EnumValue(
                    "VARIABLE_DEFINITION",
                    description: "Location adjacent to an operation variable definition."
                ),
                new EnumValue(
                    "FRAGMENT_VARIABLE_DEFINITION",
                    description: "Location adjacent to a fragment variable definition."
                ),
                new EnumValue("SCHEMA", description: "Location adjacent to a schema definition."),
                new EnumValue("SCALAR", description: "Location adjacent to a scalar definition."),
                new EnumValue("OBJECT", description: "Location adjacent to an object type definition."),
                new EnumValue("FIELD_DEFINITION", description: "Location adjacent to a field definition."),
                new EnumValue("ARGUMENT_DEFINITION", description: "Location adjacent to an argument definition."),
                new EnumValue("INTERFACE", description: "Location adjacent to an interface definition."),
                new EnumValue("UNION", description: "Location adjacent to a union definition."),
                new EnumValue("ENUM", description: "Location adjacent to an enum definition."),
                new EnumValue("ENUM_VALUE", description: "Location adjacent to an enum value definition."),
                new EnumValue("INPUT_OBJECT", description: "Location adjacent to an input object type definition."),
                new EnumValue(
                    "INPUT_FIELD_DEFINITION",
                    description: "Location adjacent to an input object field definition."
                ),
                new EnumValue("DIRECTIVE_DEFINITION", description: "Location adjacent to a directive definition."),
            ],
            "A Directive can be adjacent to many parts of the GraphQL language, a __DirectiveLocation describes one such possible adjacencies."
        );

    private static object KindOf(GraphQLType type) =>
        type switch
        {
            ScalarType => "SCALAR",
            ObjectType => "OBJECT",
            InterfaceType => "INTERFACE",
            UnionType => "UNION",
            EnumType => "ENUM",
            InputObjectType => "INPUT_OBJECT",
            ListType => "LIST",
            _ => "NON_NULL",
        };
}
