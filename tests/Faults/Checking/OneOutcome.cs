using EventPipeline.Contracts;

namespace EventPipeline.Faults.Checking;

/// <summary>Promise 1: each (job, stage, item) has exactly one accepted outcome. A fold of its own over the streams, that shares nothing
/// with the product's.</summary>
internal static class OneOutcome
{
    public static IEnumerable<string> Check(Evidence evidence) =>
        evidence.Jobs.SelectMany(job => Check(job, [.. evidence.Of(job.JobId)]));

    private static List<string> Check(SubmittedJob job, IReadOnlyList<LogEntry> stream)
    {
        var broken = new List<string>();
        var works = new Dictionary<(string Stage, string Item), Work>();
        var ended = false;
        foreach (var entry in stream)
        {
            switch (entry.Data)
            {
                case StageRequested { Work: var wanted }:
                    var work = works.GetValueOrDefault((wanted.Stage, wanted.Item.Name)) ?? new Work();
                    works[(wanted.Stage, wanted.Item.Name)] = work;
                    if (wanted.Attempt != work.Attempt + 1)
                        Say(
                            entry,
                            $"attempt {wanted.Attempt} of {Name(wanted.Stage, wanted.Item.Name)} was requested after attempt {work.Attempt}"
                        );
                    else if (work.IsSettled || work.IsOpen)
                        Say(
                            entry,
                            $"{Name(wanted.Stage, wanted.Item.Name)} was requested again although it was not given up"
                        );
                    (work.Attempt, work.IsOpen, work.IsWanted) = (wanted.Attempt, true, true);
                    break;
                case StageSucceeded it:
                    Settle(entry, it.Stage, it.Item, it.Attempt, settles: true, it.StartedAt);
                    break;
                case StageFailed it:
                    Settle(entry, it.Stage, it.Item, it.Attempt, settles: false, it.StartedAt);
                    break;
                case StageLost it:
                    Settle(entry, it.Stage, it.Item, it.Attempt, settles: false);
                    if (works.TryGetValue((it.Stage, it.Item), out var lost))
                        lost.Lost.Add(it.Attempt);
                    break;
                case StageSkipped it:
                    if (works.TryGetValue((it.Stage, it.Item), out var skipped))
                        skipped.IsSettled = true;
                    break;
                case LateOutcomeRefused it:
                    if (!works.TryGetValue((it.Stage, it.Item), out var late) || !late.MayBeRefused(it))
                        Say(
                            entry,
                            $"a result of {Name(it.Stage, it.Item)}, attempt {it.Attempt}, was refused although it was not given up"
                        );
                    break;
                case StageRerun it:
                    ended = false;
                    foreach (var forgotten in works.Where(pair => it.Stages.Contains(pair.Key.Stage)))
                        (forgotten.Value.IsSettled, forgotten.Value.IsWanted) = (false, false);
                    break;
                case JobCompleted:
                    foreach (
                        var ((stage, item), open) in works.Where(pair =>
                            pair.Value is { IsWanted: true, IsSettled: false }
                        )
                    )
                        Say(
                            entry,
                            $"the job completed while {Name(stage, item)}, attempt {open.Attempt}, had no outcome"
                        );
                    break;
            }
            if (ended && entry.Data is StageSucceeded or StageFailed or StageRequested)
                Say(entry, $"{entry.Data.GetType().Name} after the end of the job");
            if (entry.Data is not (JobCompleted or JobFailed or JobCancelled))
                continue;
            ended = true;
            foreach (var open in works.Values.Where(open => open.IsOpen))
            {
                open.Lost.Add(open.Attempt);
                open.IsOpen = false;
            }
        }
        broken.AddRange(FactsWithoutOutcome(job, stream));
        return broken;

        void Settle(
            LogEntry entry,
            string stage,
            string item,
            int attempt,
            bool settles,
            DateTimeOffset? startedAt = null
        )
        {
            var what = $"{entry.Data!.GetType().Name} of {Name(stage, item)}, attempt {attempt}";
            if (!works.TryGetValue((stage, item), out var work))
                Say(entry, $"{what}, which nobody requested");
            else if (work.Lost.Contains(attempt))
                Say(entry, $"{what}, which had been given up");
            else if (work.IsSettled)
                Say(entry, $"{what}, although it has an accepted outcome");
            else if (attempt != work.Attempt || !work.IsOpen)
                Say(entry, $"{what}, while attempt {work.Attempt} was {(work.IsOpen ? "open" : "over")}");
            else
            {
                (work.IsOpen, work.IsSettled) = (false, settles);
                work.Accepted[attempt] = startedAt;
            }
        }

        void Say(LogEntry entry, string what) => broken.Add($"job {job.JobId}, version {entry.Version}: {what}");
    }

    /// <summary>Facts stand beside the accepted outcome that brought them, once.</summary>
    private static IEnumerable<string> FactsWithoutOutcome(SubmittedJob job, IReadOnlyList<LogEntry> stream)
    {
        var accepted = stream
            .Select(entry => entry.Data)
            .OfType<StageSucceeded>()
            .Select(done => (done.Stage, done.Item, done.Attempt))
            .ToHashSet();
        return stream
            .Where(entry =>
                entry is { Data: Fact, Headers.Metering: { } metering }
                && !accepted.Contains((metering.Stage, metering.Item, metering.Attempt))
            )
            .Select(entry => $"job {job.JobId}, version {entry.Version}: a fact of an attempt that was not accepted");
    }

    private static string Name(string stage, string item) => $"{stage}/{item}";

    private sealed class Work
    {
        public int Attempt { get; set; }

        public bool IsOpen { get; set; }

        public bool IsSettled { get; set; }

        /// <summary>Since its stage was run again last.</summary>
        public bool IsWanted { get; set; }

        public HashSet<int> Lost { get; } = [];

        /// <summary>Attempts with an outcome, and when their workers began.</summary>
        public Dictionary<int, DateTimeOffset?> Accepted { get; } = [];

        /// <summary>It was given up, or it is the same attempt done again.</summary>
        public bool MayBeRefused(LateOutcomeRefused late) =>
            Lost.Contains(late.Attempt)
            || (Accepted.GetValueOrDefault(late.Attempt) is { } startedAt && startedAt != late.StartedAt);
    }
}
