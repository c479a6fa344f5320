using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Limits;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Types;

/// <summary>Makes schemas of texts in the schema language: for tests, snapshots and tools. They have no resolvers.</summary>
public sealed class SchemaReader
{
    private readonly Dictionary<string, NamedType> types = new(StringComparer.Ordinal);
    private readonly ILookup<string, TypeDefinitionNode> extensions;
    private readonly ILookup<string, DirectiveDefinitionNode> directiveExtensions;
    private readonly DocumentNode document;

    private SchemaReader(DocumentNode document)
    {
        this.document = document;
        extensions = document
            .Definitions.OfType<TypeDefinitionNode>()
            .Where(type => type.IsExtension)
            .ToLookup(type => type.Name.Value, StringComparer.Ordinal);
        directiveExtensions = document
            .Definitions.OfType<DirectiveDefinitionNode>()
            .Where(directive => directive.IsExtension)
            .ToLookup(directive => directive.Name.Value, StringComparer.Ordinal);
        foreach (var builtIn in BuiltInScalars.All.Concat(Introspection.Types))
            types[builtIn.Name] = builtIn;
    }

    /// <summary>Reads a schema and checks that it makes sense.</summary>
    /// <exception cref="GraphQLSyntaxException">The text is not a document.</exception>
    /// <exception cref="SchemaException">It is, but not a valid schema.</exception>
    public static Schema Read(string text)
    {
        var parsed = Parser.Parse(text, ParserOptions.Trusted);
        ThrowIfAny(DocumentValidator.ValidateDefinitions(parsed));
        var schema = new SchemaReader(parsed).Build();
        ThrowIfAny(SchemaValidation.Validate(schema));
        return schema;
    }

    private static void ThrowIfAny(IReadOnlyList<GraphQLError> errors)
    {
        if (errors.Count > 0)
            throw new SchemaException(errors);
    }

    private Schema Build()
    {
        var definitions = document.Definitions.OfType<TypeDefinitionNode>().Where(type => !type.IsExtension).ToArray();
        foreach (var definition in definitions)
            types.TryAdd(definition.Name.Value, Build(definition));
        var schemas = document.Definitions.OfType<SchemaNode>().OrderBy(schema => schema.IsExtension).ToArray();
        var roots = schemas
            .SelectMany(schema => schema.RootTypes)
            .ToDictionary(root => root.Operation, root => types[root.Type.Name.Value]);
        if (schemas.All(schema => schema.IsExtension))
        {
            foreach (var (kind, name) in DefaultRoots)
            {
                if (definitions.Any(type => type.Name.Value == name))
                    roots[kind] = types[name];
            }
        }
        Directive[] directives =
        [
            .. document.Definitions.OfType<DirectiveDefinitionNode>().Where(it => !it.IsExtension).Select(Build),
        ];
        return new Schema(
            roots.GetValueOrDefault(OperationKind.Query),
            roots.GetValueOrDefault(OperationKind.Mutation),
            roots.GetValueOrDefault(OperationKind.Subscription),
            definitions.Select(type => types[type.Name.Value]),
            [.. directives, .. BuiltInDirectives.All.ExceptBy(directives.Select(it => it.Name), it => it.Name)],
            schemas.FirstOrDefault(schema => !schema.IsExtension)?.Description?.Value
        )
        {
            Nodes = schemas,
        };
    }

    private static readonly (OperationKind Kind, string Name)[] DefaultRoots =
    [
        (OperationKind.Query, "Query"),
        (OperationKind.Mutation, "Mutation"),
        (OperationKind.Subscription, "Subscription"),
    ];

