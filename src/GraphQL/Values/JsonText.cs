using System.Text.Json;

namespace EventPipeline.GraphQL.Values;

/// <summary>Values of variables as error messages show them: like the reference implementation, deep and long ones cut.</summary>
internal static class JsonText
{
    private const int LongestArray = 10;
    private const int Deepest = 2;

    public static string Describe(JsonElement json, int depth = 0) =>
        json.ValueKind switch
        {
            JsonValueKind.Undefined => "undefined",
            JsonValueKind.Null => "null",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => JavaScriptNumber.Print(json.GetDouble()),
            JsonValueKind.String => Language.StringValue.Print(json.GetString()!),
            JsonValueKind.Array => Array(json, depth),
            _ => Object(json, depth),
        };

    private static string Array(JsonElement json, int depth)
    {
        var count = json.GetArrayLength();
        if (count == 0)
            return "[]";
        if (depth >= Deepest)
            return "[Array]";
        var items = json.EnumerateArray().Take(LongestArray).Select(item => Describe(item, depth + 1));
        var more = count - LongestArray;
        return $"[{string.Join(", ", more > 0 ? items.Append(more == 1 ? "... 1 more item" : $"... {more} more items") : items)}]";
    }

    private static string Object(JsonElement json, int depth)
    {
        var fields = json.EnumerateObject().Select(field => (field.Name, field.Value)).ToArray();
        if (fields.Length == 0)
            return "{}";
        return depth >= Deepest
            ? "[Object]"
            : $"{{ {string.Join(", ", fields.Select(field => $"{field.Name}: {Describe(field.Value, depth + 1)}"))} }}";
    }
}
