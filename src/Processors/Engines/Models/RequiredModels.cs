namespace EventPipeline.Processors.Engines.Models;

/// <summary>The models that stages need, brought here before work begins instead of while the first job waits.</summary>
public sealed class RequiredModels(IEnumerable<IStage> stages, ModelStore store)
{
    /// <summary>What stages need, each file once, in the order of the stages.</summary>
    /// <param name="stageNames">Which stages; empty for all.</param>
    public IReadOnlyList<string> Of(IReadOnlyCollection<string> stageNames) =>
        [
            .. stages
                .Where(stage => stageNames.Count == 0 || stageNames.Contains(stage.Name))
                .SelectMany(stage => stage.Models)
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Fetches what is missing. Where nothing is, nobody is asked.</summary>
    /// <returns>The paths by name.</returns>
    /// <exception cref="ModelException">One cannot be had; the message says what to do.</exception>
    public Task<IReadOnlyDictionary<string, string>> EnsureAsync(
        IReadOnlyCollection<string> stageNames,
        Action<ModelFetch> progress,
        CancellationToken cancellation
    ) => store.EnsureAsync(Of(stageNames), cancellation, progress);
}
