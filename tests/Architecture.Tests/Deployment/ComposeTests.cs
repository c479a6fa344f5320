using System.Text.RegularExpressions;
using EventPipeline.TestSupport;

namespace EventPipeline.Architecture.Tests.Deployment;

/// <summary>The compose file, by what a reader sees in it and by what docker-compose makes of it. No image is run.</summary>
public sealed partial class ComposeTests
{
    private const string ComposeFile = "docker-compose.yml";
    private static readonly string Text = Checkout.Read(ComposeFile);

    private static readonly Dictionary<string, string> Secrets = RequiredVariable()
        .Matches(Text)
        .Select(match => match.Groups["name"].Value)
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(name => name, _ => "a-secret-of-this-test", StringComparer.Ordinal);

    [Fact]
    public async Task With_its_secrets_the_file_is_accepted()
    {
        SkipWithoutCompose();

        var services = await ComposeAsync(Secrets, "config", "--services");

        services
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["host", "kafka", "minio", "postgres"]);
    }

    [Fact]
    public async Task Without_a_secret_nothing_starts_and_the_message_names_it()
    {
        SkipWithoutCompose();
        Secrets.ShouldNotBeEmpty();

        foreach (var missing in Secrets.Keys)
        {
            var others = Secrets.ToDictionary(
                secret => secret.Key,
                secret => secret.Key == missing ? "" : secret.Value
            );
            var problem = await Should.ThrowAsync<InvalidOperationException>(() => ComposeAsync(others, "config"));
            problem.Message.ShouldContain(missing);
        }
    }

    [Fact]
    public void Every_image_has_a_version() =>
        Image()
            .Matches(Text)
            .Select(match => match.Groups["image"].Value)
            .Where(image =>
                !image.StartsWith("eventpipeline", StringComparison.Ordinal) && !ImageReference.IsPinned(image)
            )
            .ShouldBeEmpty();

    [Fact]
    public void Ports_are_open_to_this_machine_only() =>
        Port()
            .Matches(Text)
            .Select(match => match.Groups["port"].Value)
            .Where(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Every_server_says_whether_it_is_well() =>
        Services()
            .Where(service => !service.Value.Contains("restart: \"no\"", StringComparison.Ordinal))
            .Where(service =>
                !service.Value.Contains("healthcheck:", StringComparison.Ordinal)
                && !service.Value.Contains("build:", StringComparison.Ordinal)
            )
            .Select(service => service.Key)
            .ShouldBeEmpty();

    private static void SkipWithoutCompose() =>
        Assert.SkipUnless(
            Checkout.HasProgram("docker-compose"),
            "docker-compose is missing: apt-get install docker-compose."
        );

    private static Task<string> ComposeAsync(Dictionary<string, string> environment, params string[] arguments) =>
        ChildProcess.RunAsync(
            "docker-compose",
            "docker-compose",
            ["-f", Repository.PathOf(ComposeFile), .. arguments],
            environment
        );

    private static Dictionary<string, string> Services()
    {
        var section = Text[
            Text.IndexOf("\nservices:", StringComparison.Ordinal)..Text.IndexOf("\nvolumes:", StringComparison.Ordinal)
        ];
        var names = ServiceName().Matches(section);
        return names
            .Zip(names.Skip(1).Select(next => next.Index).Append(section.Length))
            .ToDictionary(pair => pair.First.Groups["name"].Value, pair => section[pair.First.Index..pair.Second]);
    }

    [GeneratedRegex(@"\$\{(?<name>\w+):\?", RegexOptions.ExplicitCapture)]
    private static partial Regex RequiredVariable();

    [GeneratedRegex(@"^\s+image: (?<image>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Image();

    [GeneratedRegex(@"^\s+- ""(?<port>[\d.:]+:\d+)""$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Port();

    [GeneratedRegex(@"^  (?<name>\w+):$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ServiceName();
}
