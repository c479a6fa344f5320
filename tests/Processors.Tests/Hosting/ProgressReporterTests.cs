using EventPipeline.Contracts;
using EventPipeline.Processors.Hosting;

namespace EventPipeline.Processors.Tests.Hosting;

public sealed class ProgressReporterTests : IAsyncDisposable
{
    private readonly ManualClock clock = new();
    private readonly List<Progress> sent = [];
    private readonly ProgressReporter reporter;

    public ProgressReporterTests() =>
        reporter = new ProgressReporter(Work.Of("probe"), "worker", TimeSpan.FromSeconds(5), clock, sent.Add);

    public ValueTask DisposeAsync() => reporter.DisposeAsync();

    [Fact]
    public void An_attempt_is_seen_to_start_at_once_and_then_gives_signs_of_life()
    {
        sent.Count.ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(16));

        sent.Count.ShouldBe(4);
        sent.ShouldAllBe(progress => progress.Percent == 0 && progress.RemainingSeconds == null);
    }

    [Fact]
    public void A_storm_of_reports_becomes_four_messages_a_second_and_the_last_is_not_lost()
    {
        for (var step = 0; step <= 1000; step++)
        {
            reporter.Report(step / 10.0, "working");
            clock.Advance(TimeSpan.FromMilliseconds(2));
        }
        clock.Advance(TimeSpan.FromSeconds(1));

        sent.Count.ShouldBeInRange(8, 11);
        sent[^1].Percent.ShouldBe(100);
    }

    [Fact]
    public void Percent_never_falls_whatever_a_stage_reports()
    {
        foreach (var percent in new[] { 10, 50, 30, double.NaN, -5, 250, 60 })
        {
            reporter.Report(percent, $"at {percent}");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        sent.Select(progress => progress.Percent).ShouldBe([0, 10, 50, 50, 50, 50, 100, 100]);
    }

    [Fact]
    public void The_rest_is_estimated_from_the_pace_so_far()
    {
        ProgressReporter.Remaining(TimeSpan.FromSeconds(30), 25).ShouldBe(90);
        ProgressReporter.Remaining(TimeSpan.FromSeconds(0.5), 25).ShouldBeNull();
        ProgressReporter.Remaining(TimeSpan.FromSeconds(30), 0).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_sent_after_the_end()
    {
        await reporter.DisposeAsync();
        var before = sent.Count;

        reporter.Report(90, "late");
        clock.Advance(TimeSpan.FromMinutes(1));

        sent.Count.ShouldBe(before);
    }
}
