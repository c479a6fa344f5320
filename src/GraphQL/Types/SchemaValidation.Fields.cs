using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

public sealed partial class SchemaValidation
{
    private void CheckFields(FieldsType type)
    {
        if (type.Fields.Count == 0)
            Report($"Type {type} must define one or more fields.", [.. type.Nodes]);
        foreach (var field in type.Fields)
        {
            CheckName(field.Name, field.Node);
            if (!field.Type.IsOutput)
                Report($"The type of {field} must be Output Type but got: {field.Type}.", field.Node?.Type);
            foreach (var argument in field.Arguments)
                Check(argument, argument.Node?.Type);
        }
    }

    private void CheckInterfaces(FieldsType type)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var declared in type.DeclaredInterfaces)
        {
            var nodes = ImplementsNodes(type, declared);
            if (declared is not InterfaceType implemented)
                Report($"Type {type} must only implement Interface types, it cannot implement {declared}.", nodes);
            else if (implemented == type)
                Report($"Type {type} cannot implement itself because it would create a circular reference.", nodes);
            else if (!seen.Add(declared.Name))
                Report($"Type {type} can only implement {declared} once.", nodes);
            else
            {
                CheckAncestors(type, implemented);
                foreach (var field in implemented.Fields)
                    CheckImplements(type, field);
            }
        }
    }

    private void CheckAncestors(FieldsType type, InterfaceType implemented)
    {
        foreach (var ancestor in implemented.DeclaredInterfaces)
        {
            if (type.DeclaredInterfaces.Contains(ancestor))
                continue;
            Report(
                ancestor == type
                    ? $"Type {type} cannot implement {implemented} because it would create a circular reference."
                    : $"Type {type} must implement {ancestor} because it is implemented by {implemented}.",
                [.. ImplementsNodes(implemented, ancestor), .. ImplementsNodes(type, implemented)]
            );
        }
    }

    private void CheckImplements(FieldsType type, Field expected)
    {
        if (type.Fields.Find(expected.Name) is not { } field)
        {
            Report(
                $"Interface field {expected} expected but {type} does not provide it.",
                [expected.Node, .. type.Nodes]
            );
            return;
        }
        if (!TypeRelations.IsSubtype(schema, field.Type, expected.Type))
        {
            Report(
                $"Interface field {expected} expects type {expected.Type} but {field} is type {field.Type}.",
                expected.Node?.Type,
                field.Node?.Type
            );
        }
        CheckArguments(field, expected);
        if (field.DeprecationReason is not null && expected.DeprecationReason is null)
        {
            Report(
                $"Interface field {expected} is not deprecated, so implementation field {field} must not be deprecated.",
                Deprecation(field.Node?.Directives),
                field.Node?.Type
            );
        }
    }

    private void CheckArguments(Field field, Field expected)
    {
        foreach (var argument in expected.Arguments)
        {
            if (field.Arguments.Find(argument.Name) is not { } provided)
            {
                Report(
                    $"Interface field argument {argument} expected but {field} does not provide it.",
                    argument.Node,
                    field.Node
                );
            }
            else if (!TypeRelations.IsSame(argument.Type, provided.Type))
            {
                Report(
                    $"Interface field argument {argument} expects type {argument.Type} but {provided} is type {provided.Type}.",
                    argument.Node?.Type,
                    provided.Node?.Type
                );
            }
        }
        foreach (var argument in field.Arguments)
        {
            if (argument.IsRequired && expected.Arguments.Find(argument.Name) is null)
            {
                Report(
                    $"Argument \"{argument}\" must not be required type \"{argument.Type}\" if not provided by the Interface field \"{expected}\".",
                    argument.Node,
                    expected.Node
                );
            }
        }
    }

    private static SyntaxNode?[] ImplementsNodes(FieldsType type, NamedType implemented) =>
        [
            .. type
                .Nodes.OfType<CompositeTypeNode>()
                .SelectMany(node => node.Interfaces)
                .Where(node => node.Name.Value == implemented.Name),
        ];
}
