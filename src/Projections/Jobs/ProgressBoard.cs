using EventPipeline.Contracts;

namespace EventPipeline.Projections.Jobs;

/// <summary>How far a job is, folded from its events (what is certain) and from progress messages (what happens between them).
/// Percentages never fall, whatever is tried again; only when somebody runs a stage again.</summary>
public sealed class ProgressBoard
{
    private readonly Dictionary<string, StageProgress> stages;
    private double? mediaSeconds;
    private double percent;

    /// <param name="pipeline">What the job runs through.</param>
    public ProgressBoard(Pipeline pipeline)
    {
        Stages = [.. pipeline.Stages.Select(stage => new StageProgress(stage))];
        stages = Stages.ToDictionary(stage => stage.Name, StringComparer.Ordinal);
    }

    /// <summary>In the order of the pipeline.</summary>
    public IReadOnlyList<StageProgress> Stages { get; }

    /// <summary>The event that ended the job; null while it runs.</summary>
    public JobEvent? End { get; private set; }

    /// <summary>Of the whole job, 0 to 100: every stage counts the same.</summary>
    public double Percent =>
        percent = Math.Max(percent, End is JobCompleted ? 100 : Stages.Average(stage => stage.Percent));

    /// <summary>A stage by its name.</summary>
    public StageProgress this[string stage] => stages[stage];

    /// <summary>Takes in the next event of the job's stream.</summary>
    public void Apply(Event @event)
    {
        switch (@event)
        {
            case StageRerun rerun:
                foreach (var stage in Stages.Where(stage => rerun.Stages.Contains(stage.Name)))
                    stage.Restart(keepItems: stage.ForEach is { } source && !rerun.Stages.Contains(source));
                (End, percent) = (null, 0);
                break;
            case StageRequested { Work: var work }:
                End = null;
                stages[work.Stage].Requested(work.Item.Name, work.Attempt);
                break;
            case StageSucceeded succeeded:
                stages[succeeded.Stage].Settled(succeeded.Item);
                foreach (var next in Stages.Where(stage => stage.ForEach == succeeded.Stage))
                    next.Expect(succeeded.Items.Select(item => item.Name));
                SettleWhatHasNothingToDo();
                break;
            case StageSkipped skipped:
                stages[skipped.Stage].Skipped(skipped.Item);
                SettleWhatHasNothingToDo();
                break;
            case StageFailed failed:
                stages[failed.Stage]
                    .Failed(
                        failed.Item,
                        failed.RetryAt is { } due
                            ? $"{failed.Reason} Next attempt at {due:HH:mm:ss} UTC."
                            : failed.Reason
                    );
                break;
            case StageLost lost:
                stages[lost.Stage].Failed(lost.Item, lost.Reason);
                break;
            case MediaProbed probed:
                mediaSeconds = probed.DurationSeconds;
                break;
            case JobCompleted or JobFailed or JobCancelled:
                End = (JobEvent)@event;
                break;
        }
    }

    /// <summary>Takes in a progress message of the job.</summary>
    /// <returns>Whether it says something new: not of an attempt that was given up or settled, or that no event has requested.</returns>
    public bool Apply(Progress progress) =>
        End is null
        && !progress.IsWaiting
        && stages.TryGetValue(progress.Stage, out var stage)
        && stage.Running(progress.Item, progress.Attempt, progress.Percent, progress.Activity);

    /// <summary>Takes in how far an item was reported to be before, in whichever attempt since its stage was run again last.</summary>
    /// <param name="reached">0 to 100.</param>
    public void WasReported(string stage, string item, int attempt, double reached)
    {
        if (stages.TryGetValue(stage, out var known))
            known.WasReported(item, attempt, reached);
    }

    /// <summary>Seconds until the job is likely to be done; null if there is nothing to go by.</summary>
    /// <param name="paces">Working seconds per second of media, by stage (<see cref="JobQueries.PacesAsync" />).</param>
    public double? Remaining(IReadOnlyDictionary<string, double> paces) =>
        End is JobCompleted ? 0
        : End is null && mediaSeconds is > 0 and { } seconds
            ? Estimate.Remaining(
                Stages.Select(stage => new OpenStage(
                    stage.Name,
                    stage.Needs,
                    stage.IsDone ? 0 : 1 - stage.Percent / 100
                )),
                seconds,
                paces
            )
        : null;

