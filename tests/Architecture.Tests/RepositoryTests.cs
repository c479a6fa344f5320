using System.Text.RegularExpressions;
using EventPipeline.TestSupport;

namespace EventPipeline.Architecture.Tests;

public sealed partial class RepositoryTests
{
    private static readonly string[] TextFiles =
    [
        ".cs",
        ".csproj",
        ".props",
        ".targets",
        ".json",
        ".md",
        ".sh",
        ".yml",
        ".yaml",
        ".java",
        ".properties",
        ".sln",
        ".txt",
        "",
    ];

    // Clients know where their registries are, and a checkout may lie anywhere.
    private static readonly string[] Foreign =
    [
        "registry" + ".npmjs.org",
        "api.nuget" + ".org",
        "deb.debian" + ".org",
        "proxy.golang" + ".org",
        "/home" + "/",
        "/root" + "/",
        "/work" + "/",
        "/Users" + "/",
    ];

    [Fact]
    public void Nothing_names_a_package_registry_or_a_folder_of_one_machine()
    {
        var found =
            from file in Checkout.Files
            where TextFiles.Contains(Path.GetExtension(file), StringComparer.Ordinal)
            from word in Foreign
            where StandsAlone(Checkout.Read(file), word)
            select $"{file}: {word}";

        found.ShouldBeEmpty();
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken =
            from file in Checkout.Files
            where file.EndsWith(".md", StringComparison.Ordinal)
            from Match link in RelativeLink().Matches(Checkout.Read(file))
            let target = link.Groups["target"].Value
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.PathOf(file))!, target))
            select $"{file}: {target}";

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void The_room_for_objects_has_its_decision_record() =>
        Checkout.Files.ShouldContain(file =>
            file.StartsWith("docs/decisions/", StringComparison.Ordinal) && file.Contains("objects-room")
        );

    [Fact]
    public void Decision_records_are_numbered_once() =>
        Checkout
            .Files.Where(file => DecisionRecord().IsMatch(file))
            .GroupBy(file => Path.GetFileName(file)[..4])
            .Where(number => number.Count() > 1)
            .Select(number => number.Key)
            .ShouldBeEmpty();

    /// <summary>A folder of a machine stands at the start of a path: the same name inside a longer path is somebody's own.</summary>
    private static bool StandsAlone(string text, string word)
    {
        for (
            var at = text.IndexOf(word, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(word, at + 1, StringComparison.Ordinal)
        )
        {
            if (word[0] != '/' || at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || "._-}>)".Contains(text[at - 1])))
                return true;
        }
        return false;
    }

    [GeneratedRegex(@"\]\((?!\w+:|#)(?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex RelativeLink();

    [GeneratedRegex(@"^docs/decisions/\d{4}-")]
    private static partial Regex DecisionRecord();
}
