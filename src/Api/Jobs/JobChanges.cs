using EventPipeline.Api.Access;
using EventPipeline.Api.Changing;
using EventPipeline.Api.Videos;
using EventPipeline.Contracts;
using EventPipeline.Deciding;
using EventPipeline.Domain;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.Projections;
using EventPipeline.Projections.Jobs;

namespace EventPipeline.Api.Jobs;

/// <summary>What a job is to be.</summary>
/// <param name="VideoId">The video that it runs over.</param>
/// <param name="Pipeline">Which pipeline.</param>
/// <param name="Options">What is wanted of it; null for the usual.</param>
/// <param name="Priority">Whether it goes before others.</param>
/// <param name="IdempotencyKey">A text of the client's own, up to 200 characters. Whoever is not sure that a job was started asks again
/// with the same key and gets the same job.</param>
public sealed record StartJobInput(
    [property: ID<Video>] Guid VideoId,
    string Pipeline = "lecture-highlights",
    JobOptions? Options = null,
    JobPriority Priority = JobPriority.Normal,
    string? IdempotencyKey = null
);

/// <summary>Which job is to be called off.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Reason">Why, as its timeline will say.</param>
public sealed record CancelJobInput([property: ID<Job>] Guid JobId, string Reason = "It is not needed any more.");

/// <summary>Which job is to be tried again.</summary>
/// <param name="JobId">The job.</param>
public sealed record RetryJobInput([property: ID<Job>] Guid JobId);

/// <summary>Which work is to be tried again.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Stage">The stage that failed.</param>
/// <param name="Item">The unit of the stage that failed.</param>
public sealed record RedriveInput([property: ID<Job>] Guid JobId, string Stage, string Item = "video");

/// <summary>Which stage is to be run again.</summary>
/// <param name="JobId">The job; it has to have ended.</param>
/// <param name="Stage">The stage. Those that depend on it are run again too.</param>
/// <param name="Reason">Why, as the job's timeline will say.</param>
public sealed record RerunStageInput([property: ID<Job>] Guid JobId, string Stage, string? Reason = null);

/// <summary>What became of it.</summary>
/// <param name="Job">The job as it is now; null if there is none.</param>
/// <param name="Errors">Why nothing was changed; empty if all is well.</param>
/// <param name="Appended">Where the job's last event stands in the log. Given as `waitFor`, questions reflect it; null after errors.</param>
public sealed record JobPayload(Job? Job, IReadOnlyList<IError> Errors, Position? Appended)
{
    internal static JobPayload Refused(IError error, Job? job = null) => new(job, [error], null);
}

/// <summary>Changes to jobs. Each answers with the job as the log itself tells it, without waiting for the read models.</summary>
[MutationType]
public static class JobChanges
{
    private const int MostCharactersOfKey = 200;

    /// <summary>Starts a job over a video.</summary>
    [Cost(10)]
    public static async Task<JobPayload> StartJobAsync(
        StartJobInput input,
        Caller caller,
        Commands commands,
        ReadModels readModels,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (!Pipelines.All.TryGetValue(input.Pipeline, out var pipeline))
        {
            var known = string.Join(", ", Pipelines.All.Keys);
            return JobPayload.Refused(
                new InvalidInputError($"There is no pipeline '{input.Pipeline}'. There are {known}.", "pipeline")
            );
        }
        if (input.IdempotencyKey is { Length: 0 or > MostCharactersOfKey })
            return JobPayload.Refused(
                new InvalidInputError($"A key has 1 to {MostCharactersOfKey} characters.", "idempotencyKey")
            );
        var id = input.IdempotencyKey is { } key
            ? Identifiers.Job(caller.OwnerId, key)
            : Guid.CreateVersion7(time.GetUtcNow());
        var result = await commands.StartJobAsync(
            id,
            input.VideoId,
            pipeline,
            input.Options ?? new JobOptions(),
            input.Priority,
            caller.Actor,
            cancellation,
            owner: caller.OwnerId
        );
        return result.Refusal is JobExists
            ? JobPayload.Refused(
                new InvalidInputError(
                    "This key has started another job, over another video or with another pipeline.",
                    "idempotencyKey"
                )
            )
            : await AnswerAsync(id, result, readModels, cancellation);
    }

