namespace EventPipeline.GraphQL.Types;

/// <summary>Finds all types of a schema, in the order of the reference implementation: each given type, followed by what it leads to and
/// is not given; then what the roots, the directives and introspection lead to.</summary>
internal sealed class TypeCollector
{
    private readonly List<NamedType> collected = [];
    private readonly HashSet<NamedType> known = [];

    public IReadOnlyList<NamedType> Collect(
        IReadOnlyList<NamedType> types,
        IReadOnlyList<NamedType?> roots,
        IReadOnlyList<Directive> directives
    )
    {
        known.UnionWith(types);
        foreach (var type in types.Distinct())
        {
            collected.Add(type);
            Follow(type);
        }
        foreach (var root in roots)
            Add(root);
        foreach (var argument in directives.SelectMany(directive => directive.Arguments))
            Add(argument.Type);
        Add(IntrospectionTypes.SchemaType);
        return collected;
    }

    private void Add(GraphQLType? type)
    {
        if (type is null || !known.Add(type.Named))
            return;
        collected.Add(type.Named);
        Follow(type.Named);
    }

    private void Follow(NamedType type)
    {
        switch (type)
        {
            case UnionType union:
                foreach (var member in union.DeclaredTypes)
                    Add(member);
                break;
            case FieldsType composite:
                foreach (var implemented in composite.DeclaredInterfaces)
                    Add(implemented);
                foreach (var field in composite.Fields)
                {
                    Add(field.Type);
                    foreach (var argument in field.Arguments)
                        Add(argument.Type);
                }
                break;
            case InputObjectType input:
                foreach (var field in input.Fields)
                    Add(field.Type);
                break;
        }
    }
}
