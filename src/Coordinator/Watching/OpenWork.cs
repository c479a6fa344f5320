using EventPipeline.Contracts;
using EventPipeline.Coordinator.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Watching;

/// <summary>An attempt whose time has come.</summary>
internal abstract record DueWork(Guid JobId, string Stage, string Item, int Attempt);

/// <summary>The wait after it failed is over.</summary>
internal sealed record DueRetry(Guid JobId, string Stage, string Item, int Attempt)
    : DueWork(JobId, Stage, Item, Attempt);

/// <summary>It gave no sign of life for a lease.</summary>
/// <param name="WasStarted">It was begun before.</param>
/// <param name="Leases">How many leases the silence lasts.</param>
/// <param name="Mark">Behind its message in the queue of its stage; null if that is not known.</param>
/// <param name="LeftQueue">A moment ago it was seen to be out of the queue.</param>
internal sealed record SilentAttempt(
    Guid JobId,
    string Stage,
    string Item,
    int Attempt,
    bool WasStarted,
    double Leases,
    QueueMark? Mark = null,
    bool LeftQueue = false
) : DueWork(JobId, Stage, Item, Attempt);

/// <summary>Every attempt that has no outcome, and every retry that waits, in memory: a fold of the log that only knows what runs. Written
/// by the relay, touched by signs of life, read by the timers.</summary>
internal sealed class OpenWork(TimeProvider time)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    /// <summary>Whoever takes work says so at once; it only has to come through.</summary>
    private static readonly TimeSpan FirstSign = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, OpenJob> jobs = [];

    /// <summary>Jobs that run.</summary>
    public int Jobs
    {
        get
        {
            lock (gate)
                return jobs.Count;
        }
    }

    /// <summary>Attempts without an outcome.</summary>
    public int Attempts
    {
        get
        {
            lock (gate)
                return jobs.Values.Sum(job => job.Works.Values.Count(work => work.RetryAt is null));
        }
    }

    /// <summary>Starts over with these jobs; every open attempt has a fresh lease.</summary>
    public void Reset(IReadOnlyDictionary<Guid, JobAt> open)
    {
        lock (gate)
        {
            jobs.Clear();
            foreach (var (id, at) in open.Where(pair => pair.Value.Job.Status == JobStatus.Running))
            {
                var job = jobs[id] = new OpenJob { Version = at.Version };
                foreach (var stage in at.Job.Stages)
                {
                    foreach (var work in stage.Works)
                    {
                        if (work.Phase is WorkPhase.Requested or WorkPhase.Backoff)
                            job.Works[(stage.Definition.Name, work.Item.Name)] = new OpenAttempt(
                                work.Attempt,
                                stage.Definition.LeaseSeconds,
                                work.RetryAt,
                                time.GetTimestamp()
                            );
                    }
                }
            }
        }
    }

    /// <summary>Takes in an event; one that is known already changes nothing.</summary>
    public void Apply(Guid jobId, long version, JobEvent @event)
    {
        lock (gate)
        {
            if (@event is JobCompleted or JobFailed or JobCancelled)
            {
                if (jobs.TryGetValue(jobId, out var ended) && ended.Version < version)
                    jobs.Remove(jobId);
                return;
            }
            if (!jobs.TryGetValue(jobId, out var job))
            {
                if (@event is not (JobStarted or StageRedriven))
                    return;
                job = jobs[jobId] = new OpenJob();
            }
            if (job.Version >= version)
                return;
            job.Version = version;
            Apply(job, @event);
        }
    }

    /// <summary>An attempt is alive.</summary>
    /// <param name="began">It runs. Otherwise somebody holds it until there is room, and may die without a trace in the queue.</param>
    public void Touch(Guid jobId, string stage, string item, int attempt, bool began)
    {
        lock (gate)
        {
            if (Find(jobId, stage, item, attempt) is { } open)
            {
                open.Since = time.GetTimestamp();
                open.WasStarted |= began;
                open.LeftQueue = false;
            }
        }
    }

    /// <summary>What is due now. A retry is told again only after a few seconds, should it still be due then.</summary>
    public IReadOnlyList<DueWork> TakeDue()
    {
        var due = new List<DueWork>();
        var now = time.GetUtcNow();
        lock (gate)
        {
            foreach (var (id, job) in jobs)
            {
                foreach (var ((stage, item), open) in job.Works)
                {
                    var silence = time.GetElapsedTime(open.Since);
                    if (open.RetryAt is null && silence.TotalSeconds >= open.LeaseSeconds)
                        due.Add(
                            new SilentAttempt(
                                id,
                                stage,
                                item,
                                open.Attempt,
                                open.WasStarted,
                                silence.TotalSeconds / open.LeaseSeconds,
                                open.Mark,
                                open.LeftQueue
                            )
                        );
                    else if (open.RetryAt <= now)
                    {
                        due.Add(new DueRetry(id, stage, item, open.Attempt));
                        open.RetryAt = now + AskAgain;
                    }
                }
            }
        }
        return due;
    }

    /// <summary>The message of an attempt came to stand in its stage's queue. If it was sent more than once, the last one counts.</summary>
    public void Queued(WorkItem work, QueueMark mark)
    {
        lock (gate)
        {
            if (Find(work.JobId, work.Stage, work.Item.Name, work.Attempt) is { } open)
                open.Mark = mark;
        }
    }

    /// <summary>An attempt was found to be in the queue, so its silence says nothing: it has a fresh lease.</summary>
    /// <param name="mark">Taken for its place if that was not known.</param>
    public void StillQueued(SilentAttempt attempt, QueueMark mark)
    {
        lock (gate)
        {
            if (Find(attempt.JobId, attempt.Stage, attempt.Item, attempt.Attempt) is { } open)
            {
                open.Mark ??= mark;
                (open.Since, open.LeftQueue) = (time.GetTimestamp(), false);
            }
        }
    }

    /// <summary>An attempt was found to be out of the queue, perhaps just now: it is due again after a moment for a first sign of life.</summary>
    public void LeftQueue(SilentAttempt attempt)
    {
        lock (gate)
        {
            if (Find(attempt.JobId, attempt.Stage, attempt.Item, attempt.Attempt) is { } open)
            {
                var rest = Math.Max(0, open.LeaseSeconds - FirstSign.TotalSeconds);
                open.Since = time.GetTimestamp() - (long)(rest * time.TimestampFrequency);
                open.LeftQueue = true;
            }
        }
    }

    /// <summary>Gives attempts a fresh lease.</summary>
    public void Renew(IEnumerable<DueWork> works)
    {
        lock (gate)
        {
            foreach (var work in works)
            {
                if (Find(work.JobId, work.Stage, work.Item, work.Attempt) is { } open)
                    open.Since = time.GetTimestamp();
            }
        }
    }

    private OpenAttempt? Find(Guid jobId, string stage, string item, int attempt) =>
        jobs.TryGetValue(jobId, out var job)
        && job.Works.TryGetValue((stage, item), out var open)
        && open.Attempt == attempt
            ? open
            : null;

    private void Apply(OpenJob job, JobEvent @event)
    {
        switch (@event)
        {
            case StageRequested { Work: var work }:
                job.Works[(work.Stage, work.Item.Name)] = new OpenAttempt(
                    work.Attempt,
                    work.LeaseSeconds,
                    null,
                    time.GetTimestamp()
                );
                break;
            case StageFailed { RetryAt: { } retryAt } failed:
                if (job.Works.TryGetValue((failed.Stage, failed.Item), out var open))
                    open.RetryAt = retryAt;
                break;
            case StageFailed failed:
                job.Works.Remove((failed.Stage, failed.Item));
                break;
            case StageSucceeded succeeded:
                job.Works.Remove((succeeded.Stage, succeeded.Item));
                break;
            case StageLost lost:
                job.Works.Remove((lost.Stage, lost.Item));
                break;
        }
    }

    private sealed class OpenJob
    {
        public long Version { get; set; }

        public Dictionary<(string Stage, string Item), OpenAttempt> Works { get; } = [];
    }

    private sealed class OpenAttempt(int attempt, double leaseSeconds, DateTimeOffset? retryAt, long since)
    {
        public int Attempt => attempt;

        public double LeaseSeconds => leaseSeconds;

        /// <summary>When the next attempt is due; null while this one is under way.</summary>
        public DateTimeOffset? RetryAt { get; set; } = retryAt;

        /// <summary>Timestamp of the request or of the last sign of life.</summary>
        public long Since { get; set; } = since;

        public bool WasStarted { get; set; }

        public QueueMark? Mark { get; set; }

        public bool LeftQueue { get; set; }
    }
}
