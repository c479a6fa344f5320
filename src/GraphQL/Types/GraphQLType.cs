using System.Text.Json;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

/// <summary>A type of a schema: a named one, or a list or a non-null of one.</summary>
public abstract class GraphQLType
{
    private ListType? list;
    private NonNullType? nonNull;

    /// <summary>The type inside all lists and non-nulls.</summary>
    public abstract NamedType Named { get; }

    /// <summary>The type that also allows null.</summary>
    public virtual GraphQLType Nullable => this;

    /// <summary>A list of this type; always the same one.</summary>
    public ListType List => list ?? Interlocked.CompareExchange(ref list, new ListType(this), null) ?? list;

    /// <summary>This type without null; always the same one.</summary>
    public virtual NonNullType NonNull =>
        nonNull ?? Interlocked.CompareExchange(ref nonNull, new NonNullType(this), null) ?? nonNull;

    internal bool IsInput => Named is ScalarType or EnumType or InputObjectType;

    internal bool IsOutput => Named is not InputObjectType;
}

/// <summary>A list.</summary>
public sealed class ListType : GraphQLType
{
    internal ListType(GraphQLType ofType) => OfType = ofType;

    /// <summary>The type of its items.</summary>
    public GraphQLType OfType { get; }

    /// <inheritdoc />
    public override NamedType Named => OfType.Named;

    /// <inheritdoc />
    public override string ToString() => $"[{OfType}]";
}

/// <summary>A type without null.</summary>
public sealed class NonNullType : GraphQLType
{
    internal NonNullType(GraphQLType ofType) => OfType = ofType;

    /// <summary>The type with null.</summary>
    public GraphQLType OfType { get; }

    /// <inheritdoc />
    public override NamedType Named => OfType.Named;

    /// <inheritdoc />
    public override GraphQLType Nullable => OfType;

    /// <inheritdoc />
    public override NonNullType NonNull => this;

    /// <inheritdoc />
    public override string ToString() => $"{OfType}!";
}

/// <summary>A type with a name.</summary>
public abstract class NamedType(string name, string? description) : GraphQLType
{
    /// <summary>The name.</summary>
    public string Name { get; } = Names.Check(name);

    /// <summary>What it is, in Markdown; null if nobody said.</summary>
    public string? Description { get; } = description;

    /// <inheritdoc />
    public override NamedType Named => this;

    /// <summary>The definition it was read from, and then its extensions; empty if it was made in code.</summary>
    internal IReadOnlyList<TypeDefinitionNode> Nodes { get; init; } = [];

    internal TypeDefinitionNode? Definition => Nodes.Count > 0 ? Nodes[0] : null;

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>A type without fields.</summary>
public abstract class LeafType(string name, string? description) : NamedType(name, description)
{
    /// <summary>Reads a literal other than null.</summary>
    /// <param name="literal">A constant.</param>
    /// <param name="value">What it means in C#.</param>
    /// <returns>Null, or a sentence that says why it means nothing.</returns>
    public abstract string? ReadLiteral(ValueNode literal, out object? value);

    /// <summary>Reads a value other than null of a variable.</summary>
    /// <returns>Null, or a sentence that says why it means nothing.</returns>
    public abstract string? ReadJson(JsonElement json, out object? value);

    /// <summary>Makes of a value other than null, as a resolver gives it, what is written: null, a bool, a number (int, long, double or
    /// decimal), a string, JSON, or lists and dictionaries of these.</summary>
    /// <returns>Null, or a sentence for the client that says why it cannot be written.</returns>
    public abstract string? ReadResult(object value, out object? result);
}

internal static class Names
{
    /// <summary>Gives a name back.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Check(string name)
    {
        if (name.Length == 0)
            throw new ArgumentException("Expected name to be a non-empty string.", nameof(name));
        if (!name.All(character => Characters.IsNameContinue(character)))
            throw new ArgumentException($"Names must only contain [_a-zA-Z0-9] but \"{name}\" does not.", nameof(name));
        return Characters.IsNameStart(name[0])
            ? name
            : throw new ArgumentException($"Names must start with [_a-zA-Z] but \"{name}\" does not.", nameof(name));
    }
}
