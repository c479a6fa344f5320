using EventPipeline.Contracts;
using Npgsql;

namespace EventPipeline.Coordinator.Tests.Watching;

/// <summary>What becomes of attempts that nobody hears of.</summary>
public sealed class LeaseTests
{
    private static readonly Pipeline OneStage = new("one", 1, [new("only", [], LeaseSeconds: 2, MaximumAttempts: 20)]);

    [Fact]
    public async Task An_attempt_that_fell_silent_is_given_up_and_its_late_outcome_is_refused_and_recorded()
    {
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(OneStage);
        var processors = installation.StartProcessors(OneStage, work => work.Attempt == 1 ? null : Answer.Done);
        var job = await installation.StartJobAsync(OneStage);
        await installation.UntilAsync(() => Task.FromResult(!processors.Seen.IsEmpty), "it was begun");
        processors.Seen.TryPeek(out var first);
        await ReportAsync(installation, first!);

        await installation.UntilCompletedOnceEachAsync(job);

        var events = await installation.EventsAsync(job);
        events.OfType<StageLost>().ShouldContain(lost => lost.Attempt == 1);
        events.OfType<StageSucceeded>().Single().Attempt.ShouldBeGreaterThan(1);
        coordinator.Service.Status.LeasesExpired.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_late_outcome_is_refused_and_recorded_once()
    {
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(OneStage);
        var processors = installation.StartProcessors(OneStage, _ => null);
        var job = await installation.StartJobAsync(OneStage);
        await installation.UntilAsync(() => Task.FromResult(processors.Seen.Count >= 2), "it was given up once");
        processors.Seen.TryPeek(out var first);

        await installation.SendOutcomeAsync(Answer.Done.To(first!));
        await installation.SendOutcomeAsync(Answer.Done.To(first!));

        await installation.UntilAsync(
            () => Task.FromResult(coordinator.Service.Status is { Late: 1, Duplicates: 1 }),
            "it was refused"
        );
        (await installation.EventsAsync(job)).OfType<LateOutcomeRefused>().Single().Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task A_sign_of_life_renews_the_lease()
    {
        await using var installation = await Installation.CreateAsync();
        var patient = new Pipeline("patient", 1, [new("only", [], LeaseSeconds: 8)]);
        var coordinator = await installation.StartCoordinatorAsync(patient);
        var processors = installation.StartProcessors(patient, _ => null);
        var job = await installation.StartJobAsync(patient);
        await installation.UntilAsync(() => Task.FromResult(!processors.Seen.IsEmpty), "it was begun");
        processors.Seen.TryPeek(out var first);
        var end = TimeProvider.System.GetUtcNow().AddSeconds(12);

        await installation.UntilAsync(
            async () =>
            {
                await ReportAsync(installation, first!);
                return TimeProvider.System.GetUtcNow() > end;
            },
            "more than a lease passed"
        );

        await installation.SendOutcomeAsync(Answer.Done.To(first!));
        await installation.UntilCompletedOnceEachAsync(job);
        (await installation.EventsAsync(job)).OfType<StageLost>().ShouldBeEmpty();
        coordinator.Service.Status.LeasesExpired.ShouldBe(0);
    }

    [Fact]
    public async Task An_attempt_is_not_lost_while_its_outcome_waits_to_be_read()
    {
        await using var installation = await Installation.CreateAsync();
        var brief = new Pipeline("brief", 1, [new("short", [], LeaseSeconds: 2)]);
        var patient = new Pipeline("patient", 1, [new("long", [], LeaseSeconds: 60)]);
        var coordinator = await installation.StartCoordinatorAsync(brief);
        TestProcessors[] processors =
        [
            installation.StartProcessors(brief, _ => null),
            installation.StartProcessors(patient, _ => null),
        ];
        Guid[] jobs = [await installation.StartJobAsync(patient), await installation.StartJobAsync(brief)];
        await installation.UntilAsync(() => Task.FromResult(processors.All(it => !it.Seen.IsEmpty)), "both were begun");
        var works = processors.SelectMany(it => it.Seen).ToDictionary(work => work.JobId);

        // Outcomes are read in order, and that of the first job cannot be written.
        await using var connection = await installation.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var locking = connection.CreateCommand();
        locking.CommandText = "select from events.mt_streams where id = $1 for update";
        locking.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = jobs[0] });
        await locking.ExecuteNonQueryAsync();
        await installation.SendOutcomeAsync(Answer.Done.To(works[jobs[0]]));
        await installation.UntilAsync(
            async () =>
            {
                await using var waiting = installation.DataSource.CreateCommand(
                    "select exists (select from pg_locks where not granted)"
                );
                return (bool)(await waiting.ExecuteScalarAsync())!;
            },
            "it waits"
        );
        await installation.SendOutcomeAsync(Answer.Done.To(works[jobs[1]]));
        var end = TimeProvider.System.GetUtcNow().AddSeconds(brief.Stages[0].LeaseSeconds * 5);
        await installation.UntilAsync(
            () => Task.FromResult(TimeProvider.System.GetUtcNow() > end),
            "several leases passed"
        );
        await transaction.RollbackAsync();

        await installation.UntilCompletedOnceEachAsync(jobs);
        (await installation.EventsAsync(jobs[1])).OfType<StageLost>().ShouldBeEmpty();
        coordinator.Service.Status.LeasesExpired.ShouldBe(0);
    }

