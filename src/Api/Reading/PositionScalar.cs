using System.Text.Json;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Language;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.Api.Reading;

/// <summary>A <see cref="Position" />.</summary>
internal sealed class PositionScalar()
    : ScalarType(
        "Position",
        "A place in the log of events, as mutations and subscriptions give it. Only to be given back."
    )
{
    public override string? ReadLiteral(ValueNode literal, out object? value) =>
        Read((literal as StringValueNode)?.Value, out value);

    public override string? ReadJson(JsonElement json, out object? value) =>
        Read(json.ValueKind == JsonValueKind.String ? json.GetString() : null, out value);

    public override string? ReadResult(object value, out object? result)
    {
        result = value is Position position ? position.ToString() : null;
        return result is null ? "Position cannot represent what is none." : null;
    }

    private static string? Read(string? text, out object? value)
    {
        value = Position.TryParse(text, out var position) ? position : null;
        return value is null
            ? "A Position is a text that a mutation or a subscription gave, such as \"1234/567\"."
            : null;
    }
}
