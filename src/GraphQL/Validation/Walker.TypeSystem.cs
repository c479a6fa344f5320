using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Validation;

internal sealed partial class Walker
{
    private void Visit(TypeSystemNode definition)
    {
        foreach (var number in set.At(Moments.TypeSystem))
            rules[number].Enter(definition);
        switch (definition)
        {
            case SchemaNode schema:
                Visit(schema.Directives, DirectiveLocation.Schema);
                foreach (var root in schema.RootTypes)
                    Visit(root.Type);
                break;
            case ScalarTypeNode scalar:
                Visit(scalar.Directives, DirectiveLocation.Scalar);
                break;
            case CompositeTypeNode type:
                Visit(type);
                break;
            case UnionTypeNode union:
                Visit(union.Directives, DirectiveLocation.Union);
                foreach (var member in union.Types)
                    Visit(member);
                break;
            case EnumTypeNode type:
                Visit(type.Directives, DirectiveLocation.Enum);
                foreach (var value in type.Values)
                    VisitMember(value.Directives, DirectiveLocation.EnumValue);
                break;
            case InputObjectTypeNode type:
                Visit(type.Directives, DirectiveLocation.InputObject);
                Visit(type.Fields, DirectiveLocation.InputFieldDefinition);
                break;
            case DirectiveDefinitionNode directive:
                Visit(directive.Arguments, DirectiveLocation.ArgumentDefinition);
                Visit(directive.Directives, DirectiveLocation.DirectiveDefinition);
                break;
        }
    }

    private void Visit(CompositeTypeNode type)
    {
        foreach (var implemented in type.Interfaces)
            Visit(implemented);
        Visit(type.Directives, type is ObjectTypeNode ? DirectiveLocation.Object : DirectiveLocation.Interface);
        foreach (var field in type.Fields)
        {
            EnterMember(field.Directives);
            Visit(field.Arguments, DirectiveLocation.ArgumentDefinition);
            Visit(field.Type);
            Visit(field.Directives, DirectiveLocation.FieldDefinition);
        }
    }

    private void Visit(ImmutableArray<InputValueDefinitionNode> values, string location)
    {
        foreach (var value in values)
        {
            EnterMember(value.Directives);
            Visit(value.Type);
            if (value.DefaultValue is { } defaultValue)
                Visit(defaultValue, null);
            Visit(value.Directives, location);
        }
    }

    private void VisitMember(ImmutableArray<DirectiveNode> directives, string location)
    {
        EnterMember(directives);
        Visit(directives, location);
    }

    private void EnterMember(ImmutableArray<DirectiveNode> directives)
    {
        foreach (var number in set.At(Moments.Member))
            rules[number].EnterMember(directives);
    }
}
