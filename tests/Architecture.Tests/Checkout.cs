using System.Xml.Linq;
using EventPipeline.TestSupport;

namespace EventPipeline.Architecture.Tests;

/// <summary>The files of the repository as they lie there, without what builds and runs leave behind.</summary>
internal static class Checkout
{
    private static readonly string[] NotOurs =
    [
        "artifacts",
        ".data",
        ".git",
        "bin",
        "obj",
        "node_modules",
        "TestResults",
    ];

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. FilesBelow(Repository.Root).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Projects(string folder) =>
        Files.Where(file =>
            file.StartsWith($"{folder}/", StringComparison.Ordinal)
            && file.EndsWith(".csproj", StringComparison.Ordinal)
        );

    public static IEnumerable<string> Scripts =>
        Files.Where(file => file.EndsWith(".sh", StringComparison.Ordinal)).Append(".ci/run");

    public static string Read(string file) => File.ReadAllText(Repository.PathOf(file));

    public static string[] Lines(string file) => File.ReadAllLines(Repository.PathOf(file));

    public static XDocument ReadXml(string file) => XDocument.Load(Repository.PathOf(file));

    /// <summary>Whether a program can be started by its name.</summary>
    public static bool HasProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, name)));

    private static IEnumerable<string> FilesBelow(string folder) =>
        Directory
            .EnumerateFiles(folder)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => file != ".git")
            .Concat(
                Directory
                    .EnumerateDirectories(folder)
                    .Where(child => !NotOurs.Contains(Path.GetFileName(child), StringComparer.Ordinal))
                    .SelectMany(FilesBelow)
            );
}
