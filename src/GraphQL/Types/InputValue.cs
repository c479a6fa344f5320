using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Values;

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
    private object? coercedDefault;
    private bool isCoerced;

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

    /// <summary>What an argument adds to the cost of an operation where it is given.</summary>
    public double Cost { get; init; }

    /// <summary>Whether it has to be given.</summary>
    public bool IsRequired => Type is NonNullType && DefaultValue is null;

    internal InputValueDefinitionNode? Node { get; init; }

    /// <summary>The schema coordinate, such as <c>Query.video(id:)</c>.</summary>
    public override string ToString() => coordinate?.Invoke() ?? Name;

    /// <summary>The default value in C#.</summary>
    /// <returns>Whether there is one.</returns>
    internal bool TryGetDefault(out object? value)
    {
        value = null;
        if (DefaultValue is null)
            return false;
        if (!Volatile.Read(ref isCoerced))
        {
            // Read twice at the worst, with the same result.
            if (!LiteralCoercion.TryCoerce(DefaultValue, Type, VariableValues.None, out coercedDefault))
                throw new InvalidOperationException($"{this} has an invalid default value; the schema is not valid.");
            Volatile.Write(ref isCoerced, value: true);
        }
        value = coercedDefault;
        return true;
    }

    internal InputValue Of(Func<string> owner)
    {
        coordinate = owner;
        return this;
    }
}
