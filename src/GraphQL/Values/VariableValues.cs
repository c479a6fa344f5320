using System.Diagnostics.CodeAnalysis;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL.Values;

/// <summary>The variables of an operation as C# values. One that was not given and has no default is not there, which is not the same as
/// null.</summary>
public sealed class VariableValues
{
    private readonly Dictionary<string, object?> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<ValueNode>> literals = new(StringComparer.Ordinal);

    internal VariableValues() { }

    /// <summary>No variables.</summary>
    public static VariableValues None { get; } = new();

    /// <summary>All of them by their name.</summary>
    public IReadOnlyDictionary<string, object?> All => values;

    /// <summary>Whether there is a value for a variable.</summary>
    public bool TryGet(string name, out object? value) => values.TryGetValue(name, out value);

    /// <param name="literal">Makes the value as a literal, which is seldom needed.</param>
    internal void Add(string name, object? value, Func<ValueNode> literal)
    {
        values[name] = value;
        literals[name] = literal;
    }

    /// <summary>The value of a variable as a literal, for scalars that take lists and objects with variables inside.</summary>
    internal bool TryGetLiteral(string name, [NotNullWhen(true)] out ValueNode? literal)
    {
        literal = literals.GetValueOrDefault(name)?.Invoke();
        return literal is not null;
    }
}
