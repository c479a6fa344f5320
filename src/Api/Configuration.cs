using EventPipeline.Api.Access;
using EventPipeline.Api.Live;
using EventPipeline.Api.Reading;
using EventPipeline.Api.Videos;
using EventPipeline.Deciding;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.Http;
using EventPipeline.GraphQL.Limits;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Transcripts;
using EventPipeline.Projections.Videos;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.Api;

/// <summary>The schema of the API.</summary>
public static class Configuration
{
    /// <summary>What resolvers are given by the services of a request.</summary>
    private static readonly HashSet<Type> Services =
    [
        typeof(Caller),
        typeof(ArtifactLinks),
        typeof(Commands),
        typeof(FindFile),
        typeof(LiveLog),
        typeof(OwnedEvents),
        typeof(Paces),
        typeof(ProgressReports),
        typeof(ReadModels),
        typeof(TimeProvider),
        typeof(JobQueries),
        typeof(VideoQueries),
        typeof(TranscriptQueries),
        typeof(FindingQueries),
    ];

    /// <summary>The fields say what they cost, so that cost bounds the work and the shape of an operation is almost free.</summary>
    public static OperationLimits Limits { get; } =
        new()
        {
            MaximumDepth = 32,
            MaximumAliases = 300,
            MaximumRootFields = 50,
            MaximumRepetitions = 100,
            MaximumCost = 100_000,
            MaximumObjects = 100_000,
        };

    /// <summary>Adds the API; <c>MapGraphQL</c> serves it. Needed beside it: the log and its <see cref="Commands"/>, the read models, a
    /// <see cref="TimeProvider"/>, and how the host hands out and finds files (<see cref="ArtifactLinks"/>, <see cref="FindFile"/>). What workers
    /// report goes into <see cref="ProgressReports"/>.</summary>
    /// <param name="cursorKey">Signs cursors: secret, at least 32 bytes, the same on all nodes.</param>
    /// <param name="configure">Changes how it is served.</param>
    public static IServiceCollection AddApi(
        this IServiceCollection services,
        byte[] cursorKey,
        Action<GraphQLServerOptions>? configure = null
    ) =>
        services
            .AddSingleton(Caller.Local)
            .AddSingleton<LiveLog>()
            .AddSingleton<OwnedEvents>()
            .AddSingleton<ProgressReports>()
            .AddSingleton<Paces>()
            .AddGraphQLServer(
                _ => BuildSchema(cursorKey),
                options =>
                {
                    options.Limits = Limits;
                    configure?.Invoke(options);
                }
            );

    /// <summary>Makes the schema; once, at start.</summary>
    /// <param name="cursorKey">Signs cursors: secret, at least 32 bytes, the same on all nodes.</param>
    public static Schema BuildSchema(byte[] cursorKey) =>
        AnnotatedSchema.Build(
            typeof(Configuration).Assembly,
            new AnnotationOptions
            {
                IsService = Services.Contains,
                Cursors = new Cursors(cursorKey),
                Scalars = new Dictionary<Type, ScalarType> { [typeof(Position)] = new PositionScalar() },
                Description = "Videos, the jobs over them, and all that these found.",
            }
        );
}