    /// <summary>Calls a job off. What runs is given up, and what it found so far stays.</summary>
    [Cost(10)]
    public static async Task<JobPayload> CancelJobAsync(
        CancelJobInput input,
        Caller caller,
        Commands commands,
        ReadModels readModels,
        CancellationToken cancellation
    ) =>
        await ChangeAsync(
            input.JobId,
            caller,
            readModels,
            () => commands.CancelJobAsync(input.JobId, caller.Actor, input.Reason, cancellation),
            cancellation
        );

    /// <summary>Tries everything again that failed for good.</summary>
    [Cost(50)]
    public static async Task<JobPayload> RetryJobAsync(
        RetryJobInput input,
        Caller caller,
        Commands commands,
        ReadModels readModels,
        CancellationToken cancellation
    )
    {
        if (await FindAsync(input.JobId, caller, readModels, cancellation) is not { } job)
            return JobPayload.Refused(Errors.NoJob);
        var failed =
            from stage in job.Then!.Job.Stages
            from item in stage.Items
            where item.DeadLettered || item.Status == StageStatus.Failed
            select (Stage: stage.Name, Item: item.Name);
        CommandResult? last = null;
        foreach (var (stage, item) in failed)
        {
            var result = await commands.RedriveStageAsync(input.JobId, stage, item, caller.Actor, cancellation);
            if (last is null || result.Refusal is null)
                last = result;
        }
        return last is null
            ? JobPayload.Refused(new NothingToRetryError("Nothing of this job has failed for good."), job)
            : await AnswerAsync(input.JobId, last, readModels, cancellation);
    }

    /// <summary>Tries a unit of a stage again that failed for good.</summary>
    [Cost(10)]
    public static async Task<JobPayload> RedriveAsync(
        RedriveInput input,
        Caller caller,
        Commands commands,
        ReadModels readModels,
        CancellationToken cancellation
    ) =>
        await ChangeAsync(
            input.JobId,
            caller,
            readModels,
            () => commands.RedriveStageAsync(input.JobId, input.Stage, input.Item, caller.Actor, cancellation),
            cancellation
        );

    /// <summary>Runs a stage of a job that has ended again, and all that depend on it. What these had found is at once not the job's result any
    /// more; what they find now takes its place.</summary>
    [Cost(10)]
    public static async Task<JobPayload> RerunStageAsync(
        RerunStageInput input,
        Caller caller,
        Commands commands,
        ReadModels readModels,
        CancellationToken cancellation
    ) =>
        await ChangeAsync(
            input.JobId,
            caller,
            readModels,
            () => commands.RerunStageAsync(input.JobId, input.Stage, caller.Actor, input.Reason, cancellation),
            cancellation
        );

    /// <summary>Only for whom the job belongs to; for others it does not exist.</summary>
    private static async Task<JobPayload> ChangeAsync(
        Guid id,
        Caller caller,
        ReadModels readModels,
        Func<Task<CommandResult>> change,
        CancellationToken cancellation
    ) =>
        await FindAsync(id, caller, readModels, cancellation) is null
            ? JobPayload.Refused(Errors.NoJob)
            : await AnswerAsync(id, await change(), readModels, cancellation);

    private static async Task<Job?> FindAsync(
        Guid id,
        Caller caller,
        ReadModels readModels,
        CancellationToken cancellation
    ) =>
        await readModels.History.FindJobAsync(id, null, null, cancellation) is { } found
        && caller.Owns(found.Job.OwnerId)
            ? new Job(found.Job, found)
            : null;

    private static async Task<JobPayload> AnswerAsync(
        Guid id,
        CommandResult result,
        ReadModels readModels,
        CancellationToken cancellation
    )
    {
        var job = await readModels.History.FindJobAsync(id, null, null, cancellation) is { } found
            ? new Job(found.Job, found)
            : null;
        return result.Refusal is { } refusal
            ? JobPayload.Refused(Errors.Of(refusal), job)
            : new JobPayload(job, [], result.Position);
    }
}
