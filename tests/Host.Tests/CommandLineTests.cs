namespace EventPipeline.Host.Tests;

/// <summary>What people meet first: help, and words for what they got wrong.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_lists_every_command()
    {
        using var installation = await Installation.CreateAsync();
        var help = await installation.RunAsync("--help");
        help.ExitCode.ShouldBe(0);
        foreach (
            var command in new[]
            {
                "process",
                "sample",
                "serve",
                "jobs",
                "job",
                "events",
                "rebuild",
                "dead-letters",
                "redrive",
                "models",
            }
        )
            help.Output.ShouldContain($"  {command}");
    }

    [Theory]
    [InlineData("process")]
    [InlineData("process", "a.mp4", "--pipeline", "nothing")]
    [InlineData("job", "not-an-id")]
    [InlineData("events", "export", "--type", "nothing")]
    [InlineData("serve", "--cors-origin", "http://127.0.0.1:5173/page")]
    [InlineData("redrive")]
    [InlineData("redrive", "00000000-0000-0000-0000-000000000000", "--all")]
    [InlineData("dead-letters", "resend")]
    [InlineData("unknown")]
    public async Task A_command_line_that_makes_no_sense_is_rejected_with_a_sentence(params string[] arguments)
    {
        using var installation = await Installation.CreateAsync();
        var ended = await installation.RunAsync(arguments);
        ended.ExitCode.ShouldBe(2, ended.ToString());
        ended.Errors.Trim().ShouldNotBeEmpty();
        ended.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Questions_about_a_job_that_is_not_there_are_answered()
    {
        using var installation = await Installation.CreateAsync();
        var ended = await installation.RunAsync("job", Guid.Empty.ToString());
        ended.ExitCode.ShouldBe(2);
        ended.Errors.ShouldContain("There is no job");
        (await installation.RunAsync("jobs")).Output.ShouldContain("No jobs.");
        (await installation.RunAsync("redrive", Guid.Empty.ToString())).ExitCode.ShouldBe(2);
        (await installation.RunAsync("events", "export")).Output.Trim().ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_runs_over_the_same_bytes_are_one_job_and_again_forces_another()
    {
        using var installation = await Installation.CreateAsync();
        var file = installation["any.mp4"];
        await File.WriteAllTextAsync(file, "The echo does not care.", TestContext.Current.CancellationToken);
        string[] command = ["process", file, "--pipeline", "debug-echo", "--out", installation["out"], "--json"];
        var first = await installation.RunAsync(command);
        first.ExitCode.ShouldBe(0, first.ToString());
        var second = await installation.RunAsync(command);
        var third = await installation.RunAsync([.. command, "--again"]);
        Job(second).ShouldBe(Job(first));
        Job(third).ShouldNotBe(Job(first));
    }

    private static string Job(Ended ended) => ended.Document.GetProperty("jobId").GetString()!;
}
