using System.Text.RegularExpressions;

namespace EventPipeline.Architecture.Tests.Deployment;

public sealed partial class ImageTests
{
    private static readonly string[] Lines = Checkout.Lines("Dockerfile");

    [Fact]
    public void Every_base_image_has_a_version()
    {
        var stages = Lines.Select(line => Stage().Match(line)).Where(match => match.Success).ToList();
        var names = stages.Select(stage => stage.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        stages.ShouldNotBeEmpty();
        stages
            .Select(stage => stage.Groups["image"].Value)
            .Where(image => !names.Contains(image) && !ImageReference.IsPinned(image))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_image_does_not_run_as_root()
    {
        var user = Lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal));

        user.ShouldNotBe("USER root");
        Array
            .IndexOf(Lines, user)
            .ShouldBeGreaterThan(
                Array.FindLastIndex(Lines, line => line.StartsWith("FROM ", StringComparison.Ordinal))
            );
    }

    [Fact]
    public void The_image_knows_whether_it_is_well() =>
        Lines.ShouldContain(line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal));

    [Fact]
    public void No_layer_keeps_package_lists() =>
        string.Join('\n', Lines)
            .Replace("\\\n", " ", StringComparison.Ordinal)
            .Split('\n')
            .Where(line => line.Contains("apt-get update", StringComparison.Ordinal))
            .Where(line => !line.Contains("rm -rf /var/lib/apt/lists/*", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void The_build_context_has_no_data_and_no_build_output() =>
        new[] { ".data", "artifacts", ".git" }.ShouldBeSubsetOf(Checkout.Lines(".dockerignore"));

    [GeneratedRegex(@"^FROM (?<image>\S+)( AS (?<name>\S+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Stage();
}

internal static partial class ImageReference
{
    /// <summary>Whether a reference has a version to its name and not "latest".</summary>
    public static bool IsPinned(string image) =>
        PinnedTag().IsMatch(image) && !image.EndsWith(":latest", StringComparison.Ordinal);

    [GeneratedRegex(@":[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$", RegexOptions.ExplicitCapture)]
    private static partial Regex PinnedTag();
}
