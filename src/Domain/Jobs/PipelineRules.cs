using EventPipeline.Contracts;

namespace EventPipeline.Domain.Jobs;

/// <summary>What makes a pipeline one that a job can run.</summary>
public static class PipelineRules
{
    /// <summary>The first rule that a pipeline breaks, as a sentence; null if it is well-formed.</summary>
    public static string? Broken(Pipeline pipeline)
    {
        if (pipeline.Stages.Count == 0)
            return $"Pipeline {pipeline.Name} has no stages.";
        var before = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stage in pipeline.Stages)
        {
            if (string.IsNullOrWhiteSpace(stage.Name))
                return $"A stage of pipeline {pipeline.Name} has no name.";
            if (stage.Needs.FirstOrDefault(need => !before.Contains(need)) is { } missing)
                return $"Stage {stage.Name} needs {missing}, which does not come before it.";
            if (stage.Needs.Distinct(StringComparer.Ordinal).Count() != stage.Needs.Count)
                return $"Stage {stage.Name} needs a stage twice.";
            if (stage.ForEach is { } forEach && !stage.Needs.Contains(forEach, StringComparer.Ordinal))
                return $"Stage {stage.Name} runs for each item of {forEach}, but does not need it.";
            if (stage.MaximumAttempts < 1)
                return $"Stage {stage.Name} must be allowed at least one attempt.";
            if (!(stage.LeaseSeconds > 0) || !(stage.BackoffSeconds >= 0))
                return $"Stage {stage.Name} needs a positive lease and a backoff that is not negative.";
            if (!before.Add(stage.Name))
                return $"Stage {stage.Name} is there twice.";
        }
        return null;
    }
}
