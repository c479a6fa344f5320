using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.Objects;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Transcripts;
using EventPipeline.Projections.Videos;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventPipeline.Projections;

/// <summary>Where the read models lie.</summary>
/// <param name="Schema">Lower-case letters, digits and underscores.</param>
public sealed record ReadModelOptions(string Schema = "read");

/// <summary>The read models: kept up to date by following the log, rebuilt from it at will.</summary>
public sealed class ReadModels(
    NpgsqlDataSource dataSource,
    EventLog log,
    IObjectStore objects,
    ReadModelOptions options,
    TimeProvider time,
    ILoggerFactory? loggers = null
)
{
    private static readonly string Rerun = EventTypes.NameOf(typeof(StageRerun));

    private readonly Checkpoints checkpoints = new(log, time);
    private readonly Rows rows = new(dataSource, options.Schema);

    /// <summary>Questions about jobs.</summary>
    public JobQueries Jobs => new(rows);

    /// <summary>Questions about videos.</summary>
    public VideoQueries Videos => new(rows);

    /// <summary>Questions about what was said.</summary>
    public TranscriptQueries Transcripts => new(rows);

    /// <summary>Questions about what jobs found.</summary>
    public FindingQueries Findings => new(rows);

    /// <summary>Jobs and videos as they were.</summary>
    public JobHistory History { get; } = new(log, objects);

    internal string Schema => options.Schema;

    /// <summary>The follower's name.</summary>
    internal string FollowerName => $"{options.Schema}-models";

    /// <summary>Creates what is missing; safe to call at every start, from many processes at once.</summary>
    public async Task EnsureSchemaAsync(CancellationToken cancellation)
    {
        await log.EnsureSchemaAsync(cancellation);
        await CreateTablesAsync(options.Schema, cancellation);
    }

    /// <summary>Read your writes: waits until the read models have everything up to a position.</summary>
    /// <returns>False if they have not within <paramref name="atMost"/>.</returns>
    public Task<bool> WaitForAsync(Position position, TimeSpan atMost, CancellationToken cancellation) =>
        checkpoints.WaitForAsync(FollowerName, position, atMost, cancellation);

    /// <summary>What keeps them up to date. Run it where something runs all the time; <see cref="ProjectionService"/> does.</summary>
    public Follower CreateFollower() => CreateFollower(FollowerName, options.Schema);

    /// <summary>Builds everything anew from the log, beside the tables that are in use, and then swaps them in one transaction. Followers
    /// and readers go on meanwhile.</summary>
    /// <returns>How many events were projected.</returns>
    public Task<long> RebuildAsync(CancellationToken cancellation) =>
        new Rebuild(dataSource, log, checkpoints, this).RunAsync(cancellation);

    internal Follower CreateFollower(string name, string schema, int pageSize = 1000)
    {
        var projections = Configuration.CreateAll();
        var reader = new EventReader();
        var facts = new StoredFacts(objects);
        var ofFollower = new Rows(dataSource, schema);
        return new Follower(
            log,
            new FollowerOptions(name, pageSize)
            {
                Starting = (_, _) =>
                {
                    foreach (var projection in projections)
                        projection.Forget();
                    return Task.CompletedTask;
                },
            },
            async (page, cancellation) =>
            {
                var events = new List<ProjectedEvent>(page.Count);
                foreach (var stored in await WithHistoriesAsync(page, cancellation))
                {
                    if (reader.Read(stored) is { } @event)
                        events.Add(await facts.ResolveAsync(@event, cancellation));
                }
                var writes = new List<NpgsqlBatchCommand>();
                foreach (var projection in projections)
                    writes.AddRange(await projection.ProjectAsync(events, ofFollower, cancellation));
                return writes;
            },
            time,
            loggers?.CreateLogger<Follower>()
        );
    }

    /// <summary>A page, and before it all that happened earlier to the jobs of which it says that a stage is run again: what they found follows
    /// from that.</summary>
    private async Task<IEnumerable<StoredEvent>> WithHistoriesAsync(
        IReadOnlyList<StoredEvent> page,
        CancellationToken cancellation
    )
    {
        var rerun = page.Where(stored => stored.Type == Rerun).Select(stored => stored.StreamId).ToHashSet();
        if (rerun.Count == 0)
            return page;
        var streams = await log.LoadAsync(rerun, cancellation);
        return streams
            .Values.SelectMany(stream => stream.TakeWhile(stored => stored.Position < page[0].Position))
            .Concat(page);
    }

    internal async Task CreateTablesAsync(string schema, CancellationToken cancellation)
    {
        string[] statements =
        [
            $"select pg_advisory_xact_lock(hashtextextended('read-models:{schema}', 0))",
            $"create schema if not exists {schema}",
            .. Configuration.CreateAll().Select(projection => projection.Definition(schema)),
        ];
        await using var command = dataSource.CreateCommand(string.Join(";\n", statements));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
