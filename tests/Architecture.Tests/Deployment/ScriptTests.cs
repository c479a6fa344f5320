using EventPipeline.TestSupport;

namespace EventPipeline.Architecture.Tests.Deployment;

public sealed class ScriptTests
{
    [Fact]
    public async Task Scripts_have_no_findings()
    {
        Assert.SkipUnless(Checkout.HasProgram("shellcheck"), "shellcheck is missing: apt-get install shellcheck.");

        await ChildProcess.RunAsync("shellcheck", "shellcheck", Checkout.Scripts.Select(Repository.PathOf));
    }

    [Fact]
    public async Task Yaml_files_have_no_findings()
    {
        Assert.SkipUnless(Checkout.HasProgram("yamllint"), "yamllint is missing: apt-get install yamllint.");
        var files = Checkout
            .Files.Where(file => Path.GetExtension(file) is ".yml" or ".yaml")
            .Select(Repository.PathOf);

        string[] arguments = ["--strict", "--config-file", Repository.PathOf(".yamllint"), .. files];
        await ChildProcess.RunAsync("yamllint", "yamllint", arguments);
    }

    [Fact]
    public void Scripts_stop_at_the_first_error() =>
        Checkout
            .Scripts.Where(file => Checkout.Lines(file)[0].StartsWith("#!", StringComparison.Ordinal))
            .Where(file => !Checkout.Lines(file).Contains("set -euo pipefail"))
            .ShouldBeEmpty();

    [Fact]
    public void What_starts_with_an_interpreter_can_be_started()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no executable bit.");

        Checkout
            .Scripts.Where(file => Checkout.Lines(file)[0].StartsWith("#!", StringComparison.Ordinal))
            .Where(file =>
                !OperatingSystem.IsWindows()
                && !File.GetUnixFileMode(Repository.PathOf(file)).HasFlag(UnixFileMode.UserExecute)
            )
            .ShouldBeEmpty();
    }
}
