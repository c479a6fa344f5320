using System.Text;
using EventPipeline.GraphQL.Execution;

namespace EventPipeline.GraphQL.Nodes;

/// <summary>Ids that are unique among all objects of a schema: the name of the type and the key, in Base64.</summary>
public static class NodeId
{
    /// <summary>The id of an object.</summary>
    public static string Format(string typeName, string key) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{typeName}:{key}"));

    /// <summary>Reads an id.</summary>
    /// <returns>Whether it is one; the type may be any.</returns>
    public static bool TryParse(string id, out string typeName, out string key)
    {
        (typeName, key) = ("", "");
        var bytes = new byte[id.Length];
        if (!Convert.TryFromBase64String(id, bytes, out var count))
            return false;
        var text = Encoding.UTF8.GetString(bytes, 0, count);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            return false;
        (typeName, key) = (text[..colon], text[(colon + 1)..]);
        return true;
    }

    /// <summary>The key of an object of a type, of its id or of the key itself.</summary>
    /// <exception cref="GraphQLException">It is neither.</exception>
    internal static T ReadKey<T>(string id, string typeName)
        where T : IParsable<T>
    {
        if (TryParse(id, out var type, out var text) && type == typeName && T.TryParse(text, null, out var key))
            return key;
        return T.TryParse(id, null, out key) ? key : throw Invalid($"\"{id}\" is not the id of a {typeName}.");
    }

    /// <summary>A value that is no id of a node.</summary>
    internal static T ReadPlain<T>(string text)
        where T : IParsable<T> =>
        T.TryParse(text, null, out var key) ? key : throw Invalid($"\"{text}\" is not a valid ID.");

    internal static string? Write<T>(T value, string typeName) =>
        value?.ToString() is { } key ? Format(typeName, key) : null;

    internal static GraphQLException Invalid(string message) =>
        new(message)
        {
            Extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = "INVALID_ID" },
        };
}