    /// <summary>Stages that fan out over one that yielded nothing.</summary>
    private void SettleWhatHasNothingToDo()
    {
        foreach (var stage in Stages)
        {
            if (stage is { ForEach: { } source, Items: 0 } && stages[source].IsDone)
                stage.NothingToDo();
        }
    }
}

/// <summary>How far one stage is.</summary>
public sealed class StageProgress
{
    private readonly Dictionary<string, double> percents = new(StringComparer.Ordinal);
    private readonly HashSet<string> settled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> attempts = new(StringComparer.Ordinal);

    /// <summary>The last attempts of before it was run again.</summary>
    private readonly Dictionary<string, int> before = new(StringComparer.Ordinal);
    private bool hasNothingToDo;
    private double percent;

    internal StageProgress(PipelineStage stage) => (Name, Needs, ForEach) = (stage.Name, stage.Needs, stage.ForEach);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The stages that have to be settled before.</summary>
    public IReadOnlyList<string> Needs { get; }

    /// <summary>The stage whose items it works on; null if it works on the video.</summary>
    public string? ForEach { get; }

    /// <summary>How many items are known.</summary>
    public int Items => percents.Count;

    /// <summary>How many items need no more work.</summary>
    public int ItemsSettled => settled.Count;

    /// <summary>Whether the job goes on without it, or without a part of it.</summary>
    public bool IsSkipped { get; private set; }

    /// <summary>Whether nothing more will happen to it by itself.</summary>
    public bool IsDone => hasNothingToDo || (Items > 0 && ItemsSettled == Items);

    /// <summary>Whether it was requested.</summary>
    public bool IsStarted => attempts.Count > 0;

    /// <summary>Whether the last thing heard of it was a failed attempt.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>What happens now, or why the stage waits; a few words.</summary>
    public string Activity { get; private set; } = "";

    /// <summary>0 to 100.</summary>
    public double Percent =>
        percent = Math.Max(
            percent,
            hasNothingToDo ? 100
                : Items == 0 ? 0
                : percents.Values.Sum() / Items
        );

    internal void Expect(IEnumerable<string> items)
    {
        foreach (var item in items)
            percents.TryAdd(item, 0);
    }

    /// <summary>It is run again from the beginning.</summary>
    /// <param name="keepItems">Whether it works on the same items again; otherwise they are not known yet.</param>
    internal void Restart(bool keepItems)
    {
        string[] items = keepItems ? [.. percents.Keys] : [];
        foreach (var (item, attempt) in attempts)
            before[item] = attempt;
        percents.Clear();
        settled.Clear();
        attempts.Clear();
        Expect(items);
        (hasNothingToDo, IsSkipped, IsWaiting, Activity, percent) = (false, false, false, "", 0);
    }

    internal void Requested(string item, int attempt)
    {
        percents.TryAdd(item, 0);
        attempts[item] = attempt;
        settled.Remove(item);
        IsWaiting = false;
        Activity = attempt == 1 ? "queued" : $"queued, attempt {attempt}";
    }

    internal bool Running(string item, int attempt, double reported, string activity)
    {
        if (!attempts.TryGetValue(item, out var current) || current > attempt || settled.Contains(item))
            return false;
        WasReported(item, attempt, reported);
        Activity = activity;
        return true;
    }

    internal void WasReported(string item, int attempt, double reached)
    {
        if (attempts.ContainsKey(item) && attempt > before.GetValueOrDefault(item))
            percents[item] = Math.Max(percents[item], Math.Clamp(reached, 0, 99.9));
    }

    internal void Settled(string item)
    {
        percents[item] = 100;
        settled.Add(item);
        if (IsDone)
            Activity = "";
    }

    internal void Skipped(string item)
    {
        Settled(item);
        IsSkipped = true;
    }

    internal void NothingToDo() => (hasNothingToDo, IsSkipped) = (true, true);

    internal void Failed(string item, string reason)
    {
        IsWaiting = true;
        Activity = Items > 1 ? $"{item}: {reason}" : reason;
    }
}
