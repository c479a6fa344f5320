using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EventPipeline.Architecture.Tests.Packages;

public sealed partial class PackageTests
{
    [Fact]
    public void Every_version_is_central_and_exact()
    {
        var versions =
            from package in Checkout.ReadXml("Directory.Packages.props").Descendants("PackageVersion")
            where !ExactVersion().IsMatch((string?)package.Attribute("Version") ?? "")
            select (string?)package.Attribute("Include");

        versions.ShouldBeEmpty();
    }

    [Fact]
    public void No_project_has_a_version_of_its_own()
    {
        var own =
            from project in Checkout.Projects("src").Concat(Checkout.Projects("tests"))
            from package in Checkout.ReadXml(project).Descendants("PackageReference")
            where HasVersion(package)
            select $"{project}: {(string?)package.Attribute("Include")}";

        own.ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_has_a_lock_file() =>
        Checkout
            .Projects("src")
            .Concat(Checkout.Projects("tests"))
            .Select(project => $"{Path.GetDirectoryName(project)}/packages.lock.json")
            .Except(Checkout.Files)
            .ShouldBeEmpty();

    private static bool HasVersion(XElement package) =>
        package.Attribute("Version") is not null
        || package.Attribute("VersionOverride") is not null
        || package.Element("Version") is not null;

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[0-9A-Za-z.]+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex ExactVersion();
}
