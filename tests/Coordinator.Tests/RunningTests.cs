using System.Collections.Concurrent;
using System.Text;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Tests;

/// <summary>The whole loop on a real database and a real broker: log, Kafka, processors, Kafka, log.</summary>
public sealed class RunningTests
{
    private static readonly Pipeline FanOut = new(
        "fan-out",
        1,
        [new("cut", []), new("each", ["cut"], ForEach: "cut"), new("join", ["each"])]
    );

    private static readonly string[] Items = ["a", "b", "c"];

    [Fact]
    public async Task A_job_runs_from_its_start_to_its_end()
    {
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(FanOut);
        installation.StartProcessors(FanOut, AnswerFanOut);

        var job = await installation.StartJobAsync(FanOut);

        await installation.UntilCompletedOnceEachAsync(job);
        (await installation.EventsAsync(job)).OfType<Echoed>().Count().ShouldBe(5);
        coordinator.Service.Status.Accepted.ShouldBe(5);
        await installation.UntilAsync(
            () => Task.FromResult(coordinator.Service.Status is { OpenJobs: 0, RequestsPublished: 5 }),
            "nothing is open"
        );
    }

    [Fact]
    public async Task What_an_outcome_brought_says_who_did_it_and_at_what_cost_and_what_follows_is_the_coordinators()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(FanOut);
        installation.StartProcessors(FanOut, AnswerFanOut);
        var job = await installation.StartJobAsync(FanOut);
        await installation.UntilCompletedOnceEachAsync(job);

