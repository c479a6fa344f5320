namespace EventPipeline.GraphQL.Types;

/// <summary>How types relate to each other.</summary>
internal static class TypeRelations
{
    /// <summary>Whether every value of a type is one of another.</summary>
    public static bool IsSubtype(Schema schema, GraphQLType type, GraphQLType of)
    {
        if (IsSame(type, of))
            return true;
        if (of is NonNullType)
            return type is NonNullType && IsSubtype(schema, type.Nullable, of.Nullable);
        if (type is NonNullType)
            return IsSubtype(schema, type.Nullable, of);
        if (of is ListType list)
            return type is ListType items && IsSubtype(schema, items.OfType, list.OfType);
        return type is FieldsType named && (of is InterfaceType or UnionType) && schema.IsSubtype((NamedType)of, named);
    }

    /// <summary>Whether two types are the same, lists and non-nulls included.</summary>
    public static bool IsSame(GraphQLType left, GraphQLType right) => ReferenceEquals(left, right); // lists and non-nulls of a type are made once
}
