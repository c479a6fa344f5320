namespace EventPipeline.Projections.Jobs;

/// <summary>A stage of a job that is under way.</summary>
/// <param name="OpenShare">How much of its work is left: 0 if it is settled, 1 if it has not begun.</param>
internal readonly record struct OpenStage(string Name, IReadOnlyList<string> Needs, double OpenShare)
{
    public static OpenStage Of(JobStage stage) =>
        new(
            stage.Name,
            stage.Needs,
            stage.IsSettled ? 0
                : stage.Items.Count == 0 ? 1
                : (double)stage.Items.Count(item => !item.IsSettled) / stage.Items.Count
        );
}

/// <summary>How long a job will still take, from how long others took.</summary>
internal static class Estimate
{
    /// <summary>Working seconds per second of media, by stage, over some jobs.</summary>
    public static IReadOnlyDictionary<string, double> Paces(IEnumerable<JobRow> jobs) =>
        jobs.Where(job => job.Media is { DurationSeconds: > 0 })
            .SelectMany(job =>
                job.Stages.Where(stage => stage.Status == StageStatus.Succeeded)
                    .Select(stage => (stage.Name, stage.Seconds, Media: job.Media!.DurationSeconds))
            )
            .GroupBy(it => it.Name)
            .ToDictionary(it => it.Key, it => it.Sum(stage => stage.Seconds) / it.Sum(stage => stage.Media));

    /// <summary>Seconds along the longest path of stages that are not settled, as if items of a stage ran one after another; null if no
    /// pace is known for one of them.</summary>
    /// <param name="stages">In the order of the pipeline.</param>
    public static double? Remaining(
        IEnumerable<OpenStage> stages,
        double mediaSeconds,
        IReadOnlyDictionary<string, double> paces
    )
    {
        var ends = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var stage in stages)
        {
            var start = stage.Needs.Select(need => ends.GetValueOrDefault(need)).DefaultIfEmpty(0).Max();
            if (stage.OpenShare == 0)
                ends[stage.Name] = start;
            else if (paces.TryGetValue(stage.Name, out var pace))
                ends[stage.Name] = start + (pace * mediaSeconds * stage.OpenShare);
            else
                return null;
        }
        return ends.Values.DefaultIfEmpty(0).Max();
    }
}
