using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Types;

/// <summary>An argument of a field or a directive, or a field of an input object.</summary>
public sealed class InputValue(
    string name,
    GraphQLType type,
    ValueNode? defaultValue = null,
    string? description = null,
    string? deprecationReason = null
) : IMember
{
    private Func<string>? coordinate;

    /// <inheritdoc />
    public string Name { get; } = Names.Check(name);

    /// <summary>The type of its value.</summary>
    public GraphQLType Type { get; } = type;

    /// <summary>The value if none is given, as a literal; null if there is none (which is not the literal null).</summary>
    public ValueNode? DefaultValue { get; } = defaultValue;

    /// <summary>What it is, in Markdown.</summary>
    public string? Description { get; } = description;

    /// <summary>Why it should no longer be used, and what instead; null while it should.</summary>
    public string? DeprecationReason { get; } = deprecationReason;

    /// <summary>Whether it has to be given.</summary>
    public bool IsRequired => Type is NonNullType && DefaultValue is null;

    internal InputValueDefinitionNode? Node { get; init; }

    /// <summary>The schema coordinate, such as <c>Query.video(id:)</c>.</summary>
    public override string ToString() => coordinate?.Invoke() ?? Name;

    internal InputValue Of(Func<string> owner)
    {
        coordinate = owner;
        return this;
    }
}
