using System.Text.Json;
using EventPipeline.TestSupport;
using EventPipeline.TestSupport.Lectures;

namespace EventPipeline.Host.Tests;

/// <summary>Promises 1, 2 and 5 under faults that the program did not choose, with the real stages and a short lecture. The moments are
/// chosen by a seed that a failure prints; set EVENTPIPELINE_TEST_SEED to repeat one, EVENTPIPELINE_TEST_KILLS for another number of kills in
/// a row. Not covered: faults of single stages (Processors) and of the Kafka client (Messaging).</summary>
public sealed class FaultTests(ShortLecture lecture, ITestOutputHelper output) : IClassFixture<ShortLecture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);
    private readonly int seed = Number("EVENTPIPELINE_TEST_SEED") ?? Environment.TickCount;

    [Fact]
    public async Task The_program_killed_at_random_moments_finishes_its_job_once()
    {
        using var installation = await Installation.CreateAsync();
        var random = new Random(seed);
        for (var kill = 0; kill < (Number("EVENTPIPELINE_TEST_KILLS") ?? 10); kill++)
        {
            using var run = await StartAsync(installation);
            await ReachesAsync(run, random.Next(1, 12));
            output.WriteLine($"kill {kill + 1}: {(run.HasExited ? "it had ended" : LastLine(run))}");
            run.Kill();
        }
        await ShouldFinishOnceAsync(installation);
    }

    [Fact]
    public async Task A_killed_broker_delays_the_job_and_nothing_else()
    {
        await using var kafka = await KafkaBroker.StartAsync(
            KafkaBroker.ModernIsAvailable ? KafkaVersion.Modern : KafkaVersion.Legacy
        );
        using var installation = await Installation.CreateAsync(kafka: kafka);
        using var run = await StartAsync(installation);
        await ReachesAsync(run, new Random(seed).Next(1, 7));
        kafka.Kill();
        await kafka.RestartAsync();
        await ShouldEndWellAsync(run, installation);
    }

    [Fact]
    public async Task A_wiped_broker_loses_no_work()
    {
        await using var kafka = await KafkaBroker.StartAsync(
            KafkaBroker.ModernIsAvailable ? KafkaVersion.Modern : KafkaVersion.Legacy
        );
        using var installation = await Installation.CreateAsync(kafka: kafka);
        using (var run = await StartAsync(installation))
        {
            await ReachesAsync(run, new Random(seed).Next(2, 7));
            run.Kill();
        }
        await kafka.WipeAsync();
        await ShouldFinishOnceAsync(installation);
    }

    [Fact]
    public async Task A_killed_database_delays_the_job_and_nothing_else()
    {
        await using var postgres = await PostgresServer.StartAsync(durable: true);
        using var installation = await Installation.CreateAsync(postgres);
        using var run = await StartAsync(installation);
        await ReachesAsync(run, new Random(seed).Next(2, 7));
        postgres.Kill();
        await postgres.RestartAsync();
        await ShouldEndWellAsync(run, installation);
    }

    [Fact]
    public async Task An_interrupted_run_says_so_and_the_next_one_goes_on()
    {
        using var installation = await Installation.CreateAsync();
        using (var run = await StartAsync(installation))
        {
            await ReachesAsync(run, 3);
            run.Interrupt();
            var ended = await run.EndAsync(Patience);
            ended.ExitCode.ShouldBe(130, ended.ToString());
            ended.Errors.ShouldContain("Interrupted.");
            installation.Leftovers().ShouldBeEmpty();
        }
        var next = await ShouldFinishOnceAsync(installation);
        next.Errors.ShouldContain("was interrupted and goes on");
    }

    private async Task<Running> StartAsync(Installation installation) =>
        installation.Start("process", await lecture.GetAsync(), "--clips", "2", "--out", installation["out"], "--json");

    /// <summary>Waits until the program has shown so many lines of a job's progress, or is done. Models are fetched before there is a job.</summary>
    private static Task ReachesAsync(Running run, int lines) =>
        Eventually.BecomesTrueAsync(
            () => run.HasExited || run.Errors.Split('\n').Count(IsProgress) >= lines,
            Patience,
            $"the job shows {lines} lines of progress"
        );

    private static bool IsProgress(string line) =>
        line.Contains(": ", StringComparison.Ordinal) && !line.Contains("Fetching", StringComparison.Ordinal);

    private async Task<Ended> ShouldFinishOnceAsync(Installation installation)
    {
        using var last = await StartAsync(installation);
        return await ShouldEndWellAsync(last, installation);
    }

    private async Task<Ended> ShouldEndWellAsync(Running run, Installation installation)
    {
        var ended = await run.EndAsync(Patience);
        ended.ExitCode.ShouldBe(0, $"seed {seed}: {ended}");
        var document = ended.Document;
        document.GetProperty("clips").GetArrayLength().ShouldBe(2, $"seed {seed}: {ended}");
        installation.Leftovers().ShouldBeEmpty($"seed {seed}");
        await HighlightsTests.ShouldHaveNoOrphansAsync(installation);
        await ShouldHaveOneOutcomePerItemAsync(installation, document.GetProperty("jobId").GetString()!);
        return ended;
    }

    private async Task ShouldHaveOneOutcomePerItemAsync(Installation installation, string jobId)
    {
        var export = await installation.RunAsync("events", "export", "--type", "stage_succeeded");
        var accepted = export
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(@event => @event.GetProperty("subject").GetString() == jobId)
            .Select(@event => @event.GetProperty("data"))
            .Select(data => $"{data.GetProperty("stage")}/{data.GetProperty("item")}")
            .ToList();
        accepted.ShouldNotBeEmpty();
        accepted.ShouldBeUnique($"seed {seed}");
    }

    private static string LastLine(Running run) => run.Errors.TrimEnd().Split('\n')[^1];

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}

/// <summary>A lecture of half a minute with two topics, made once.</summary>
public sealed class ShortLecture : IDisposable
{
    private static readonly LectureScript TwoTopics = new([
        .. LectureScripts
            .SixTopics.Topics.Take(2)
            .Select(topic => topic with { Sentences = [.. topic.Sentences.Take(3)] }),
    ]);

    private readonly TestSupport.TemporaryFolder folder = new();
    private string? path;

    internal async Task<string> GetAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Assert.SkipUnless(
            await FfmpegTool.CanSpeakAsync(cancellation),
            "ffmpeg with flite is missing: apt-get install ffmpeg"
        );
        return path ??= (await LectureMaker.MakeAsync(TwoTopics, new LectureOptions(), folder.Path, cancellation)).Path;
    }

    public void Dispose() => folder.Dispose();
}
