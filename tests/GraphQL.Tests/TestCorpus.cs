using EventPipeline.TestSupport;

namespace EventPipeline.GraphQL.Tests;

/// <summary>The documents that were written by hand.</summary>
public static class TestCorpus
{
    /// <summary>Every construct of the language, in large documents.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [Read("kitchen-sink.graphql"), Read("kitchen-sink-schema.graphql")];

    /// <summary>The corners of the grammar, one each.</summary>
    public static IReadOnlyList<string> Syntax { get; } = Parts("syntax.txt");

    /// <summary>Valid schemas.</summary>
    public static IReadOnlyList<string> Schemas { get; } = Parts("schemas.txt");

    /// <summary>Schemas with something wrong, one each.</summary>
    public static IReadOnlyList<string> InvalidSchemas { get; } = Parts("invalid-schemas.txt");

    /// <summary>Documents to validate, with the number of their schema, or -1 for all schemas.</summary>
    public static IReadOnlyList<(int Schema, string Text)> Validation { get; } =
    [
        .. Parts("validation-pets.txt").Select(text => (2, text)),
        .. Parts("validation-videos.txt").Select(text => (1, text)),
        .. Parts("validation-boxes.txt").Select(text => (3, text)),
        .. Parts("validation-any.txt").Select(text => (-1, text)),
    ];

    public static string Read(string name) => File.ReadAllText(Repository.PathOf($"tests/GraphQL.Tests/Corpus/{name}"));

    /// <summary>The parts of a file that lines of three dashes divide.</summary>
    public static string[] Parts(string name) => Read(name).Split("\n---\n");
}

/// <summary>Sources of chance: the same in every run, and each on its own, so that a number in a failure is enough.</summary>
public static class Seeds
{
    public static IEnumerable<Random> For(int count) => Enumerable.Range(0, count).Select(seed => new Random(seed));
}
