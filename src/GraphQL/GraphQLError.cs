using System.Collections.Immutable;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Language;

namespace EventPipeline.GraphQL;

/// <summary>What is wrong with a document, in the words of the reference implementation.</summary>
/// <param name="Message">A sentence for the developer who wrote the document.</param>
/// <param name="Locations">Where, the most important place first; empty where there is no place.</param>
public sealed record GraphQLError(string Message, ImmutableArray<Location> Locations)
{
    /// <summary>The field of the response that has no value because of it; null for errors of the document or the request.</summary>
    public ResponsePath? Path { get; init; }

    /// <summary>What programs read of it.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    /// <summary>An error with one place or none (what was not read from a text has no place).</summary>
    public static GraphQLError At(string message, Location location) =>
        new(message, location.IsKnown ? [location] : []);

    /// <summary>The same error, known to programs by a code.</summary>
    public GraphQLError WithCode(string code) => this with { Extensions = WithCode("", code, []).Extensions };

    /// <summary>An error without a place that programs know by its code, with what else they may want to read.</summary>
    public static GraphQLError WithCode(
        string message,
        string code,
        params ReadOnlySpan<(string Name, object Value)> details
    )
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        foreach (var (name, value) in details)
            extensions[name] = value;
        return new GraphQLError(message, []) { Extensions = extensions };
    }

    /// <inheritdoc />
    public override string ToString() =>
        Locations.IsEmpty ? Message : $"{Message} ({string.Join(", ", Locations.Select(place => place.ToString()))})";
}
