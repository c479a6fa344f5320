using EventPipeline.Contracts;
using EventPipeline.Coordinator.Dispatching;
using EventPipeline.Coordinator.Watching;
using EventPipeline.Deciding;
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
    private readonly Turns turns;
    private readonly OpenWork open;
    private Job job = Job.Initial;

    public OpenWorkTests()
    {
        turns = new Turns(least: 1, time);
        open = new OpenWork(time, turns);
        When(new StartJob(JobId, JobId, "owner", OneStage, new JobOptions(), JobPriority.Normal, Source, "user:owner"));
    }

    [Fact]
    public void An_attempt_is_silent_after_a_lease_and_not_before()
    {
        time.Pass(9.9);
        open.TakeDue().ShouldBeEmpty();

        time.Pass(0.1);
        open.TakeDue().ShouldBe([new SilentAttempt(JobId, "only", "video", 1, WasStarted: false)]);
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
    public void An_attempt_keeps_the_first_mark_of_outcomes_until_its_lease_is_renewed()
    {
        var (first, second) = (QueueMark.Behind(0, 1), QueueMark.Behind(0, 2));
        time.Pass(10);
        Silent().Outcomes.ShouldBeNull();

        open.AwaitOutcomes(Silent(), first);
        open.AwaitOutcomes(Silent(), second);
        Silent().Outcomes.ShouldBe(first);

        open.Renew([Silent()]);
        time.Pass(10);
        Silent().Outcomes.ShouldBeNull();

        open.AwaitOutcomes(Silent(), second);
        open.LeftQueue(Silent());
        time.Pass(3);
        Silent().Outcomes.ShouldBeNull("it may have been begun and done meanwhile");
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

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public void Promise_5_a_clock_that_is_set_makes_no_retry_wait_longer_and_none_come_early(double seconds)
    {
        When(Failed(1));
        time.SetClock(TimeSpan.FromSeconds(seconds));

        open.TakeDue().ShouldBeEmpty();
        time.Pass(4);
        open.TakeDue().ShouldHaveSingleItem().ShouldBeOfType<DueRetry>();
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
        var restarted = new OpenWork(time, new Turns(least: 1, time));
        restarted.Restore(JobId, At(), new Dictionary<WorkAttempt, WaitingWork>());

        restarted.Attempts.ShouldBe(1);
        time.Pass(9);
        restarted.TakeDue().ShouldBeEmpty();
        time.Pass(1);
        restarted.TakeDue().Count.ShouldBe(1);
    }

    [Fact]
    public void An_attempt_that_waits_for_its_turn_has_no_lease_before_it_is_handed_out()
    {
        var other = RequestedOfAnotherJob();
        open.HandOutOrWait(other).ShouldBe(Turn.Later);
        open.HandOutOrWait(other).ShouldBe(Turn.Never, "told again, it still waits only once");
        turns.Take(10).ShouldBeEmpty("the topic holds one that nobody began");

        time.Pass(30);
        open.TakeDue().ShouldHaveSingleItem().JobId.ShouldBe(JobId);

        open.Touch(JobId, "only", "video", 1, began: true);
        turns.Take(10).ShouldBe([other]);
        open.HandOut(other).ShouldBeTrue();
        time.Pass(9);
        open.TakeDue().ShouldBeEmpty();
        time.Pass(1);
        open.TakeDue().Select(due => due.JobId).ShouldContain(other.JobId);
    }

    [Fact]
    public void Whatever_becomes_of_an_attempt_makes_room_for_one_that_waits()
    {
        var other = RequestedOfAnotherJob();
        open.HandOutOrWait(other);

        When(new CancelJob("user:owner", "Enough."));

        turns.Take(10).ShouldBe([other]);
    }

    [Fact]
    public void An_attempt_that_is_no_longer_wanted_is_not_handed_out_and_takes_no_room()
    {
        var (wanted, called) = (RequestedOfAnotherJob(), RequestedOfAnotherJob());
        open.HandOutOrWait(called);
        open.HandOutOrWait(wanted);
        open.Apply(called.JobId, 3, new JobCancelled("user:owner", "Enough.", time.GetUtcNow()));
        open.Touch(JobId, "only", "video", 1, began: true);

        open.HandOut(turns.Take(1).Single()).ShouldBeFalse();
        open.HandOut(turns.Take(1).Single()).ShouldBeTrue();
        turns.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_reset_knows_what_waits()
    {
        var restartedTurns = new Turns(least: 1, time);
        var restarted = new OpenWork(time, restartedTurns);
        var waiting = WaitingWork.Of(Requested(), 2);

        restarted.Restore(JobId, At(), new Dictionary<WorkAttempt, WaitingWork> { [waiting.Id] = waiting });

        restarted.HandOutOrWait(waiting).ShouldBe(Turn.Never, "its page comes again, and its row is there");
        restartedTurns.Take(10).ShouldBe([waiting]);
        restarted.HandOut(waiting).ShouldBeTrue();
        restarted.HandOutOrWait(waiting).ShouldBe(Turn.Now, "its page comes again");
    }

    private JobAt At() => new(job, stream.Count, Position.Start);

    /// <summary>Started beside the job of the other tests.</summary>
    private WaitingWork RequestedOfAnotherJob()
    {
        var id = Guid.CreateVersion7();
        var start = new StartJob(id, id, "owner", OneStage, new JobOptions(), JobPriority.Normal, Source, "user:owner");
        var events = JobDecider.Decide(Job.Initial, start, time.GetUtcNow()).Events;
        foreach (var (index, @event) in events.Index())
            open.Apply(id, index + 1, @event);
        return WaitingWork.Of(events.OfType<StageRequested>().Single().Work, events.Count);
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
            if (@event is StageRequested { Work: var work })
                open.HandOutOrWait(WaitingWork.Of(work, stream.Count)).ShouldBe(Turn.Now);
        }
    }
}
