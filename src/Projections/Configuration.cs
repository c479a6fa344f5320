using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Costs;
using EventPipeline.Projections.Highlights;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Scenes;
using EventPipeline.Projections.Segments;
using EventPipeline.Projections.Silences;
using EventPipeline.Projections.Storyboards;
using EventPipeline.Projections.Timeline;
using EventPipeline.Projections.Transcripts;
using EventPipeline.Projections.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventPipeline.Projections;

/// <summary>All read models on one screen. One follower feeds them all: a page of the log is one transaction, so what one query shows
/// never runs ahead of what another one does.</summary>
public static class Configuration
{
    /// <summary>Everything that follows from the log, as fresh projections with nothing in memory.</summary>
    internal static IReadOnlyList<IProjection> CreateAll() =>
        [
            VideoProjection.Create(),
            JobProjection.Create(),
            TranscriptProjection.Transcripts,
            TranscriptProjection.Segments,
            SilenceProjection.Projection,
            SceneProjection.Projection,
            SegmentProjection.Projection,
            HighlightProjection.Highlights,
            HighlightProjection.Removed,
            ClipProjection.Projection,
            StoryboardProjection.Projection,
            CostProjection.Projection,
            TimelineProjection.Projection,
        ];

    /// <summary>Adds <see cref="ReadModels"/> and the queries. Needs an <see cref="EventStore.EventLog"/>, its
    /// <see cref="Npgsql.NpgsqlDataSource"/> and an <see cref="Objects.IObjectStore"/>.</summary>
    public static IServiceCollection AddReadModels(this IServiceCollection services, ReadModelOptions? options = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options ?? new ReadModelOptions());
        services.TryAddSingleton<ReadModels>();
        services.TryAddSingleton(provider => provider.GetRequiredService<ReadModels>().Jobs);
        services.TryAddSingleton(provider => provider.GetRequiredService<ReadModels>().Videos);
        services.TryAddSingleton(provider => provider.GetRequiredService<ReadModels>().Transcripts);
        services.TryAddSingleton(provider => provider.GetRequiredService<ReadModels>().Findings);
        return services;
    }

    /// <summary>Adds the service that keeps the read models up to date; one process at a time does the work, the others stand by.</summary>
    public static IServiceCollection AddProjections(
        this IServiceCollection services,
        ReadModelOptions? options = null
    ) => services.AddReadModels(options).AddHostedService<ProjectionService>();
}
