using System.Text.Json;
using EventPipeline.GraphQL.Types;
using EventPipeline.GraphQL.Validation;

namespace EventPipeline.GraphQL.Values;

/// <summary>Reads the JSON values of variables as C# values, and says all that is wrong with them.</summary>
/// <param name="report">Is told of every mistake, and of the path from the value to the part that is wrong.</param>
/// <param name="hideSuggestions">Leaves out "Did you mean".</param>
internal sealed class JsonCoercion(Action<string, ValuePath?> report, bool hideSuggestions)
{
    /// <summary>Reads a value; what comes back means nothing if a mistake was reported.</summary>
    public object? Coerce(JsonElement json, GraphQLType type, ValuePath? path = null)
    {
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            if (type is NonNullType)
            {
                report(
                    json.ValueKind == JsonValueKind.Null
                        ? $"Expected value of non-null type \"{type}\" not to be null."
                        : $"Expected a value of non-null type \"{type}\" to be provided.",
                    path
                );
            }
            return null;
        }
        switch (type.Nullable)
        {
            case ListType list:
                return CoerceList(json, list, path);
            case InputObjectType input:
                return CoerceObject(json, input, path);
            case LeafType leaf:
                if (leaf.ReadJson(json, out var value) is { } problem)
                    report(problem + Suggest(leaf, json), path);
                return value;
            default:
                return null;
        }
    }

    private object?[] CoerceList(JsonElement json, ListType type, ValuePath? path)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return [Coerce(json, type.OfType, path)];
        var items = new object?[json.GetArrayLength()];
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            items[index] = Coerce(item, type.OfType, new ValuePath(path, null, index));
            index++;
        }
        return items;
    }

    private Dictionary<string, object?>? CoerceObject(JsonElement json, InputObjectType type, ValuePath? path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            report($"Expected value of type \"{type}\" to be an object, found: {JsonText.Describe(json)}.", path);
            return null;
        }
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        var given = new List<string>();
        foreach (var field in type.Fields.AsSpan())
        {
            if (json.TryGetProperty(field.Name, out var value))
            {
                given.Add(field.Name);
                result[field.Name] = Coerce(value, field.Type, new ValuePath(path, field.Name, 0));
            }
            else if (field.IsRequired)
            {
                report(
                    $"Expected value of type \"{type}\" to include required field \"{field.Name}\", found: {JsonText.Describe(json)}.",
                    path
                );
            }
            else if (field.TryGetDefault(out var defaultValue))
            {
                result[field.Name] = defaultValue;
            }
        }
        ReportUnknown(json, type, path);
        if (type.IsOneOf)
            CheckOneOf(json, type, given, path);
        return result;
    }

    private void ReportUnknown(JsonElement json, InputObjectType type, ValuePath? path)
    {
        foreach (var field in json.EnumerateObject())
        {
            if (type.Fields.TryFind(field.Name, out _))
                continue;
            var suggestion = hideSuggestions
                ? ""
                : Suggestions.DidYouMean(field.Name, type.Fields.Select(known => known.Name));
            var found = suggestion.Length > 0 ? $".{suggestion} Found" : ", found";
            report(
                $"Expected value of type \"{type}\" not to include unknown field \"{field.Name}\"{found}: {JsonText.Describe(json)}.",
                path
            );
        }
    }

    private void CheckOneOf(JsonElement json, InputObjectType type, List<string> given, ValuePath? path)
    {
        if (given.Count != 1)
            report(LiteralValidation.OneOfMessage(type), path);
        if (given.Count == 0)
            return;
        // The first in the order of the JSON, whatever the order of the type.
        var first = json.EnumerateObject().First(field => given.Contains(field.Name, StringComparer.Ordinal));
        if (first.Value.ValueKind == JsonValueKind.Null)
            report(LiteralValidation.OneOfMessage(type), new ValuePath(path, first.Name, 0));
    }

    private string Suggest(LeafType type, JsonElement json) =>
        hideSuggestions || type is not EnumType names
            ? ""
            : Suggestions.DidYouMean(
                "the enum value ",
                Suggestions.Like(
                    json.ValueKind == JsonValueKind.String ? json.GetString()! : JsonText.Describe(json),
                    names.Values.Select(name => name.Name)
                )
            );
}
