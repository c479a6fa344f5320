using System.Text.Json;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Values;

namespace EventPipeline.GraphQL.Types;

/// <summary>A value without parts that GraphQL knows of. This one takes every literal and every JSON value, lists and objects
/// included; scalars that mean something override both.</summary>
public class ScalarType(string name, string? description = null, string? specifiedByUrl = null)
    : LeafType(name, description)
{
    /// <summary>Where its meaning is written down; null if nowhere.</summary>
    public string? SpecifiedByUrl { get; } = specifiedByUrl;

    /// <inheritdoc />
    public override string? ReadLiteral(ValueNode literal, out object? value)
    {
        value = Untyped.Read(literal);
        return null;
    }

    /// <inheritdoc />
    public override string? ReadJson(JsonElement json, out object? value)
    {
        value = Untyped.Read(json);
        return null;
    }

    /// <inheritdoc />
    public override string? ReadResult(object value, out object? result)
    {
        result = value;
        return Untyped.IsJson(value) ? null : $"{Name} cannot represent value: {ResultCoercion.Describe(value)}";
    }
}
