using System.Text.Json;
using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests.Reference;

/// <summary>What a test asks the reference implementation; see reference.js.</summary>
public sealed record Question(
    string Operation,
    string Text,
    string? Name = null,
    string? Type = null,
    string? Variables = null,
    bool HideSuggestions = false,
    uint Seed = 0,
    bool IsAsync = false
);

/// <summary>An error as the reference implementation reports it.</summary>
public sealed record ReferenceError(string Message, string Places, string Path);

/// <summary>What it answered.</summary>
public sealed record Answer(string? Text, IReadOnlyList<ReferenceError> Errors, bool IsSyntaxError, string? Crash);

/// <summary>npm's graphql in its exact version, run by node: one process for all questions of a test.</summary>
public static class ReferenceImplementation
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    /// <summary>Asks, or skips the test with a sentence where node or the package cannot be had.</summary>
    public static async Task<IReadOnlyList<Answer>> AskAsync(IReadOnlyList<Question> questions)
    {
        var package = await FindPackageAsync();
        using var folder = new TemporaryFolder();
        var (asked, answered) = (Path.Combine(folder.Path, "questions"), Path.Combine(folder.Path, "answers"));
        await File.WriteAllLinesAsync(asked, questions.Select(Encode));
        var script = Repository.PathOf("tests/GraphQL.Tests/Reference/reference.js");
        await ChildProcess.RunAsync("node", "node", ["--stack-size=4000", script, package, asked, answered]);
        var answers = (await File.ReadAllLinesAsync(answered)).Select(Decode).ToArray();
        answers.Length.ShouldBe(questions.Count);
        return answers;
    }

    private static async Task<string> FindPackageAsync()
    {
        try
        {
            var output = await ChildProcess.RunAsync(
                "fetch.sh",
                "bash",
                [Repository.PathOf("tests/GraphQL.Tests/Reference/fetch.sh")]
            );
            return output.Trim().Split('\n')[^1];
        }
        catch (InvalidOperationException missing)
        {
            Assert.Skip($"The reference implementation of GraphQL cannot be had here: {missing.Message}");
            throw;
        }
    }

    private static string Encode(Question question) =>
        JsonSerializer.Serialize(
            question with
            {
                Text = ToBase64(question.Text),
                Variables = question.Variables is null ? null : ToBase64(question.Variables),
            },
            Camel
        );

    private static Answer Decode(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        return new Answer(
            root.TryGetProperty("text", out var text) ? FromBase64(text.GetString()!) : null,
            [
                .. root.GetProperty("errors")
                    .EnumerateArray()
                    .Select(error => new ReferenceError(
                        FromBase64(error.GetProperty("message").GetString()!),
                        string.Join(
                            ' ',
                            error
                                .GetProperty("locations")
                                .EnumerateArray()
                                .Select(place => $"{place.GetProperty("line")}:{place.GetProperty("column")}")
                        ),
                        error.TryGetProperty("path", out var path) ? path.GetString()! : "null"
                    )),
            ],
            root.TryGetProperty("isSyntaxError", out _),
            root.TryGetProperty("crash", out var crash) ? crash.GetString() : null
        );
    }

    // Encoding.Unicode would replace halves of surrogate pairs.
    private static string ToBase64(string text) =>
        Convert.ToBase64String(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));

    private static string FromBase64(string text) =>
        new(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, char>(Convert.FromBase64String(text)));
}
