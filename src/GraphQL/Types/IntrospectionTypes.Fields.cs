namespace EventPipeline.GraphQL.Types;

internal static partial class IntrospectionTypes
{
    private static GraphQLType Text => BuiltInScalars.String;

    private static GraphQLType Flag => BuiltInScalars.Boolean.NonNull;

    private static Field[] FieldsOfSchemaType() =>
        [
            Of<Schema>("description", Text, schema => schema.Description),
            Of<Schema>(
                "types",
                TypeType.NonNull.List.NonNull,
                schema => schema.Types,
                "A list of all types supported by this server."
            ),
            Of<Schema>(
                "queryType",
                TypeType.NonNull,
                schema => schema.Query,
                "The type that query operations will be rooted at."
            ),
            Of<Schema>(
                "mutationType",
                TypeType,
                schema => schema.Mutation,
                "If this server supports mutation, the type that mutation operations will be rooted at."
            ),
            Of<Schema>(
                "subscriptionType",
                TypeType,
                schema => schema.Subscription,
                "If this server support subscription, the type that subscription operations will be rooted at."
            ),
            ListOf<Schema, Directive>(
                "directives",
                DirectiveType.NonNull.List.NonNull,
                schema => schema.Directives,
                directive => directive.DeprecationReason,
                "A list of all directives supported by this server."
            ),
        ];

    private static Field[] FieldsOfDirectiveType() =>
        [
            Of<Directive>("name", Text.NonNull, directive => directive.Name),
            Of<Directive>("description", Text, directive => directive.Description),
            Of<Directive>("isRepeatable", Flag, directive => directive.IsRepeatable),
            Of<Directive>(
                "locations",
                DirectiveLocationType.NonNull.List.NonNull,
                directive => directive.Locations.ToArray()
            ),
            ListOf<Directive, InputValue>(
                "args",
                InputValueType.NonNull.List.NonNull,
                directive => directive.Arguments,
                argument => argument.DeprecationReason
            ),
            Of<Directive>("isDeprecated", Flag, directive => directive.DeprecationReason is not null),
            Of<Directive>("deprecationReason", Text, directive => directive.DeprecationReason),
        ];

    private static Field[] FieldsOfTypeType() =>
        [
            Of<GraphQLType>("kind", TypeKindType.NonNull, KindOf),
            Of<GraphQLType>("name", Text, type => (type as NamedType)?.Name),
            Of<GraphQLType>("description", Text, type => (type as NamedType)?.Description),
            Of<GraphQLType>("specifiedByURL", Text, type => (type as ScalarType)?.SpecifiedByUrl),
            ListOf<GraphQLType, Field>(
                "fields",
                FieldType.NonNull.List,
                type => (type as FieldsType)?.Fields,
                field => field.DeprecationReason
            ),
            Of<GraphQLType>("interfaces", TypeType.NonNull.List, type => (type as FieldsType)?.Interfaces),
            new Field(
                "possibleTypes",
                TypeType.NonNull.List,
                resolver: context =>
                    context.Source is InterfaceType or UnionType
                        ? context.Schema.PossibleTypes((CompositeType)context.Source)
                        : null
            ),
            ListOf<GraphQLType, EnumValue>(
                "enumValues",
                EnumValueType.NonNull.List,
                type => (type as EnumType)?.Values,
                value => value.DeprecationReason
            ),
            ListOf<GraphQLType, InputValue>(
                "inputFields",
                InputValueType.NonNull.List,
                type => (type as InputObjectType)?.Fields,
                field => field.DeprecationReason
            ),
            Of<GraphQLType>("ofType", TypeType, type => (type as ListType)?.OfType ?? (type as NonNullType)?.OfType),
            Of<GraphQLType>("isOneOf", BuiltInScalars.Boolean, type => (type as InputObjectType)?.IsOneOf),
        ];

    private static Field[] FieldsOfFieldType() =>
        [
            Of<Field>("name", Text.NonNull, field => field.Name),
            Of<Field>("description", Text, field => field.Description),
            ListOf<Field, InputValue>(
                "args",
                InputValueType.NonNull.List.NonNull,
                field => field.Arguments,
                argument => argument.DeprecationReason
            ),
            Of<Field>("type", TypeType.NonNull, field => field.Type),
            Of<Field>("isDeprecated", Flag, field => field.DeprecationReason is not null),
            Of<Field>("deprecationReason", Text, field => field.DeprecationReason),
        ];

    private static Field[] FieldsOfInputValueType() =>
        [
            Of<InputValue>("name", Text.NonNull, value => value.Name),
            Of<InputValue>("description", Text, value => value.Description),
            Of<InputValue>("type", TypeType.NonNull, value => value.Type),
            Of<InputValue>(
                "defaultValue",
                Text,
                value => value.DefaultValue?.ToString(),
                "A GraphQL-formatted string representing the default value for this input value."
            ),
            Of<InputValue>("isDeprecated", Flag, value => value.DeprecationReason is not null),
            Of<InputValue>("deprecationReason", Text, value => value.DeprecationReason),
        ];

    private static Field[] FieldsOfEnumValueType() =>
        [
            Of<EnumValue>("name", Text.NonNull, value => value.Name),
            Of<EnumValue>("description", Text, value => value.Description),
            Of<EnumValue>("isDeprecated", Flag, value => value.DeprecationReason is not null),
            Of<EnumValue>("deprecationReason", Text, value => value.DeprecationReason),
        ];

    private static Field Of<T>(string name, GraphQLType type, Func<T, object?> read, string? description = null) =>
        new(name, type, description: description, resolver: context => read((T)context.Source!));

    /// <summary>A field that leaves out what is deprecated unless it is asked for.</summary>
    private static Field ListOf<TSource, T>(
        string name,
        GraphQLType type,
        Func<TSource, IEnumerable<T>?> read,
        Func<T, string?> deprecation,
        string? description = null
    ) =>
        new(
            name,
            type,
            [new InputValue("includeDeprecated", BuiltInScalars.Boolean.NonNull, new Language.BooleanValueNode(false))],
            description,
            resolver: context =>
                read((TSource)context.Source!) is { } all
                    ? all.Where(one => context.Argument("includeDeprecated") is true || deprecation(one) is null)
                        .ToArray()
                    : null
        );
}
