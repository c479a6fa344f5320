using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using EventPipeline.Api.Access;
using EventPipeline.Api.Live;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;
using EventPipeline.GraphQL.Execution;
using EventPipeline.Projections;

namespace EventPipeline.Api.Jobs;

/// <summary>Something that happened to a job, as it happens.</summary>
[GraphQLName("JobEvent")]
public sealed class JobNewsItem
{
    private readonly LoggedEvent logged;

    internal JobNewsItem(StoredEvent stored) => logged = new LoggedEvent(stored);

    /// <summary>Where it stands in the log: given as `after`, the subscription goes on behind it.</summary>
    public Position Position => logged.Stored.Position;

    /// <summary>The job.</summary>
    [ID<Job>]
    public Guid JobId => logged.Stored.StreamId;

    /// <summary>Its number among the events of the job, from 1.</summary>
    public long Version => logged.Stored.Version;

    /// <summary>When it happened.</summary>
    public DateTimeOffset At => logged.Stored.Timestamp;

    /// <summary>What kind of event it is, such as `stage_failed`.</summary>
    public string Type => logged.Type;

    /// <summary>Who or what did it.</summary>
    public string Actor => logged.Actor;

    /// <summary>What happened, as a sentence.</summary>
    public string Sentence => logged.Sentence;
}

/// <summary>A job of which something changed that lists show.</summary>
/// <param name="Position">Of the last change in it: given as `after`, the subscription goes on behind it.</param>
public sealed record JobChange(Position Position, [property: GraphQLIgnore] Guid Id);

/// <summary>The job of an event.</summary>
[ExtendObjectType<JobNewsItem>]
public static class JobNewsFields
{
    /// <summary>The job as it was with this event.</summary>
    public static Task<Job> GetJobAsync(
        [Parent] JobNewsItem item,
        ReadModels readModels,
        CancellationToken cancellation
    ) => JobNews.AsOfAsync(item.JobId, item.Position, readModels, cancellation);
}

/// <summary>The job of a change.</summary>
[ExtendObjectType<JobChange>]
public static class JobChangeFields
{
    /// <summary>The job as it was with this change.</summary>
    public static Task<Job> GetJobAsync(
        [Parent] JobChange change,
        ReadModels readModels,
        CancellationToken cancellation
    ) => JobNews.AsOfAsync(change.Id, change.Position, readModels, cancellation);
}

/// <summary>What happens to jobs, from any position on and then as it happens: nothing is missed, and nothing comes twice.</summary>
[SubscriptionType]
public static class JobNews
{
    /// <summary>What changes what lists of jobs show: status, progress, reasons.</summary>
    private static readonly FrozenSet<string> Changes = new[]
    {
        typeof(JobStarted),
        typeof(StageSucceeded),
        typeof(StageFailed),
        typeof(StageLost),
        typeof(StageSkipped),
        typeof(StageDeadLettered),
        typeof(StageRedriven),
        typeof(StageRerun),
        typeof(JobCompleted),
        typeof(JobFailed),
        typeof(JobCancelled),
    }
        .Select(EventTypes.NameOf)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What happens to a job, or to all jobs of the caller. It does not end, because a job that has ended may be tried
    /// again.</summary>
    /// <param name="jobId">The job; null for all.</param>
    /// <param name="types">Only events of these types, such as `stage_failed`; null for all.</param>
    /// <param name="after">Only what happened behind this position. Null: all that happened to the job, or, for all jobs, what happens from
    /// now on.</param>
    public static async IAsyncEnumerable<JobNewsItem> JobEventsAsync(
        Caller caller,
        OwnedEvents events,
        [EnumeratorCancellation] CancellationToken cancellation,
        [ID<Job>] Guid? jobId = null,
        IReadOnlyList<string>? types = null,
        Position? after = null
    )
    {
        Check(types);
        var wanted = types?.ToFrozenSet(StringComparer.Ordinal);
        var pages = jobId is { } id
            ? events.OfJobAsync(id, caller, after ?? Position.Start, cancellation)
            : events.OfJobsAsync(caller, OfLog(types), after, cancellation);
        await foreach (var page in pages)
        {
            foreach (var stored in page)
            {
                var item = new JobNewsItem(stored);
                if (wanted?.Contains(item.Type) != false)
                    yield return item;
            }
        }
    }

    /// <summary>The caller's jobs whenever something changes that lists show: a job is started, a stage settles or fails, a job ends.
    /// Several changes of one job that are read together come as one.</summary>
    /// <param name="after">Only changes behind this position; null for those from now on.</param>
    public static async IAsyncEnumerable<JobChange> MyJobsAsync(
        Caller caller,
        OwnedEvents events,
        [EnumeratorCancellation] CancellationToken cancellation,
        Position? after = null
    )
    {
        await foreach (var page in events.OfJobsAsync(caller, Changes, after, cancellation))
        {
            var last = page.GroupBy(stored => stored.StreamId).Select(ofJob => ofJob.Last());
            foreach (var stored in last.OrderBy(stored => stored.Position))
                yield return new JobChange(stored.Position, stored.StreamId);
        }
    }

    internal static async Task<Job> AsOfAsync(
        Guid id,
        Position position,
        ReadModels readModels,
        CancellationToken cancellation
    ) =>
        await readModels.History.FindJobAsync(id, position, null, cancellation) is { } then
            ? new Job(then.Job, then)
            : throw new InvalidOperationException($"Job {id} has events and no beginning.");

    private static void Check(IReadOnlyList<string>? types)
    {
        foreach (var type in types ?? [])
        {
            if (!EventTypes.All.TryGetValue(type, out var known) || !known.IsSubclassOf(typeof(JobEvent)))
                throw new GraphQLException($"No event of a job is called '{type}'; one is called 'stage_failed'.");
        }
    }

    /// <summary>Facts that were too large for the log have a type of their own there.</summary>
    private static FrozenSet<string>? OfLog(IReadOnlyList<string>? types) =>
        types?.Append(LoggedEvent.StoredFact).ToFrozenSet(StringComparer.Ordinal);
}
