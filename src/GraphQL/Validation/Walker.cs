using System.Collections.Immutable;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Validation;

/// <summary>Walks through a document once, keeps the context up to date, and tells the rules what comes. The order is that of the text.</summary>
internal sealed partial class Walker(ValidationContext context, RuleSet set)
{
    private readonly Rule[] rules = set.CreateAll(context);

    public void Walk()
    {
        foreach (var number in set.At(Moments.Document))
            rules[number].Enter(context.Document);
        foreach (var definition in context.Document.Definitions)
        {
            context.IsInTypeSystem = definition is TypeSystemNode;
            switch (definition)
            {
                case OperationNode operation:
                    Visit(operation);
                    break;
                case FragmentNode fragment:
                    Visit(fragment);
                    break;
                case TypeSystemNode other:
                    Visit(other);
                    break;
            }
        }
        foreach (var number in set.At(Moments.DocumentEnd))
            rules[number].Leave(context.Document);
    }

    private void Visit(OperationNode operation)
    {
        context.Type = context.OptionalSchema?.Root(operation.Kind);
        foreach (var number in set.At(Moments.Operation))
            rules[number].Enter(operation);
        foreach (var variable in operation.Variables)
            Visit(variable);
        Visit(operation.Directives, DirectiveLocation.Of(operation.Kind));
        Visit(operation.SelectionSet, operation);
        foreach (var number in set.At(Moments.OperationEnd))
            rules[number].Leave(operation);
        context.Type = null;
    }

    private void Visit(FragmentNode fragment)
    {
        context.Type = Output(fragment.TypeCondition);
        foreach (var number in set.At(Moments.Fragment))
            rules[number].Enter(fragment);
        Visit(fragment.TypeCondition);
        Visit(fragment.Directives, DirectiveLocation.FragmentDefinition);
        Visit(fragment.SelectionSet, fragment);
        context.Type = null;
    }

    private void Visit(VariableDefinitionNode variable)
    {
        foreach (var number in set.At(Moments.VariableDefinition))
            rules[number].Enter(variable);
        Visit(variable.Type);
        if (variable.DefaultValue is { } value)
            Visit(value, context.OptionalSchema?.Find(variable.Type) is { IsInput: true } type ? type : null);
        Visit(variable.Directives, DirectiveLocation.VariableDefinition);
    }

    private void Visit(SelectionSetNode selectionSet, SyntaxNode parent)
    {
        var around = context.ParentType;
        context.ParentType = context.Type?.Named as CompositeType;
        foreach (var number in set.At(Moments.SelectionSet))
            rules[number].Enter(selectionSet, parent);
        foreach (var selection in selectionSet.Selections)
        {
            switch (selection)
            {
                case FieldNode field:
                    Visit(field);
                    break;
                case FragmentSpreadNode spread:
                    Visit(spread);
                    break;
                case InlineFragmentNode fragment:
                    Visit(fragment);
                    break;
            }
        }
        context.ParentType = around;
    }

    private void Visit(FieldNode field)
    {
        var (type, around) = (context.Type, context.Field);
        context.Field = context.ParentType is { } parent ? context.Schema.FindField(parent, field.Name.Value) : null;
        context.Type = context.Field?.Type;
        foreach (var number in set.At(Moments.Field))
            rules[number].Enter(field);
        foreach (var argument in field.Arguments)
            Visit(argument, ofDirective: false);
        Visit(field.Directives, DirectiveLocation.Field);
        if (field.SelectionSet is { } inner)
            Visit(inner, field);
        foreach (var number in set.At(Moments.FieldEnd))
            rules[number].Leave(field);
        (context.Type, context.Field) = (type, around);
    }

    private void Visit(FragmentSpreadNode spread)
    {
        foreach (var number in set.At(Moments.Spread))
            rules[number].Enter(spread);
        Visit(spread.Directives, DirectiveLocation.FragmentSpread);
    }

    private void Visit(InlineFragmentNode fragment)
    {
        var type = context.Type;
        context.Type = fragment.TypeCondition is { } condition ? Output(condition) : context.Type?.Named;
        foreach (var number in set.At(Moments.InlineFragment))
            rules[number].Enter(fragment);
        if (fragment.TypeCondition is not null)
            Visit(fragment.TypeCondition);
        Visit(fragment.Directives, DirectiveLocation.InlineFragment);
        Visit(fragment.SelectionSet, fragment);
        context.Type = type;
    }

    private void Visit(ImmutableArray<DirectiveNode> directives, string location)
    {
        foreach (var directive in directives)
        {
            context.Directive = context.OptionalSchema?.FindDirective(directive.Name.Value);
            foreach (var number in set.At(Moments.Directive))
                rules[number].Enter(directive, location);
            foreach (var argument in directive.Arguments)
                Visit(argument, ofDirective: true);
            foreach (var number in set.At(Moments.DirectiveEnd))
                rules[number].Leave(directive);
            context.Directive = null;
        }
    }

    private void Visit(ArgumentNode argument, bool ofDirective)
    {
        context.Argument = context.Arguments?.Find(argument.Name.Value);
        foreach (var number in set.At(Moments.Argument))
            rules[number].Enter(argument, ofDirective);
        Visit(argument.Value, context.Argument?.Type is { IsInput: true } type ? type : null);
        context.Argument = null;
    }

    private void Visit(ValueNode value, GraphQLType? expected)
    {
        if (value is not VariableNode)
        {
            foreach (var number in set.At(Moments.Value))
                rules[number].Enter(value, expected);
        }
        VisitObjects(value);
    }

    private void VisitObjects(ValueNode value)
    {
        switch (value)
        {
            case ListValueNode list:
                foreach (var item in list.Values)
                    VisitObjects(item);
                break;
            case ObjectValueNode fields:
                foreach (var number in set.At(Moments.Object))
                    rules[number].Enter(fields);
                foreach (var field in fields.Fields)
                    VisitObjects(field.Value);
                break;
        }
    }

    private void Visit(TypeNode type)
    {
        while (type is not NamedTypeNode)
            type = type is ListTypeNode list ? list.OfType : ((NonNullTypeNode)type).OfType;
        foreach (var number in set.At(Moments.NamedType))
            rules[number].Enter((NamedTypeNode)type);
    }

    private NamedType? Output(NamedTypeNode condition) =>
        context.OptionalSchema?.Find(condition.Name.Value) is { IsOutput: true } type ? type : null;
}
