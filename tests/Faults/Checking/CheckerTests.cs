using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Faults.Schedule;
using EventPipeline.Messaging;

namespace EventPipeline.Faults.Checking;

/// <summary>The checker finds what is wrong and nothing else, on histories made by hand.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void A_job_that_went_well_breaks_no_promise() => Checker.Check(History.Good().Evidence).ShouldBeEmpty();

    [Fact]
    public void An_attempt_that_was_lost_and_tried_again_breaks_no_promise() =>
        Checker
            .Check(
                Spoilt(
                    History.Begun(),
                    History.Lost(1),
                    History.Requested(2),
                    new LateOutcomeRefused(History.Stage, "video", 1, History.Start)
                )
            )
            .ShouldNotContain(violation => violation.Promise == 1);

    [Fact]
    public void An_attempt_that_was_done_again_and_refused_breaks_no_promise() =>
        Checker
            .Check(
                Spoilt(
                    History.Begun(),
                    History.Failed(1) with
                    {
                        StartedAt = History.Start,
                    },
                    new LateOutcomeRefused(History.Stage, "video", 1, History.Start, History.Start.AddSeconds(1))
                )
            )
            .ShouldNotContain(violation => violation.Promise == 1);

    [Fact]
    public void A_stage_that_is_run_again_breaks_no_promise() =>
        Checker
            .Check(
                Spoilt(
                    History.Good(),
                    Rerun,
                    History.Requested(2),
                    History.Produced,
                    History.Succeeded(2),
                    History.Completed
                )
            )
            .ShouldBeEmpty();

    [Fact]
    public void Promise_1_an_outcome_of_before_a_stage_was_run_again() =>
        ShouldBreak(1, Spoilt(History.Good(), Rerun, History.Requested(2), History.Succeeded(1)));

    [Fact]
    public void Promise_3_a_clip_of_before_its_stage_was_run_again() =>
        ShouldBreak(3, Spoilt(History.Good(), Rerun, History.Requested(2), History.Succeeded(2), History.Completed));

    [Fact]
    public void Promise_1_an_outcome_of_an_attempt_that_was_given_up() =>
        ShouldBreak(1, Spoilt(History.Begun(), History.Lost(1), History.Succeeded(1), History.Completed));

    [Fact]
    public void Promise_1_a_second_outcome() =>
        ShouldBreak(1, Spoilt(History.Begun(), History.Succeeded(1), History.Succeeded(1)));

    [Fact]
    public void Promise_1_an_outcome_that_nobody_asked_for() =>
        ShouldBreak(1, Spoilt(History.Begun(), History.Succeeded(2)));

    [Fact]
    public void Promise_1_an_attempt_that_was_not_given_up_is_requested_again() =>
        ShouldBreak(1, Spoilt(History.Begun(), History.Requested(2)));

    [Fact]
    public void Promise_1_a_job_that_completed_too_early() =>
        ShouldBreak(1, Spoilt(History.Begun(), History.Completed));

    [Fact]
    public void Promise_2_an_object_that_is_missing()
    {
        var evidence = History.Good().Evidence;
        ShouldBreak(2, evidence with { Objects = [.. evidence.Objects.Take(1)] });
    }

    [Fact]
    public void Promise_2_an_object_with_other_bytes()
    {
        var evidence = History.Good().Evidence;
        ShouldBreak(
            2,
            evidence with
            {
                Objects = [evidence.Objects[0], evidence.Objects[1] with { Sha256 = "other" }],
            }
        );
    }

    [Fact]
    public void Promise_2_an_orphan_and_a_copy()
    {
        var evidence = History.Good().Evidence;
        var copy = evidence.Objects[1] with { Key = $"{evidence.Objects[1].Key}.2" };
        ShouldBreak(2, evidence with { Objects = [.. evidence.Objects, copy] });
    }

    [Fact]
    public void Promise_2_a_workspace_that_was_left_behind() =>
        ShouldBreak(2, History.Good().Evidence with { Leftovers = ["workspaces/1"] });

    [Fact]
    public void Promise_3_a_row_that_a_rebuild_does_not_give()
    {
        var evidence = History.Good().Evidence;
        ShouldBreak(3, evidence with { RebuiltRows = [.. evidence.KeptRows, "timeline {}"] });
    }

    [Fact]
    public void Promise_3_rows_that_do_not_say_what_the_log_says()
    {
        var history = History.Good();
        history.Rows[0] = history.Rows[0].Replace("completed", "running", StringComparison.Ordinal);
        ShouldBreak(3, history.Evidence);
    }

    [Fact]
    public void Promise_4_an_event_that_was_not_published()
    {
        var evidence = History.Good().Evidence;
        ShouldBreak(4, evidence with { Messages = [.. evidence.Messages.SkipLast(1)] });
    }

    [Fact]
    public void Promise_4_events_out_of_order()
    {
        var evidence = History.Good().Evidence;
        ShouldBreak(4, evidence with { Messages = [.. evidence.Messages.Reverse()] });
    }

    [Fact]
    public void What_went_with_a_wiped_broker_is_not_missed()
    {
        var evidence = History.Good().Evidence;
        Checker.Check(evidence with { Messages = [], WipedUpTo = new Position(2, 0) }).ShouldBeEmpty();
        var again = evidence with { Messages = [.. evidence.Messages.Reverse()] };
        Checker.Check(again with { WipedUpTo = new Position(2, 0) }).ShouldBeEmpty();
        Checker.Check(again with { Faults = [Wiped(History.Start.AddDays(1))] }).ShouldBeEmpty();
        ShouldBreak(4, again with { Faults = [Wiped(History.Start.AddDays(-1))] });

        static FaultWindow Wiped(DateTimeOffset at) =>
            new(new Fault(0, FaultKind.BrokerWiped, 5), at, at.AddSeconds(5));
    }

    [Fact]
    public void Promise_5_a_job_that_does_not_end() => ShouldBreak(5, History.Begun().Evidence);

    [Fact]
    public void Promise_5_a_passing_failure_that_is_not_tried_again() =>
        ShouldBreak(
            5,
            Spoilt(History.Begun(), History.Failed(1, retryAfter: null), History.JobFailed(FailureKind.Transient))
        );

    [Fact]
    public void Promise_5_a_failure_without_a_reason() =>
        ShouldBreak(5, Spoilt(History.Begun(), History.JobFailed(FailureKind.Permanent, "")));

    [Fact]
    public void Promise_5_a_failure_that_the_timeline_does_not_explain()
    {
        var evidence = Spoilt(
            History.Begun(),
            History.Failed(1),
            History.Requested(2),
            History.Succeeded(2),
            History.Completed
        );
        var told = evidence.KeptRows.Where(row => !row.Contains("It is away.", StringComparison.Ordinal));
        ShouldBreak(5, evidence with { KeptRows = [.. told] });
    }

    [Fact]
    public void Promise_5_work_that_waits_although_its_job_ended() =>
        ShouldBreak(5, History.Good().Evidence with { StillWaiting = [History.JobId] });

    [Fact]
    public void Promise_5_sixteen_seconds_of_silence()
    {
        ShouldBreak(5, Silent(History.Begun(), 16).Evidence);
        Checker.Check(Silent(History.Begun(), 14).Evidence).ShouldBeEmpty();
    }

    [Fact]
    public void An_outage_explains_silence_and_the_trouble_of_a_part_does_not()
    {
        Checker
            .Check(Silent(History.Begun(), 16).Evidence with { Faults = [At(FaultKind.BrokerKilled)] })
            .ShouldBeEmpty();
        ShouldBreak(5, Silent(History.Begun(), 16).Evidence with { Faults = [At(FaultKind.Paused)] });

        static FaultWindow At(FaultKind kind) =>
            new(new Fault(0, kind, 5), History.Start.AddSeconds(1), History.Start.AddSeconds(6));
    }

    [Fact]
    public void A_back_off_explains_silence()
    {
        var waiting = History.Begun().Add(History.Failed(1, retryAfter: 5)).Add(History.Requested(2), after: 16);
        Silence.Longest(waiting.Evidence, waiting.Evidence.Jobs[0]).Length.ShouldBe(TimeSpan.FromSeconds(11));
    }

    [Fact]
    public void Promise_6_a_rejected_video_that_was_left_behind() =>
        ShouldBreak(6, Spoilt(History.Begun(), History.JobFailed(FailureKind.Rejected)));

    [Fact]
    public void Promise_6_garbage_that_vanished()
    {
        var evidence = History.Good().Evidence;
        var garbage = new Garbage("stage.clip", new byte[] { 1, 2 });
        var lying = new TopicMessage(garbage.Topic, 0, 7, null, garbage.Value, History.Start);
        evidence = evidence with { Garbage = [garbage], Messages = [.. evidence.Messages, lying] };
        ShouldBreak(6, evidence);
        var letter = new DeadLetter("t.stage.clip", 0, 0, null, "It is nothing.", History.Start, garbage.Value);
        var message = new TopicMessage("stage.clip.dlq", 0, 0, null, letter.Write(), History.Start);
        Checker.Check(evidence with { Messages = [.. evidence.Messages, message] }).ShouldBeEmpty();
    }

    [Fact]
    public void Promise_6_messages_that_nobody_reads() =>
        ShouldBreak(6, History.Good().Evidence with { Backlogs = new Dictionary<string, long> { ["stage.clip"] = 1 } });

    private static StageRerun Rerun => new(History.Stage, [History.Stage], "user:owner", null, History.Start);

    private static History Silent(History history, double seconds) =>
        history.Add(History.Produced, after: seconds).Add(History.Succeeded(1)).Add(History.Completed);

    private static Evidence Spoilt(History history, params Event[] events)
    {
        foreach (var @event in events)
            history.Add(@event);
        return history.Evidence;
    }

    private static void ShouldBreak(int promise, Evidence evidence) =>
        Checker.Check(evidence).ShouldContain(violation => violation.Promise == promise);
}