        foreach (var stored in await installation.Log.LoadAsync(job, CancellationToken.None))
        {
            var headers = EventCodec.ReadHeaders(stored).ShouldNotBeNull();
            var @event = EventTypes.Read(stored.Type, stored.Data.Span);
            stored.CorrelationId.ShouldBe(job.ToString());
            headers.Metering?.WorkerId.ShouldBe(@event is Fact or StageSucceeded ? "test" : null);
            headers.Actor.ShouldBe(
                stored.Version <= 2 ? "user:owner"
                : headers.Metering is null ? "coordinator"
                : "worker:test"
            );
            (stored.CausationId is null).ShouldBe(stored.Version <= 2);
        }
    }

    [Fact]
    public async Task Outcomes_that_come_three_times_are_accepted_once()
    {
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(FanOut);
        installation.StartProcessors(FanOut, work => AnswerFanOut(work) with { Times = 3 });
        List<Guid> jobs = [];
        for (var count = 0; count < 10; count++)
            jobs.Add(await installation.StartJobAsync(FanOut));

        await installation.UntilCompletedOnceEachAsync(jobs);

        await installation.UntilAsync(
            () => Task.FromResult(coordinator.Service.Status is { Accepted: 50, Duplicates: 100 }),
            "every outcome was counted"
        );
    }

    [Fact]
    public async Task The_public_topics_have_every_event_of_every_stream_in_order()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(FanOut);
        installation.StartProcessors(FanOut, AnswerFanOut);
        List<Guid> jobs = [];
        for (var count = 0; count < 20; count++)
            jobs.Add(await installation.StartJobAsync(FanOut));
        await installation.UntilCompletedOnceEachAsync(jobs);
        var streams = await installation.Log.LoadAsync(jobs, CancellationToken.None);

        var published = new ConcurrentQueue<CloudEvent>();
        using var stopping = new CancellationTokenSource();
        var reading = new BroadcastReader(
            installation.Broker,
            installation.Topics.JobEvents,
            BroadcastStart.Beginning,
            delivery => published.Enqueue(CloudEvent.Read(delivery.Value)),
            Installation.Logger
        ).RunAsync(stopping.Token);
        await installation.UntilAsync(
            () => Task.FromResult(published.DistinctBy(it => it.Id).Count() == streams.Values.Sum(it => it.Count)),
            "every event was published"
        );
        await stopping.CancelAsync();
        await reading;

        foreach (var (job, stream) in streams)
        {
            var heard = published.Where(it => it.Subject == job.ToString()).DistinctBy(it => it.Id).ToList();
            heard.Select(it => it.StreamVersion).ShouldBe(stream.Select(it => (long?)it.Version));
            heard.Select(it => (it.Id, it.Type)).ShouldBe(stream.Select(it => (it.Id.ToString(), it.Type)));
            heard.ShouldAllBe(it => it.Headers != null);
        }
    }

    [Fact]
    public async Task A_message_that_is_no_outcome_goes_to_the_dead_letters_with_its_origin_and_holds_nothing_up()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(FanOut);
        installation.StartProcessors(FanOut, AnswerFanOut);
        await installation.Producer.SendAsync(installation.Topics.Results, "key", "no outcome"u8.ToArray());
        await installation.SendOutcomeAsync(Answer.Done.To(Strange));

        var job = await installation.StartJobAsync(FanOut);

        await installation.UntilCompletedOnceEachAsync(job);
        var reader = new DeadLetterReader(installation.Broker, Installation.Logger);
        await installation.UntilAsync(
            async () => (await reader.ReadAsync(installation.Topics.Results)).Count == 2,
            "both are in the dead letters"
        );
        var letters = await reader.ReadAsync(installation.Topics.Results);
        Encoding.UTF8.GetString(letters.Single(letter => letter.Key == "key").Value.Span).ShouldBe("no outcome");
        letters.ShouldContain(letter => letter.Reason == "There is no such job.");
    }

    [Fact]
    public async Task A_work_item_out_of_attempts_lies_in_the_dead_letters_of_its_stage_until_it_is_redriven()
    {
        var pipeline = new Pipeline("once", 1, [new("only", [], MaximumAttempts: 1)]);
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(pipeline);
        installation.StartProcessors(pipeline, work => new Answer(work.Attempt == 1 ? FailureKind.Transient : null));
        var job = await installation.StartJobAsync(pipeline);
        await installation.UntilEndedAsync(job);
        var reader = new DeadLetterReader(installation.Broker, Installation.Logger);
        await installation.UntilAsync(
            async () => (await reader.ReadAsync(installation.Topics.Stage("only"))).Count == 1,
            "it is in the dead letters"
        );
        var letter = (await reader.ReadAsync(installation.Topics.Stage("only")))[0];
        CloudEvent.Read(letter.Value).DataAs<WorkItem>().Key.ShouldBe($"{job:N}/only/video");

        await installation.Commands.RedriveStageAsync(job, "only", "video", "user:operator", CancellationToken.None);

        await installation.UntilCompletedOnceEachAsync(job);
    }

    [Fact]
    public async Task A_stage_of_a_completed_job_is_run_again_with_what_depends_on_it_also_by_the_next_coordinator()
    {
        await using var installation = await Installation.CreateAsync();
        var first = await installation.StartCoordinatorAsync(FanOut);
        // The second time nobody answers, until the next coordinator watches.
        var processors = installation.StartProcessors(FanOut, it => it.Attempt == 2 ? null : AnswerFanOut(it));
        var job = await installation.StartJobAsync(FanOut);
        await installation.UntilCompletedOnceEachAsync(job);
        await installation.UntilAsync(() => Task.FromResult(first.Service.Status.OpenJobs == 0), "nothing is open");

        var again = await installation.Commands.RerunStageAsync(
            job,
            "each",
            "user:owner",
            null,
            CancellationToken.None
        );

        again.Refusal.ShouldBeNull();
        var each = await SeenAgainAsync("each", Items.Length);
        await first.StopAsync();
        var second = await installation.StartCoordinatorAsync(FanOut);
        await installation.UntilAsync(
            () => Task.FromResult(second.Service.Status is { OpenJobs: 1, OpenAttempts: 3 }),
            "the next coordinator watches"
        );
        foreach (var work in each)
            await installation.SendOutcomeAsync(Answer.Done.To(work));
        await installation.SendOutcomeAsync(Answer.Done.To((await SeenAgainAsync("join", 1))[0]));
        await installation.UntilEndedAsync(job);

        (await installation.JobAsync(job)).Status.ShouldBe(JobStatus.Completed);
        (await installation.EventsAsync(job))
            .OfType<StageSucceeded>()
            .Select(done => $"{done.Stage}/{done.Item} #{done.Attempt}")
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "cut/video #1",
                "each/a #1",
                "each/a #2",
                "each/b #1",
                "each/b #2",
                "each/c #1",
                "each/c #2",
                "join/video #1",
                "join/video #2",
            ]);
        await installation.UntilAsync(() => Task.FromResult(second.Service.Status.OpenJobs == 0), "nothing is open");

        // What two coordinators hand out may be delivered twice.
        async Task<IReadOnlyList<WorkItem>> SeenAgainAsync(string stage, int count)
        {
            IReadOnlyList<WorkItem> seen = [];
            await installation.UntilAsync(
                () =>
                {
                    seen =
                    [
                        .. processors.Seen.Where(it => it.Stage == stage && it.Attempt == 2).DistinctBy(it => it.Key),
                    ];
                    return Task.FromResult(seen.Count == count);
                },
                $"{stage} is handed out again"
            );
            return seen;
        }
    }

    [Fact]
    public async Task A_transient_failure_is_tried_again_when_its_time_has_come()
    {
        var pipeline = new Pipeline("flaky", 1, [new("flaky", [], MaximumAttempts: 3, BackoffSeconds: 0.3)]);
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(pipeline);
        installation.StartProcessors(pipeline, work => new Answer(work.Attempt < 3 ? FailureKind.Transient : null));

        var job = await installation.StartJobAsync(pipeline);

        await installation.UntilCompletedOnceEachAsync(job);
        var events = await installation.EventsAsync(job);
        foreach (var failed in events.OfType<StageFailed>())
        {
            var next = events.OfType<StageRequested>().Single(it => it.Work.Attempt == failed.Attempt + 1);
            next.RequestedAt.ShouldBeGreaterThanOrEqualTo(failed.RetryAt!.Value);
        }
        coordinator.Service.Status.Retries.ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_job_stays_cancelled()
    {
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(FanOut);
        var job = await installation.StartJobAsync(FanOut);
        await installation.Commands.CancelJobAsync(job, "user:owner", "changed my mind", CancellationToken.None);

        installation.StartProcessors(FanOut, AnswerFanOut);

        await installation.UntilAsync(
            () => Task.FromResult(coordinator.Service.Status.Late == 1),
            "the outcome of its first stage came"
        );
        (await installation.JobAsync(job)).Status.ShouldBe(JobStatus.Cancelled);
    }

    private static Answer AnswerFanOut(WorkItem work) => new(Items: work.Stage == "cut" ? Items : null);

    private static readonly WorkItem Strange = new(
        Guid.CreateVersion7(),
        Guid.CreateVersion7(),
        "owner",
        "cut",
        Item.WholeVideo,
        1,
        new ArtifactReference("k", "h", 1, "t"),
        [],
        new JobOptions(),
        JobPriority.Normal,
        30
    );
}
