using System.Collections.Immutable;

namespace EventPipeline.GraphQL.Language;

/// <summary>The kinds of operation.</summary>
public enum OperationKind
{
    /// <summary>Reads.</summary>
    Query,

    /// <summary>Writes, one field after the other.</summary>
    Mutation,

    /// <summary>Follows what happens.</summary>
    Subscription,
}

/// <summary>An operation or a fragment.</summary>
public abstract record ExecutableDefinitionNode(
    StringValueNode? Description,
    ImmutableArray<DirectiveNode> Directives,
    SelectionSetNode SelectionSet
) : DefinitionNode;

/// <summary>A query, mutation or subscription.</summary>
public sealed record OperationNode(
    StringValueNode? Description,
    OperationKind Kind,
    Name? Name,
    ImmutableArray<VariableDefinitionNode> Variables,
    ImmutableArray<DirectiveNode> Directives,
    SelectionSetNode SelectionSet
) : ExecutableDefinitionNode(Description, Directives, SelectionSet);

/// <summary>A fragment with a name.</summary>
public sealed record FragmentNode(
    StringValueNode? Description,
    Name Name,
    NamedTypeNode TypeCondition,
    ImmutableArray<DirectiveNode> Directives,
    SelectionSetNode SelectionSet
) : ExecutableDefinitionNode(Description, Directives, SelectionSet);

/// <summary>A variable of an operation.</summary>
public sealed record VariableDefinitionNode(
    StringValueNode? Description,
    VariableNode Variable,
    TypeNode Type,
    ValueNode? DefaultValue,
    ImmutableArray<DirectiveNode> Directives
) : SyntaxNode
{
    /// <summary>The variable's name, without the dollar sign.</summary>
    public string Name => Variable.Name.Value;
}

/// <summary>What is selected of an object. Empty ones are allowed, as the reference implementation does.</summary>
public sealed record SelectionSetNode(ImmutableArray<SelectionNode> Selections) : SyntaxNode;

/// <summary>A field or a fragment in a selection set.</summary>
public abstract record SelectionNode(ImmutableArray<DirectiveNode> Directives) : SyntaxNode;

/// <summary>A field that is selected.</summary>
public sealed record FieldNode(
    Name? Alias,
    Name Name,
    ImmutableArray<ArgumentNode> Arguments,
    ImmutableArray<DirectiveNode> Directives,
    SelectionSetNode? SelectionSet
) : SelectionNode(Directives)
{
    /// <summary>The name in the response.</summary>
    public string ResponseName => (Alias ?? Name).Value;
}

/// <summary>A fragment by its name.</summary>
public sealed record FragmentSpreadNode(Name Name, ImmutableArray<DirectiveNode> Directives)
    : SelectionNode(Directives);

/// <summary>A fragment where it is used.</summary>
public sealed record InlineFragmentNode(
    NamedTypeNode? TypeCondition,
    ImmutableArray<DirectiveNode> Directives,
    SelectionSetNode SelectionSet
) : SelectionNode(Directives);

/// <summary>The words for operations.</summary>
public static class OperationKinds
{
    /// <summary>The keyword of an operation.</summary>
    public static string Keyword(this OperationKind kind) =>
        kind switch
        {
            OperationKind.Query => "query",
            OperationKind.Mutation => "mutation",
            _ => "subscription",
        };
}
