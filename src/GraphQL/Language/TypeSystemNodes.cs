using System.Collections.Immutable;

namespace EventPipeline.GraphQL.Language;

/// <summary>Something that a schema consists of, or an extension of it.</summary>
/// <param name="IsExtension">Whether it extends what is defined elsewhere.</param>
public abstract record TypeSystemNode(
    bool IsExtension,
    StringValueNode? Description,
    ImmutableArray<DirectiveNode> Directives
) : DefinitionNode;

/// <summary>The root types of a schema.</summary>
public sealed record SchemaNode(
    bool IsExtension,
    StringValueNode? Description,
    ImmutableArray<DirectiveNode> Directives,
    ImmutableArray<RootTypeNode> RootTypes
) : TypeSystemNode(IsExtension, Description, Directives);

/// <summary>The type at the root of a kind of operation.</summary>
public sealed record RootTypeNode(OperationKind Operation, NamedTypeNode Type) : SyntaxNode;

/// <summary>A type of a schema.</summary>
public abstract record TypeDefinitionNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<DirectiveNode> Directives
) : TypeSystemNode(IsExtension, Description, Directives);

/// <summary>A scalar.</summary>
public sealed record ScalarTypeNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<DirectiveNode> Directives
) : TypeDefinitionNode(IsExtension, Description, Name, Directives);

/// <summary>A type with output fields.</summary>
public abstract record CompositeTypeNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<NamedTypeNode> Interfaces,
    ImmutableArray<DirectiveNode> Directives,
    ImmutableArray<FieldDefinitionNode> Fields
) : TypeDefinitionNode(IsExtension, Description, Name, Directives);

/// <summary>An object.</summary>
public sealed record ObjectTypeNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<NamedTypeNode> Interfaces,
    ImmutableArray<DirectiveNode> Directives,
    ImmutableArray<FieldDefinitionNode> Fields
) : CompositeTypeNode(IsExtension, Description, Name, Interfaces, Directives, Fields);

/// <summary>An interface.</summary>
public sealed record InterfaceTypeNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<NamedTypeNode> Interfaces,
    ImmutableArray<DirectiveNode> Directives,
    ImmutableArray<FieldDefinitionNode> Fields
) : CompositeTypeNode(IsExtension, Description, Name, Interfaces, Directives, Fields);

/// <summary>A union.</summary>
public sealed record UnionTypeNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<DirectiveNode> Directives,
    ImmutableArray<NamedTypeNode> Types
) : TypeDefinitionNode(IsExtension, Description, Name, Directives);

/// <summary>An enum.</summary>
public sealed record EnumTypeNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<DirectiveNode> Directives,
    ImmutableArray<EnumValueDefinitionNode> Values
) : TypeDefinitionNode(IsExtension, Description, Name, Directives);

/// <summary>An input object.</summary>
public sealed record InputObjectTypeNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<DirectiveNode> Directives,
    ImmutableArray<InputValueDefinitionNode> Fields
) : TypeDefinitionNode(IsExtension, Description, Name, Directives);

/// <summary>An output field.</summary>
public sealed record FieldDefinitionNode(
    StringValueNode? Description,
    Name Name,
    ImmutableArray<InputValueDefinitionNode> Arguments,
    TypeNode Type,
    ImmutableArray<DirectiveNode> Directives
) : SyntaxNode;

/// <summary>An argument or an input field.</summary>
public sealed record InputValueDefinitionNode(
    StringValueNode? Description,
    Name Name,
    TypeNode Type,
    ValueNode? DefaultValue,
    ImmutableArray<DirectiveNode> Directives
) : SyntaxNode;

/// <summary>A value of an enum.</summary>
public sealed record EnumValueDefinitionNode(
    StringValueNode? Description,
    Name Name,
    ImmutableArray<DirectiveNode> Directives
) : SyntaxNode;

/// <summary>A directive, or an extension of one (which has directives only).</summary>
public sealed record DirectiveDefinitionNode(
    bool IsExtension,
    StringValueNode? Description,
    Name Name,
    ImmutableArray<InputValueDefinitionNode> Arguments,
    ImmutableArray<DirectiveNode> Directives,
    bool IsRepeatable,
    ImmutableArray<Name> Locations
) : TypeSystemNode(IsExtension, Description, Directives);
