using System.Collections.Concurrent;
using EventPipeline.Contracts;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Relaying;

/// <summary>Makes the topics that are needed, before something is sent to them.</summary>
internal sealed class RequiredTopics(TopicAdministration administration, CoordinatorOptions options)
{
    private readonly ConcurrentDictionary<string, bool> stages = new(StringComparer.Ordinal);

    /// <summary>Makes what is missing, also what was there before and has gone.</summary>
    public async Task EnsureAllAsync(CancellationToken cancellation)
    {
        var topics = options.Topics;
        foreach (var stage in options.Pipelines.SelectMany(pipeline => pipeline.Stages))
            stages[stage.Name] = true;
        // Everybody reads all of it, so more partitions would only mean more requests.
        await administration.EnsureTopicsAsync([topics.Progress], 1, options.ProgressRetention, cancellation);
        await EnsureAsync([topics.VideoEvents, topics.JobEvents, topics.Results], [.. stages.Keys], cancellation);
        await administration.EnsureTopicsAsync([Topics.DeadLettersOf(topics.Results)], 1, null, cancellation);
    }

    /// <summary>Makes the topics of a stage that was not heard of before.</summary>
    public async Task EnsureAsync(string stage, CancellationToken cancellation)
    {
        if (stages.ContainsKey(stage))
            return;
        await EnsureAsync([], [stage], cancellation);
        stages[stage] = true;
    }

    private async Task EnsureAsync(
        IEnumerable<string> common,
        IReadOnlyCollection<string> of,
        CancellationToken cancellation
    )
    {
        await administration.EnsureTopicsAsync(
            [.. common, .. of.Select(options.Topics.Stage)],
            options.Partitions,
            null,
            cancellation
        );
        await administration.EnsureTopicsAsync(of.Select(options.Topics.DeadLetters), 1, null, cancellation);
    }
}