    private NamedType Build(TypeDefinitionNode definition)
    {
        var name = definition.Name.Value;
        var description = definition.Description?.Value;
        TypeDefinitionNode[] nodes = [definition, .. extensions[name]];
        return definition switch
        {
            ScalarTypeNode => new ScalarType(
                name,
                description,
                nodes.Select(UrlOf).LastOrDefault(url => url is not null)
            )
            {
                Nodes = nodes,
            },
            ObjectTypeNode => new ObjectType(
                name,
                () => nodes.OfType<CompositeTypeNode>().SelectMany(node => node.Fields).Select(Build),
                () => nodes.OfType<CompositeTypeNode>().SelectMany(node => node.Interfaces).Select(Find),
                description
            )
            {
                Nodes = nodes,
            },
            InterfaceTypeNode => new InterfaceType(
                name,
                () => nodes.OfType<CompositeTypeNode>().SelectMany(node => node.Fields).Select(Build),
                () => nodes.OfType<CompositeTypeNode>().SelectMany(node => node.Interfaces).Select(Find),
                description
            )
            {
                Nodes = nodes,
            },
            UnionTypeNode => new UnionType(
                name,
                () => nodes.OfType<UnionTypeNode>().SelectMany(node => node.Types).Select(Find),
                description
            )
            {
                Nodes = nodes,
            },
            EnumTypeNode => new EnumType(
                name,
                nodes.OfType<EnumTypeNode>().SelectMany(node => node.Values).Select(Build),
                description
            )
            {
                Nodes = nodes,
            },
            _ => new InputObjectType(
                name,
                () => Build(nodes.OfType<InputObjectTypeNode>().SelectMany(node => node.Fields)),
                DirectiveNode.Find(definition.Directives, "oneOf") is not null,
                description
            )
            {
                Nodes = nodes,
            },
        };
    }

    private Field Build(FieldDefinitionNode node) =>
        new(node.Name.Value, Find(node.Type), Build(node.Arguments), node.Description?.Value, ReasonOf(node.Directives))
        {
            Node = node,
            Cost = CostDirectives.ReadCost(node.Directives),
            ListSize = CostDirectives.ReadListSize(node),
        };

    private IEnumerable<InputValue> Build(IEnumerable<InputValueDefinitionNode> nodes) =>
        nodes.Select(node => new InputValue(
            node.Name.Value,
            Find(node.Type),
            node.DefaultValue,
            node.Description?.Value,
            ReasonOf(node.Directives)
        )
        {
            Node = node,
            Cost = CostDirectives.ReadCost(node.Directives),
        });

    private static EnumValue Build(EnumValueDefinitionNode node) =>
        new(node.Name.Value, description: node.Description?.Value, deprecationReason: ReasonOf(node.Directives))
        {
            Node = node,
        };

    private Directive Build(DirectiveDefinitionNode node) =>
        new(
            node.Name.Value,
            node.Locations.Select(location => location.Value),
            Build(node.Arguments),
            node.IsRepeatable,
            node.Description?.Value,
            directiveExtensions[node.Name.Value]
                .Prepend(node)
                .Select(definition => ReasonOf(definition.Directives))
                .FirstOrDefault(reason => reason is not null)
        )
        {
            Node = node,
        };

    private NamedType Find(NamedTypeNode node) => types[node.Name.Value];

    private GraphQLType Find(TypeNode node) =>
        node switch
        {
            ListTypeNode list => Find(list.OfType).List,
            NonNullTypeNode nonNull => Find(nonNull.OfType).NonNull,
            _ => Find((NamedTypeNode)node),
        };

    private static string? ReasonOf(ImmutableArray<DirectiveNode> directives) =>
        DirectiveNode.Find(directives, "deprecated") is { } deprecated
            ? deprecated.Argument("reason") is { } reason
                ? TextOf(deprecated, reason)
                : BuiltInDirectives.NoReason
            : null;

    private static string? UrlOf(TypeDefinitionNode node) =>
        DirectiveNode.Find(node.Directives, "specifiedBy") is { } specifiedBy && specifiedBy.Argument("url") is { } url
            ? TextOf(specifiedBy, url)
            : null;

    private static string TextOf(DirectiveNode directive, ValueNode value) =>
        (value as StringValueNode)?.Value
        ?? throw new SchemaException([
            GraphQLError.At($"Directive {directive} expects a string, found: {value}.", value.Location),
        ]);
}