    [Fact]
    public async Task An_attempt_that_nobody_began_waits_as_long_as_it_is_in_the_queue()
    {
        await using var installation = await Installation.CreateAsync();
        var coordinator = await installation.StartCoordinatorAsync(OneStage);
        var job = await installation.StartJobAsync(OneStage);
        var end = TimeProvider.System.GetUtcNow().AddSeconds(OneStage.Stages[0].LeaseSeconds * 4);

        await installation.UntilAsync(
            () => Task.FromResult(TimeProvider.System.GetUtcNow() > end),
            "several leases passed"
        );

        coordinator.Service.Status.LeasesExpired.ShouldBe(0);
        (await installation.JobAsync(job)).FindWork("only", "video")!.Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task An_attempt_whose_message_is_gone_is_requested_again()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartCoordinatorAsync(OneStage);
        // Taken from the topic by somebody who says nothing, not even that the work began.
        installation.StartProcessors(OneStage, work => work.Attempt == 1 ? null : Answer.Done);

        var job = await installation.StartJobAsync(OneStage);

        await installation.UntilCompletedOnceEachAsync(job);
        (await installation.EventsAsync(job))
            .OfType<StageLost>()
            .ShouldContain(lost => lost.Reason == "Attempt 1 was lost before anyone began it.");
    }

    [Fact]
    public async Task An_attempt_that_vanished_is_lost_however_much_waits_in_its_queue()
    {
        await using var installation = await Installation.CreateAsync();
        var patient = new Pipeline("patient", 1, [new("only", [], LeaseSeconds: 6)]);
        await installation.StartCoordinatorAsync(patient);
        var vanishing = installation.StartProcessors(patient, _ => null);
        var vanished = await installation.StartJobAsync(patient);
        await installation.UntilAsync(() => Task.FromResult(!vanishing.Seen.IsEmpty), "it was taken");
        await vanishing.DisposeAsync();
        var waiting = new List<Guid>();
        for (var count = 0; count < 5; count++)
            waiting.Add(await installation.StartJobAsync(patient));

        await installation.UntilAsync(
            async () => (await installation.EventsAsync(vanished)).OfType<StageLost>().Any(),
            "it was given up"
        );

        installation.StartProcessors(patient, _ => Answer.Done);
        await installation.UntilCompletedOnceEachAsync([vanished, .. waiting]);
        foreach (var job in waiting)
            (await installation.EventsAsync(job)).OfType<StageLost>().ShouldBeEmpty();
    }

    private static Task ReportAsync(Installation installation, WorkItem work) =>
        installation.Producer.SendAsync(
            installation.Topics.Progress,
            work.JobId.ToString(),
            Installation.Message(
                CloudEvent.Progress,
                work.JobId,
                new Progress(
                    work.JobId,
                    work.Stage,
                    work.Item.Name,
                    work.Attempt,
                    1,
                    "Working",
                    null,
                    "test",
                    TimeProvider.System.GetUtcNow()
                )
            )
        );
}
