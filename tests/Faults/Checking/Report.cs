using System.Globalization;
using EventPipeline.Contracts;

namespace EventPipeline.Faults.Checking;

/// <summary>What happened in a seed, in numbers; those of several seeds add up.</summary>
internal sealed record Report(
    int Jobs,
    int Ended,
    int Failed,
    int FailedWithReason,
    int Attempts,
    int Lost,
    int Late,
    int DeadLetters,
    int ObjectsExpected,
    int ObjectsFound,
    int ObjectsOrphaned,
    int Events,
    int Relayed,
    int Projected,
    int Faults,
    int EndedByThemselves,
    TimeSpan LongestSilence
)
{
    public static readonly Report Nothing = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero);

    public static Report Of(Evidence evidence)
    {
        var events = evidence.Log.Select(entry => entry.Data).ToList();
        var orphans = WholeObjects.Orphans(evidence.Objects, evidence.Log).Count();
        var failed = events.OfType<JobFailed>().ToList();
        return new Report(
            evidence.Jobs.Count,
            evidence.Jobs.Count(job =>
                evidence.Of(job.JobId).Any(entry => entry.Data is JobCompleted or JobFailed or JobCancelled)
            ),
            failed.Count,
            failed.Count(it => it.Reason.Length > 0),
            events.OfType<StageRequested>().Count(),
            events.OfType<StageLost>().Count(),
            events.OfType<LateOutcomeRefused>().Count(),
            events.OfType<StageDeadLettered>().Count() + evidence.Garbage.Count,
            WholeObjects.Expected(evidence),
            evidence.Objects.Count - orphans,
            orphans,
            events.Count,
            NothingMissed.Published(evidence),
            TrueReadModels.Projected(evidence),
            evidence.Faults.Count,
            evidence.EndedByThemselves,
            evidence.Jobs.Select(job => Silence.Longest(evidence, job).Length).DefaultIfEmpty().Max()
        );
    }

    public Report Plus(Report other) =>
        new(
            Jobs + other.Jobs,
            Ended + other.Ended,
            Failed + other.Failed,
            FailedWithReason + other.FailedWithReason,
            Attempts + other.Attempts,
            Lost + other.Lost,
            Late + other.Late,
            DeadLetters + other.DeadLetters,
            ObjectsExpected + other.ObjectsExpected,
            ObjectsFound + other.ObjectsFound,
            ObjectsOrphaned + other.ObjectsOrphaned,
            Events + other.Events,
            Relayed + other.Relayed,
            Projected + other.Projected,
            Faults + other.Faults,
            EndedByThemselves + other.EndedByThemselves,
            LongestSilence > other.LongestSilence ? LongestSilence : other.LongestSilence
        );

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"jobs {Jobs} sent, {Ended} ended, {Failed} failed ({FailedWithReason} with reason); attempts {Attempts}, {Lost} lost, {Late} late refused, {DeadLetters} dead letters; objects {ObjectsExpected} expected, {ObjectsFound} found, {ObjectsOrphaned} orphaned; events {Events}, {Relayed} relayed, {Projected} projected; {Faults} faults; {EndedByThemselves} parts ended by themselves; longest silence {LongestSilence.TotalSeconds:0.0} s"
        );
}
