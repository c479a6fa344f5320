using System.Text.Json;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Types;

/// <summary>One of several names.</summary>
public sealed class EnumType(string name, IEnumerable<EnumValue> values, string? description = null)
    : LeafType(name, description)
{
    private Dictionary<object, string>? names;

    /// <summary>Its values.</summary>
    public MemberList<EnumValue> Values { get; } = new(name, values.Select(value => value.Of(name)));

    /// <inheritdoc />
    public override string? ReadLiteral(ValueNode literal, out object? value)
    {
        value = null;
        if (literal is not EnumValueNode word)
            return $"Enum \"{Name}\" cannot represent non-enum value: {literal}.";
        return ReadName(word.Value, out value);
    }

    /// <inheritdoc />
    public override string? ReadJson(JsonElement json, out object? value)
    {
        value = null;
        if (json.ValueKind != JsonValueKind.String)
            return $"Enum \"{Name}\" cannot represent non-string value: {JsonText.Describe(json)}.";
        return ReadName(json.GetString()!, out value);
    }

    /// <inheritdoc />
    public override string? ReadResult(object value, out object? result)
    {
        result = (names ??= NamesOfValues()).GetValueOrDefault(value);
        return result is null ? $"Enum \"{Name}\" cannot represent value: {ResultCoercion.Describe(value)}" : null;
    }

    /// <summary>Of two names for a value the last one, as in the reference implementation.</summary>
    private Dictionary<object, string> NamesOfValues()
    {
        var all = new Dictionary<object, string>();
        foreach (var value in Values)
            all[value.Value] = value.Name;
        return all;
    }

    private string? ReadName(string word, out object? value)
    {
        value = Values.Find(word)?.Value;
        return Values.Find(word) is null ? $"Value \"{word}\" does not exist in \"{Name}\" enum." : null;
    }
}

/// <summary>A value of an enum.</summary>
/// <param name="value">What it is in C#; its name if nothing else is said.</param>
public sealed class EnumValue(
    string name,
    object? value = null,
    string? description = null,
    string? deprecationReason = null
) : IMember
{
    private string? parent;

    /// <inheritdoc />
    public string Name { get; } =
        name is "true" or "false" or "null"
            ? throw new ArgumentException($"Enum values cannot be named: {name}", nameof(name))
            : Names.Check(name);

    /// <summary>What it is in C#.</summary>
    public object Value { get; } = value ?? name;

    /// <summary>What it is, in Markdown.</summary>
    public string? Description { get; } = description;

    /// <summary>Why it should no longer be used, and what instead; null while it should.</summary>
    public string? DeprecationReason { get; } = deprecationReason;

    internal EnumValueDefinitionNode? Node { get; init; }

    /// <summary>The schema coordinate, such as <c>Status.DONE</c>.</summary>
    public override string ToString() => parent is null ? Name : $"{parent}.{Name}";

    internal EnumValue Of(string enumName)
    {
        parent = enumName;
        return this;
    }
}
