using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

/// <summary>What a server offers. Immutable once made; whether it makes sense is asked of <see cref="SchemaValidation" />.</summary>
public sealed class Schema
{
    private readonly Dictionary<string, NamedType> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ObjectType>> objectsOf = new(StringComparer.Ordinal);
    private readonly HashSet<(NamedType, NamedType)> subtypes = [];
    private readonly Dictionary<string, Directive> directivesByName = new(StringComparer.Ordinal);

    /// <summary>Makes a schema of what its roots, further types and directives lead to.</summary>
    /// <param name="query">The root of queries; an object, as schema validation checks.</param>
    /// <param name="mutation">The root of mutations, if there are any.</param>
    /// <param name="subscription">The root of subscriptions, if there are any.</param>
    /// <param name="types">Types that the roots do not lead to, such as the objects behind an interface. Introspection and the printed
    /// schema begin with them in their order.</param>
    /// <param name="directives">The built-in ones if none are given.</param>
    /// <param name="description">What it is, in Markdown.</param>
    public Schema(
        NamedType? query,
        NamedType? mutation = null,
        NamedType? subscription = null,
        IEnumerable<NamedType>? types = null,
        IEnumerable<Directive>? directives = null,
        string? description = null
    )
    {
        Description = description;
        (QueryRoot, MutationRoot, SubscriptionRoot) = (query, mutation, subscription);
        Directives = [.. directives ?? BuiltInDirectives.All];
        foreach (var directive in Directives)
            directivesByName.TryAdd(directive.Name, directive);
        Types = new TypeCollector().Collect([.. types ?? []], [query, mutation, subscription], Directives);
        foreach (var type in Types)
        {
            if (!byName.TryAdd(type.Name, type))
                throw new ArgumentException($"Two types of the schema are named \"{type.Name}\".", nameof(types));
        }
        foreach (var type in Types)
            Relate(type);
    }

    /// <summary>What it is, in Markdown.</summary>
    public string? Description { get; }

    /// <summary>All types, those of introspection included.</summary>
    public IReadOnlyList<NamedType> Types { get; }

    /// <summary>All directives.</summary>
    public IReadOnlyList<Directive> Directives { get; }

    /// <summary>The root of queries.</summary>
    public ObjectType? Query => QueryRoot as ObjectType;

    /// <summary>The root of mutations.</summary>
    public ObjectType? Mutation => MutationRoot as ObjectType;

    /// <summary>The root of subscriptions.</summary>
    public ObjectType? Subscription => SubscriptionRoot as ObjectType;

    internal NamedType? QueryRoot { get; }

    internal NamedType? MutationRoot { get; }

    internal NamedType? SubscriptionRoot { get; }

    /// <summary>The definition it was read from, and then its extensions; empty if it was made in code.</summary>
    internal IReadOnlyList<SchemaNode> Nodes { get; init; } = [];

    /// <summary>The type of a name; null if there is none.</summary>
    public NamedType? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The directive of a name, without its at sign; null if there is none.</summary>
    public Directive? FindDirective(string name) => directivesByName.GetValueOrDefault(name);

    /// <summary>The root of a kind of operation; null if the schema does not have it.</summary>
    public ObjectType? Root(OperationKind kind) => RootType(kind) as ObjectType;

    /// <summary>The objects that a value of a type can be.</summary>
    public IReadOnlyList<ObjectType> PossibleTypes(CompositeType type) =>
        type switch
        {
            UnionType union => union.Types,
            ObjectType itself => [itself],
            _ => objectsOf.GetValueOrDefault(type.Name) ?? [],
        };

    /// <summary>A field of a type, also those that introspection gives to it; null if it has none of that name.</summary>
    public Field? FindField(CompositeType type, string name)
    {
        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            if (name == "__typename")
                return Introspection.TypeNameField;
            if (name is "__schema" or "__type")
                return ReferenceEquals(type, QueryRoot) ? Meta(name) : null;
        }
        return (type as FieldsType)?.Fields.Find(name);
    }

    internal NamedType? RootType(OperationKind kind) =>
        kind switch
        {
            OperationKind.Query => QueryRoot,
            OperationKind.Mutation => MutationRoot,
            _ => SubscriptionRoot,
        };

    /// <summary>Whether a type implements an interface or belongs to a union.</summary>
    internal bool IsSubtype(NamedType abstractType, NamedType type) => subtypes.Contains((abstractType, type));

    /// <summary>The object that a CLR type, or else the nearest of its base types, is bound to; null if there is none.</summary>
    internal ObjectType? BoundTo(CompositeType type, Type? clrType)
    {
        for (; clrType is not null; clrType = clrType.BaseType)
        {
            foreach (var possible in PossibleTypes(type))
            {
                if (possible.BoundTo == clrType)
                    return possible;
            }
        }
        return null;
    }

    /// <summary>The type that a document names; null if the schema does not have it.</summary>
    internal GraphQLType? Find(TypeNode node) =>
        node switch
        {
            NamedTypeNode named => Find(named.Name.Value),
            ListTypeNode list => Find(list.OfType)?.List,
            NonNullTypeNode nonNull => Find(nonNull.OfType)?.NonNull,
            _ => null,
        };

    private static Field Meta(string name) => name == "__schema" ? Introspection.SchemaField : Introspection.TypeField;

    private void Relate(NamedType type)
    {
        if (type is UnionType union)
        {
            foreach (var member in union.DeclaredTypes)
                subtypes.Add((union, member));
        }
        else if (type is FieldsType implementer)
        {
            foreach (var implemented in implementer.Interfaces)
            {
                if (!subtypes.Add((implemented, implementer)))
                    continue;
                if (implementer is not ObjectType itself)
                    continue;
                if (!objectsOf.TryGetValue(implemented.Name, out var objects))
                    objectsOf[implemented.Name] = objects = [];
                objects.Add(itself);
            }
        }
    }
}
