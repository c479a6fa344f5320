using EventPipeline.Api.Access;
using EventPipeline.Api.Reading;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.DataLoaders;
using EventPipeline.GraphQL.Paging;
using EventPipeline.GraphQL.Types;
using EventPipeline.Projections;
using EventPipeline.Projections.Clips;
using EventPipeline.Projections.Jobs;
using EventPipeline.Projections.Projecting;
using EventPipeline.Projections.Videos;

namespace EventPipeline.Api.Jobs;

/// <summary>Which jobs a list has; what is not given does not restrict.</summary>
/// <param name="Status">Any of these.</param>
/// <param name="Pipeline">Jobs of this pipeline.</param>
/// <param name="StartedFrom">Started then or later.</param>
/// <param name="StartedBefore">Started earlier.</param>
/// <param name="Text">Part of the video's file name, whatever its case.</param>
public sealed record JobFilter(
    IReadOnlyList<JobStatus>? Status = null,
    string? Pipeline = null,
    DateTimeOffset? StartedFrom = null,
    DateTimeOffset? StartedBefore = null,
    string? Text = null
);

/// <summary>The order of a list of jobs.</summary>
public enum JobOrder
{
    /// <summary>The job that was started last comes first.</summary>
    NewestFirst,

    /// <summary>The job that was started first comes first.</summary>
    OldestFirst,
}

/// <summary>A moment of the past, by one of its names.</summary>
/// <param name="Position">With everything up to this place in the log.</param>
/// <param name="Time">With everything that had happened by then.</param>
[OneOf]
public sealed record AsOf(Position? Position = null, DateTimeOffset? Time = null);

/// <summary>Questions about jobs.</summary>
[QueryType]
public static class JobQuestions
{
    /// <summary>A job of the caller; null if there is none of that id.</summary>
    /// <param name="asOf">As it was then, with all that it had found by then.</param>
    /// <param name="waitFor">Positions that mutations gave: the answer reflects them.</param>
    public static async Task<Job?> GetJobAsync(
        [ID<Job>] Guid id,
        Caller caller,
        ReadModels readModels,
        IDataLoader<Guid, JobHeader> jobById,
        IDataLoader<Guid, VideoRow> videoOfJob,
        IDataLoader<Guid, JobStages> stagesOfJob,
        IDataLoader<Guid, ClipHeader[]> clipHeadersOfJob,
        IDataLoader<Guid, ClipRow[]> clipsOfJob,
        IFieldContext field,
        CancellationToken cancellation,
        [Cost(100)] AsOf? asOf = null,
        [Cost(10)] IReadOnlyList<Position>? waitFor = null
    )
    {
        if (asOf is not null)
        {
            var then = await readModels.History.FindJobAsync(id, asOf.Position, asOf.Time, cancellation);
            return then is not null && caller.Owns(then.Job.OwnerId) ? new Job(then.Job, then) : null;
        }
        await readModels.ReflectAsync(waitFor, field);
        var selected = field.Selected((ObjectType)field.Field.Type.Named);
        JobFields.AskAhead(id, selected, videoOfJob, stagesOfJob, clipHeadersOfJob, clipsOfJob);
        return await FindAsync(id, caller, jobById);
    }

    /// <summary>The caller's jobs.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="order">What comes first.</param>
    /// <param name="waitFor">Positions that mutations gave: the answer reflects them.</param>
    [Cost(10)]
    public static async Task<Connection<Job>> GetJobsAsync(
        PagingArguments page,
        Caller caller,
        ReadModels readModels,
        IRequestContext context,
        CancellationToken cancellation,
        JobFilter? filter = null,
        JobOrder order = JobOrder.NewestFirst,
        [Cost(10)] IReadOnlyList<Position>? waitFor = null
    )
    {
        await readModels.ReflectAsync(waitFor, context);
        var search = new JobSearch(
            caller.OwnerId,
            filter?.Pipeline,
            filter?.Status,
            filter?.StartedFrom,
            filter?.StartedBefore,
            filter?.Text
        );
        return await page.ReadAsync<Job, TimeKey>(
            $"jobs {order}",
            job => new TimeKey(job.StartedAt, job.Id),
            async keyset =>
            {
                var rows = await readModels.Jobs.PageAsync(
                    search,
                    order == JobOrder.NewestFirst,
                    keyset.Range(),
                    cancellation
                );
                return [.. rows.Select(row => new Job(row))];
            }
        );
    }

    /// <summary>Finds a job by its key.</summary>
    [NodeResolver]
    public static async Task<Job?> FindAsync(Guid id, Caller caller, IDataLoader<Guid, JobHeader> jobById) =>
        await jobById.LoadAsync(id) is { } row && caller.Owns(row.OwnerId) ? new Job(row) : null;

    /// <summary>One query for all jobs that are asked for.</summary>
    [DataLoader]
    public static Task<IReadOnlyDictionary<Guid, JobHeader>> GetJobByIdAsync(
        IReadOnlyList<Guid> ids,
        JobQueries jobs,
        CancellationToken cancellation
    ) => jobs.FindAllAsync(ids, cancellation);
}
