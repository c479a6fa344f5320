using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Types;

/// <summary>Says whether a schema makes sense: whether it can be introspected and executed without surprises.</summary>
public sealed partial class SchemaValidation
{
    private readonly Schema schema;
    private readonly List<GraphQLError> errors = [];

    private SchemaValidation(Schema schema) => this.schema = schema;

    /// <summary>All that is wrong with a schema, in the order and the words of the reference implementation.</summary>
    public static IReadOnlyList<GraphQLError> Validate(Schema schema)
    {
        var validation = new SchemaValidation(schema);
        validation.CheckRoots();
        foreach (var directive in schema.Directives)
            validation.Check(directive);
        foreach (var type in schema.Types)
            validation.Check(type);
        validation.CheckFiniteInputs();
        return validation.errors;
    }

    private void CheckRoots()
    {
        if (schema.QueryRoot is null)
            Report("Query root type must be provided.", schema.Nodes.FirstOrDefault(node => !node.IsExtension));
        var kinds = new List<(OperationKind Kind, NamedType Type)>();
        foreach (var kind in Enum.GetValues<OperationKind>())
        {
            if (schema.RootType(kind) is not { } type)
                continue;
            if (type is ObjectType)
            {
                kinds.Add((kind, type));
                continue;
            }
            var optional = kind == OperationKind.Query ? "" : " if provided";
            Report(
                $"{kind} root type must be Object type{optional}, it cannot be {type}.",
                RootNode(kind) ?? (SyntaxNode?)type.Definition
            );
        }
        foreach (var shared in kinds.GroupBy(root => root.Type, root => root.Kind))
        {
            if (!shared.Skip(1).Any())
                continue;
            var words = shared.Select(kind => kind.Keyword()).ToArray();
            var list = words.Length == 2 ? $"{words[0]} and {words[1]}" : $"{words[0]}, {words[1]}, and {words[2]}";
            Report(
                $"All root types must be different, \"{shared.Key}\" type is used as {list} root types.",
                [.. shared.Select(RootNode)]
            );
        }
    }

    private NamedTypeNode? RootNode(OperationKind kind) =>
        schema.Nodes.SelectMany(node => node.RootTypes).FirstOrDefault(root => root.Operation == kind)?.Type;

    private void Check(Directive directive)
    {
        CheckName(directive.Name, directive.Node);
        if (directive.Locations.IsEmpty)
            Report($"Directive {directive} must include 1 or more locations.", directive.Node);
        foreach (var argument in directive.Arguments)
            Check(argument, argument.Node);
    }

    /// <param name="argument">An argument.</param>
    /// <param name="typeNode">The place of a complaint about its type.</param>
    private void Check(InputValue argument, SyntaxNode? typeNode)
    {
        CheckName(argument.Name, argument.Node);
        if (!argument.Type.IsInput)
            Report($"The type of {argument} must be Input Type but got: {argument.Type}.", typeNode);
        if (argument.IsRequired && argument.DeprecationReason is not null)
        {
            Report(
                $"Required argument {argument} cannot be deprecated.",
                Deprecation(argument.Node?.Directives),
                argument.Node?.Type
            );
        }
        CheckDefault(argument);
    }

    private void CheckDefault(InputValue value)
    {
        if (value.DefaultValue is not { } literal)
            return;
        var validation = new LiteralValidation(
            (error, path) =>
                errors.Add(
                    error with
                    {
                        Message = $"{value} has invalid default value{ValuePath.Describe(path)}: {error.Message}",
                    }
                ),
            hideSuggestions: false
        );
        validation.Validate(literal, value.Type);
    }

    private void Check(NamedType type)
    {
        if (!Introspection.Has(type.Name))
            CheckName(type.Name, type.Definition);
        switch (type)
        {
            case FieldsType composite:
                CheckFields(composite);
                CheckInterfaces(composite);
                break;
            case UnionType union:
                CheckMembers(union);
                break;
            case EnumType { Values: var values }:
                if (values.Count == 0)
                    Report($"Enum type {type} must define one or more values.", [.. type.Nodes]);
                foreach (var value in values)
                    CheckName(value.Name, value.Node);
                break;
            case InputObjectType input:
                CheckFields(input);
                CheckDefaultCycles(input);
                break;
        }
    }

    private void CheckMembers(UnionType union)
    {
        if (union.DeclaredTypes.Count == 0)
            Report($"Union type {union} must define one or more member types.", [.. union.Nodes]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in union.DeclaredTypes)
        {
            if (!seen.Add(member.Name))
                Report($"Union type {union} can only include type {member} once.", Nodes());
            else if (member is not ObjectType)
                Report($"Union type {union} can only include Object types, it cannot include {member}.", Nodes());

            SyntaxNode?[] Nodes() =>
                [
                    .. union
                        .Nodes.OfType<UnionTypeNode>()
                        .SelectMany(node => node.Types)
                        .Where(node => node.Name.Value == member.Name),
                ];
        }
    }

    private void CheckFields(InputObjectType type)
    {
        if (type.Fields.Count == 0)
            Report($"Input Object type {type} must define one or more fields.", [.. type.Nodes]);
        foreach (var field in type.Fields)
        {
            CheckName(field.Name, field.Node);
            if (!field.Type.IsInput)
                Report($"The type of {field} must be Input Type but got: {field.Type}.", field.Node?.Type);
            if (field.IsRequired && field.DeprecationReason is not null)
            {
                Report(
                    $"Required input field {field} cannot be deprecated.",
                    Deprecation(field.Node?.Directives),
                    field.Node?.Type
                );
            }
            CheckDefault(field);
            if (type.IsOneOf && field.Type is NonNullType)
                Report($"OneOf input field {field} must be nullable.", field.Node?.Type);
            if (type.IsOneOf && field.DefaultValue is not null)
                Report($"OneOf input field {field} cannot have a default value.", field.Node);
        }
    }

    private void CheckName(string name, SyntaxNode? node)
    {
        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            Report($"Name \"{name}\" must not begin with \"__\", which is reserved by GraphQL introspection.", node);
        }
    }

    private static DirectiveNode? Deprecation(ImmutableArray<DirectiveNode>? directives) =>
        directives is { } some ? DirectiveNode.Find(some, "deprecated") : null;

    private void Report(string message, params SyntaxNode?[] nodes) =>
        errors.Add(
            new GraphQLError(
                message,
                [.. nodes.OfType<SyntaxNode>().Select(node => node.Location).Where(place => place.IsKnown)]
            )
        );
}
