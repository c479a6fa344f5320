using EventPipeline.Contracts;

namespace EventPipeline.Host.Processing;

/// <summary>How far a job is, folded from its events (what is certain) and from progress messages (what happens between them).
/// Percentages never fall.</summary>
internal sealed class ProgressBoard
{
    private readonly Dictionary<string, StageProgress> stages;

    public ProgressBoard(Pipeline pipeline)
    {
        Stages = [.. pipeline.Stages.Select(stage => new StageProgress(stage))];
        stages = Stages.ToDictionary(stage => stage.Name, StringComparer.Ordinal);
    }

    /// <summary>In the order of the pipeline.</summary>
    public IReadOnlyList<StageProgress> Stages { get; }

    /// <summary>The event that ended the job; null while it runs.</summary>
    public JobEvent? End { get; private set; }

    /// <summary>Takes in the next event of the job's stream.</summary>
    public void Apply(Event @event)
    {
        switch (@event)
        {
            case StageRequested { Work: var work }:
                End = null;
                stages[work.Stage].Requested(work.Item.Name, work.Attempt);
                break;
            case StageSucceeded succeeded:
                stages[succeeded.Stage].Settled(succeeded.Item);
                foreach (var next in Stages.Where(stage => stage.ForEach == succeeded.Stage))
                    next.Expect(succeeded.Items.Select(item => item.Name));
                break;
            case StageSkipped skipped:
                stages[skipped.Stage].Skipped(skipped.Item);
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
            case JobCompleted or JobFailed or JobCancelled:
                End = (JobEvent)@event;
                break;
        }
    }

    /// <summary>Takes in a progress message of the job.</summary>
    public void Apply(Progress progress)
    {
        if (!progress.IsWaiting && stages.TryGetValue(progress.Stage, out var stage))
            stage.Running(progress.Item, progress.Attempt, progress.Percent, progress.Activity);
    }
}

/// <summary>How far one stage is.</summary>
internal sealed class StageProgress(PipelineStage stage)
{
    private readonly Dictionary<string, double> percents = new(StringComparer.Ordinal);
    private readonly HashSet<string> settled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> attempts = new(StringComparer.Ordinal);
    private double percent;

    public string Name { get; } = stage.Name;
    public string? ForEach { get; } = stage.ForEach;
    public int Items => percents.Count;
    public int ItemsSettled => settled.Count;
    public bool IsSkipped { get; private set; }
    public bool IsDone => Items > 0 && ItemsSettled == Items;
    public bool IsStarted => attempts.Count > 0;

    /// <summary>Whether the last thing heard of it was a failed attempt.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>What happens now, or why the stage waits; a few words.</summary>
    public string Activity { get; private set; } = "";

    /// <summary>0 to 100.</summary>
    public double Percent => percent = Math.Max(percent, Items == 0 ? 0 : percents.Values.Sum() / Items);

    public void Expect(IEnumerable<string> items)
    {
        foreach (var item in items)
            percents.TryAdd(item, 0);
    }

    public void Requested(string item, int attempt)
    {
        percents.TryAdd(item, 0);
        attempts[item] = attempt;
        settled.Remove(item);
        IsWaiting = false;
        Activity = attempt == 1 ? "queued" : $"queued, attempt {attempt}";
    }

    public void Running(string item, int attempt, double reported, string activity)
    {
        if (settled.Contains(item) || attempts.GetValueOrDefault(item) > attempt)
            return;
        percents[item] = Math.Max(percents.GetValueOrDefault(item), Math.Clamp(reported, 0, 99.9));
        Activity = activity;
    }

    public void Settled(string item)
    {
        percents[item] = 100;
        settled.Add(item);
        if (IsDone)
            Activity = "";
    }

    public void Skipped(string item)
    {
        Settled(item);
        IsSkipped = true;
    }

    public void Failed(string item, string reason)
    {
        IsWaiting = true;
        Activity = Items > 1 ? $"{item}: {reason}" : reason;
    }
}
