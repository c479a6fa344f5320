using EventPipeline.Contracts;
using EventPipeline.Coordinator.Deciding;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Tests.Watching;

/// <summary>What is remembered of open work, without a broker or a database.</summary>
public sealed class OpenWorkTests
{
    private static readonly Guid JobId = Guid.CreateVersion7();
    private static readonly ArtifactReference Source = new("key", "hash", 1, "video/mp4");

    private static readonly Pipeline OneStage = new(
        "one",
        1,
        [new("only", [], LeaseSeconds: 10, BackoffSeconds: 4, MaximumAttempts: 2)]
    );

    private readonly ManualTime time = new();
    private readonly List<JobEvent> stream = [];
    private readonly OpenWork open;
    private Job job = Job.Initial;

    public OpenWorkTests()
    {
        open = new OpenWork(time);
        When(new StartJob(JobId, JobId, "owner", OneStage, new JobOptions(), JobPriority.Normal, Source, "user:owner"));
    }

    [Fact]
    public void An_attempt_is_silent_after_a_lease_and_not_before()
    {
        time.Pass(9.9);
        open.TakeDue().ShouldBeEmpty();

        time.Pass(0.1);
        open.TakeDue().ShouldBe([new SilentAttempt(JobId, "only", "video", 1, WasStarted: false, 1)]);
    }

    [Fact]
    public void A_sign_of_life_of_the_attempt_renews_its_lease_and_that_of_another_does_not()
    {
        time.Pass(9);
        open.Touch(JobId, "only", "video", 1, began: true);
        open.Touch(JobId, "only", "video", 7, began: true);
        open.Touch(Guid.Empty, "only", "video", 1, began: true);
        time.Pass(9);
        open.TakeDue().ShouldBeEmpty();

        time.Pass(1);
        open.TakeDue().OfType<SilentAttempt>().Single().WasStarted.ShouldBeTrue();
    }

    [Fact]
    public void A_sign_of_waiting_renews_the_lease_and_does_not_claim_that_the_attempt_began()
    {
        time.Pass(9);
        open.Touch(JobId, "only", "video", 1, began: false);
        time.Pass(9);
        open.TakeDue().ShouldBeEmpty();
        time.Pass(1);
        Silent().WasStarted.ShouldBeFalse();

        open.Touch(JobId, "only", "video", 1, began: true);
        open.Touch(JobId, "only", "video", 1, began: false);
        time.Pass(10);
        Silent().WasStarted.ShouldBeTrue();
    }

    [Fact]
    public void An_attempt_keeps_the_place_of_its_last_message_and_one_without_takes_the_given()
    {
        var (first, last, given) = (QueueMark.Behind(0, 1), QueueMark.Behind(0, 2), QueueMark.Behind(0, 3));
        time.Pass(10);
        Silent().Mark.ShouldBeNull();
        open.StillQueued(Silent(), given);
        time.Pass(10);
        Silent().Mark.ShouldBe(given);

        open.Queued(Requested(), first);
        open.Queued(Requested(), last);
        open.Queued(Requested() with { Attempt = 7 }, first);
        open.StillQueued(Silent(), given);

        time.Pass(10);
        Silent().Mark.ShouldBe(last);
    }

    [Fact]
    public void An_attempt_that_left_the_queue_has_a_moment_for_its_first_sign_of_life()
    {
        time.Pass(10);
        open.LeftQueue(Silent());
        open.TakeDue().ShouldBeEmpty();
        time.Pass(3);
        Silent().LeftQueue.ShouldBeTrue();

        open.Touch(JobId, "only", "video", 1, began: false);
        time.Pass(10);
        Silent().LeftQueue.ShouldBeFalse("who has it may hand it over later");

        var silent = Silent();
        open.LeftQueue(silent);
        open.StillQueued(silent, QueueMark.Behind(0, 1));
        time.Pass(10);
        Silent().LeftQueue.ShouldBeFalse("it was sent again");
    }

    [Fact]
    public void A_retry_is_due_at_its_time_and_told_again_only_after_a_while()
    {
        When(Failed(1));
        open.TakeDue().ShouldBeEmpty();

        time.Pass(4);
        open.TakeDue().ShouldBe([new DueRetry(JobId, "only", "video", 1)]);
        open.TakeDue().ShouldBeEmpty();
        time.Pass(5);
        open.TakeDue().ShouldBe([new DueRetry(JobId, "only", "video", 1)]);
        When(new RetryDue("only", "video", 1));
        open.TakeDue().ShouldBeEmpty();
    }

    [Fact]
    public void An_ended_job_is_forgotten_and_a_redriven_one_is_open_again()
    {
        When(Failed(1));
        time.Pass(4);
        When(new RetryDue("only", "video", 1));
        When(Failed(2));
        (open.Jobs, open.Attempts).ShouldBe((0, 0));

        When(new RedriveStage("only", "video", "user:operator"));
        (open.Jobs, open.Attempts).ShouldBe((1, 1));
        time.Pass(10);
        open.TakeDue().Single().Attempt.ShouldBe(3);
    }

    [Fact]
    public void Events_that_come_again_change_nothing()
    {
        When(Failed(1));
        time.Pass(4);
        When(new RetryDue("only", "video", 1));

        foreach (var (index, @event) in stream.Index())
            open.Apply(JobId, index + 1, @event);

        time.Pass(10);
        open.TakeDue().Single().Attempt.ShouldBe(2);
    }

    [Fact]
    public void A_reset_knows_what_the_jobs_say_and_gives_every_attempt_a_fresh_lease()
    {
        time.Pass(9);
        var restarted = new OpenWork(time);
        restarted.Reset(new Dictionary<Guid, JobAt> { [JobId] = new(job, stream.Count, Position.Start) });

        restarted.Attempts.ShouldBe(1);
        time.Pass(9);
        restarted.TakeDue().ShouldBeEmpty();
        time.Pass(1);
        restarted.TakeDue().Count.ShouldBe(1);
    }

    private static SettleOutcome Failed(int attempt) =>
        new(
            new Answer(FailureKind.Transient).To(
                new WorkItem(
                    JobId,
                    JobId,
                    "owner",
                    "only",
                    Item.WholeVideo,
                    attempt,
                    Source,
                    [],
                    new JobOptions(),
                    JobPriority.Normal,
                    10
                )
            )
        );

    private SilentAttempt Silent() => open.TakeDue().ShouldHaveSingleItem().ShouldBeOfType<SilentAttempt>();

    private WorkItem Requested() => stream.OfType<StageRequested>().Last().Work;

    private void When(JobCommand command)
    {
        var decision = JobDecider.Decide(job, command, time.GetUtcNow());
        decision.Events.ShouldNotBeEmpty();
        foreach (var @event in decision.Events)
        {
            stream.Add(@event);
            job = Job.Evolve(job, @event);
            open.Apply(JobId, stream.Count, @event);
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(double seconds) => now += TimeSpan.FromSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => now.Ticks;
    }
}
