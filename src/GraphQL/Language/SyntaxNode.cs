using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EventPipeline.GraphQL.Language;

/// <summary>A part of a document. Immutable; two nodes are equal only if they are the same node, however alike.</summary>
public abstract record SyntaxNode
{
    /// <summary>Where the node begins.</summary>
    public Location Location { get; init; }

    /// <inheritdoc />
    public virtual bool Equals(SyntaxNode? other) => ReferenceEquals(this, other);

    /// <inheritdoc />
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>The node as the reference implementation prints it.</summary>
    public sealed override string ToString() => Printer.Print(this);
}

/// <summary>A name and where it stands.</summary>
public readonly record struct Name(string Value, Location Location)
{
    /// <inheritdoc />
    public override string ToString() => Value;
}

/// <summary>A whole text: operations and fragments, or definitions of types, or both.</summary>
public sealed record DocumentNode(ImmutableArray<DefinitionNode> Definitions) : SyntaxNode;

/// <summary>What a document consists of.</summary>
public abstract record DefinitionNode : SyntaxNode;

/// <summary>A directive where it is used.</summary>
public sealed record DirectiveNode(Name Name, ImmutableArray<ArgumentNode> Arguments) : SyntaxNode
{
    /// <summary>The value of an argument; null if it is not given.</summary>
    public ValueNode? Argument(string name) => ArgumentNode.Find(Arguments, name)?.Value;

    /// <summary>The first use of a directive.</summary>
    public static DirectiveNode? Find(ImmutableArray<DirectiveNode> directives, string name)
    {
        foreach (var directive in directives)
        {
            if (directive.Name.Value == name)
                return directive;
        }
        return null;
    }
}

/// <summary>A value given for an argument.</summary>
public sealed record ArgumentNode(Name Name, ValueNode Value) : SyntaxNode
{
    /// <summary>The first argument of a name.</summary>
    public static ArgumentNode? Find(ImmutableArray<ArgumentNode> arguments, string name)
    {
        foreach (var argument in arguments)
        {
            if (argument.Name.Value == name)
                return argument;
        }
        return null;
    }
}

/// <summary>A type where it is used.</summary>
public abstract record TypeNode : SyntaxNode;

/// <summary>A type by its name.</summary>
public sealed record NamedTypeNode(Name Name) : TypeNode;

/// <summary>A list of a type.</summary>
public sealed record ListTypeNode(TypeNode OfType) : TypeNode;

/// <summary>A type without null.</summary>
public sealed record NonNullTypeNode(TypeNode OfType) : TypeNode;
