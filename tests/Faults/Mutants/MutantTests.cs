using EventPipeline.Contracts;
using EventPipeline.Faults.Checking;
using EventPipeline.Faults.Gathering;
using EventPipeline.Faults.Installation;
using EventPipeline.Faults.Schedule;
using EventPipeline.Faults.Stages;

namespace EventPipeline.Faults.Mutants;

/// <summary>The proof can fail: for each promise there is a deliberate bug, and the checker names that promise and no other one. The harness
/// itself stays as it is; only the parts run the program with the bug.</summary>
[Collection(nameof(SharedInstallation))]
public sealed class MutantTests(SharedInstallation shared, ITestOutputHelper output)
{
    private static readonly Fault Noise = new(2.5, FaultKind.MessagesCorrupted, 0.5);

    /// <summary>A bug, the room it is in, the promise it breaks, and what it takes to meet it.</summary>
    private static readonly IReadOnlyDictionary<
        string,
        (string Room, int Promise, Pipeline Pipeline, Fault? Fault)
    > Bugs = new Dictionary<string, (string, int, Pipeline, Fault?)>
    {
        ["1-late-result-accepted"] = ("Domain", 1, FaultPipelines.Slow, null),
        ["2-workspace-left-behind"] = ("Processors", 2, FaultPipelines.Work, null),
        ["3-findings-not-projected"] = ("Projections", 3, FaultPipelines.Work, null),
        ["4-event-dropped"] = ("Coordinator", 4, FaultPipelines.Work, null),
        ["5-passing-failure-final"] = ("Domain", 5, FaultPipelines.Work, null),
        ["6-rejected-bytes-kept"] = ("Coordinator", 6, FaultPipelines.Rejected, null),
        ["6-unreadable-thrown-away"] = ("Processors", 6, FaultPipelines.Work, Noise),
    };

    public static TheoryData<string> Names => [.. Bugs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_checker_names_the_promise_that_a_bug_breaks(string name)
    {
        var installation = await shared.GetAsync();
        var (room, promise, pipeline, fault) = Bugs[name];
        using var program = await MutantProgram.BuildAsync(name, room);
        PlannedJob[] jobs = [new(0, pipeline, 2), new(0.3, pipeline, 3)];

        await installation.ReplaceAsync(PartOf(room), program.Path);
        Evidence evidence;
        try
        {
            evidence = await new SeedRun(installation, SeedOf(name), fault is null ? [] : [fault], jobs).RunAsync();
        }
        finally
        {
            await installation.ReplaceAsync(PartOf(room), Part.OwnProgram);
        }

        var violations = Checker.Check(evidence);
        foreach (var violation in violations.Take(5))
            output.WriteLine($"{violation}");
        violations.Select(violation => violation.Promise).Distinct().ShouldBe([promise]);
    }

    /// <summary>Which parts a room's bug shows in: jobs are decided by the coordinators.</summary>
    private static string PartOf(string room) => room is "Domain" ? "coordinator" : room.ToLowerInvariant();

    /// <summary>Far from those that anybody runs, because jobs are named after them.</summary>
    private static int SeedOf(string name) =>
        -1 - Names.Select((row, index) => (row, index)).First(it => it.row.Data == name).index;

    [Fact]
    public void Every_promise_has_a_bug_and_every_patch_is_one_of_them()
    {
        Bugs.Values.Select(bug => bug.Promise).Distinct().Order().ShouldBe([1, 2, 3, 4, 5, 6]);
        Directory
            .GetFiles(MutantProgram.Patches, "*.patch")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order()
            .ShouldBe(Bugs.Keys.Order());
    }
}
