using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Tests.Reference;

namespace EventPipeline.GraphQL.Tests;

/// <summary>Errors as texts that can be compared.</summary>
public static partial class Describing
{
    // We also say why.
    private const string TooComplex = "The document is too complex to be validated. ";

    public static string Describe(this GraphQLError error) =>
        $"{string.Join(' ', error.Locations)} {Sorted(error.Message).Replace(TooComplex, "")}";

    public static string Describe(this IEnumerable<GraphQLError> errors) =>
        string.Join('\n', errors.Select(error => error.Describe()));

    public static string Describe(this IEnumerable<ReferenceError> errors) =>
        string.Join('\n', errors.Select(error => $"{error.Places} {Sorted(error.Message)}"));

    /// <summary>A response as it is sent.</summary>
    public static string Text(this ExecutionResult result)
    {
        var buffer = new ArrayBufferWriter<byte>();
        result.Write(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Suggestions in the order of the alphabet: the reference implementation orders some by a comparison that contradicts
    /// itself.</summary>
    private static string Sorted(string message) =>
        Suggested()
            .Replace(
                message,
                match =>
                    string.Join(
                        ", ",
                        match
                            .Value.Replace(" or ", ", ")
                            .Split([", ", ",", " "], StringSplitOptions.RemoveEmptyEntries)
                            .Order(StringComparer.Ordinal)
                    )
            );

    [GeneratedRegex("(?<=Did you mean to use an inline fragment on )[^?]*", RegexOptions.None)]
    private static partial Regex Suggested();
}
