using EventPipeline.Contracts;
using EventPipeline.Coordinator.Dispatching;
using EventPipeline.Deciding;
using EventPipeline.Domain.Jobs;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Watching;

/// <summary>Every attempt that has no outcome, and every retry that waits, in memory: a fold of the log that only knows what runs. Written
/// by the relay, touched by signs of life, read by the timers.</summary>
/// <param name="turns">Is told what is handed out and what has begun.</param>
internal sealed class OpenWork(TimeProvider time, Turns turns)
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
                return jobs.Values.Sum(job => job.Works.Values.Count(work => work.DueAt is null));
        }
    }

    /// <summary>Whether a job runs.</summary>
    public bool IsOpen(Guid jobId)
    {
        lock (gate)
            return jobs.ContainsKey(jobId);
    }

    /// <summary>Starts over.</summary>
    public void Reset()
    {
        lock (gate)
        {
            jobs.Clear();
            turns.Reset();
        }
    }

    /// <summary>Takes in a job as its stream tells it. Whatever of it does not wait is taken to be handed out, with a fresh lease.</summary>
    /// <param name="waiting">What waits, of all jobs.</param>
    public void Restore(Guid id, JobAt at, IReadOnlyDictionary<WorkAttempt, WaitingWork> waiting)
    {
        if (at.Job.Status != JobStatus.Running)
            return;
        lock (gate)
        {
            var job = jobs[id] = new OpenJob { Version = at.Version };
            foreach (var stage in at.Job.Stages)
            {
                foreach (var work in stage.Works.Where(it => it.Phase is WorkPhase.Requested or WorkPhase.Backoff))
                {
                    var open = new OpenAttempt(
                        work.Attempt,
                        stage.Definition.LeaseSeconds,
                        work.RetryAt is { } retryAt
                            ? After(retryAt - time.GetUtcNow(), work.LongestWait(stage.Definition))
                            : null,
                        time.GetTimestamp()
                    );
                    job.Works[(stage.Definition.Name, work.Item.Name)] = open;
                    if (work.Phase == WorkPhase.Backoff)
                        continue;
                    var attempt = new WorkAttempt(id, stage.Definition.Name, work.Item.Name, work.Attempt);
                    if (waiting.TryGetValue(attempt, out var waits))
                    {
                        open.Place = Place.Waiting;
                        turns.Wait(waits);
                    }
                    else
                    {
                        open.Place = Place.HandedOut;
                        turns.HandedOut(stage.Definition.Name);
                    }
                }
            }
        }
    }

    /// <summary>Decides whether a requested attempt goes to its stage's topic.</summary>
    public Turn HandOutOrWait(WaitingWork work)
    {
        lock (gate)
        {
            if (Find(work.JobId, work.Stage, work.Item, work.Attempt) is not { DueAt: null } open)
                return Turn.Never;
            // Restored from the rows of what waits. Its row, written again, would stay: it may be handed out at this very moment.
            if (open.Place == Place.Waiting)
                return Turn.Never;
            if (open.Place == Place.Requested)
            {
                open.Place = turns.HandOutOrWait(work) ? Place.HandedOut : Place.Waiting;
                open.Since = time.GetTimestamp();
            }
            return open.Place == Place.Waiting ? Turn.Later : Turn.Now;
        }
    }

    /// <summary>Whether an attempt waits for its turn.</summary>
    public bool Waits(WaitingWork work)
    {
        lock (gate)
            return Find(work.JobId, work.Stage, work.Item, work.Attempt) is { Place: Place.Waiting };
    }

    /// <summary>The turn of an attempt that waited has come.</summary>
    /// <returns>Whether it is still wanted.</returns>
    public bool HandOut(WaitingWork work)
    {
        lock (gate)
        {
            if (Find(work.JobId, work.Stage, work.Item, work.Attempt) is { Place: Place.Waiting, DueAt: null } open)
            {
                open.Place = Place.HandedOut;
                open.Since = time.GetTimestamp();
                return true;
            }
            turns.Withdrawn(work.Stage);
            return false;
        }
    }

    /// <summary>An attempt could not be handed out after all: it waits again.</summary>
    public void TakeBack(WaitingWork work)
    {
        lock (gate)
        {
            turns.Withdrawn(work.Stage);
            if (Find(work.JobId, work.Stage, work.Item, work.Attempt) is { Place: Place.HandedOut } open)
            {
                open.Place = Place.Waiting;
                turns.Wait(work);
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
                {
                    jobs.Remove(jobId);
                    foreach (var ((stage, _), open) in ended.Works)
                        Leave(stage, open, Place.Ended);
                }
                return;
            }
            if (!jobs.TryGetValue(jobId, out var job))
            {
                if (@event is not (JobStarted or StageRedriven or StageRerun))
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
                Renew(open);
                open.LeftQueue = false;
                if (began)
                    Leave(stage, open, Place.Begun);
            }
        }
    }

    /// <summary>What is due now. A retry is told again only after a few seconds, should it still be due then.</summary>
    public IReadOnlyList<DueWork> TakeDue()
    {
        var due = new List<DueWork>();
        var now = time.GetTimestamp();
        lock (gate)
        {
            foreach (var (id, job) in jobs)
            {
                foreach (var ((stage, item), open) in job.Works)
                {
                    var isWatched = open is { DueAt: null, Place: Place.HandedOut or Place.Begun };
                    if (isWatched && time.GetElapsedTime(open.Since).TotalSeconds >= open.LeaseSeconds)
                        due.Add(
                            new SilentAttempt(
                                id,
                                stage,
                                item,
                                open.Attempt,
                                open.Place == Place.Begun,
                                open.Outcomes,
                                open.Mark,
                                open.LeftQueue
                            )
                        );
                    else if (open.DueAt <= now)
                    {
                        due.Add(new DueRetry(id, stage, item, open.Attempt));
                        open.DueAt = After(AskAgain);
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

    /// <summary>An attempt was found silent, but its outcome may be among those that there are: it stays silent, and is due with this mark
    /// until there is a sign of life.</summary>
    public void AwaitOutcomes(SilentAttempt attempt, QueueMark outcomes)
    {
        lock (gate)
        {
            if (Find(attempt.JobId, attempt.Stage, attempt.Item, attempt.Attempt) is { } open)
                open.Outcomes ??= outcomes;
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
                open.LeftQueue = false;
                Renew(open);
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
                Renew(open);
                open.Since -= (long)(rest * time.TimestampFrequency);
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
                    Renew(open);
            }
        }
    }

    private void Renew(OpenAttempt open) => (open.Since, open.Outcomes) = (time.GetTimestamp(), null);

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
            case StageFailed failed:
                if (job.Works.TryGetValue((failed.Stage, failed.Item), out var open))
                {
                    Leave(failed.Stage, open, Place.Begun);
                    open.DueAt = failed.RetryAt is { } retryAt ? After(retryAt - failed.FailedAt) : null;
                }
                if (failed.RetryAt is null)
                    job.Works.Remove((failed.Stage, failed.Item));
                break;
            case StageSucceeded succeeded:
                if (job.Works.Remove((succeeded.Stage, succeeded.Item), out var done))
                    Leave(succeeded.Stage, done, Place.Begun);
                break;
            case StageLost lost:
                if (job.Works.Remove((lost.Stage, lost.Item), out var gone))
                    Leave(lost.Stage, gone, Place.Ended);
                break;
        }
    }

    private long After(TimeSpan wait, TimeSpan? atMost = null)
    {
        var seconds = Math.Clamp(wait.TotalSeconds, 0, (atMost ?? wait).TotalSeconds);
        return time.GetTimestamp() + (long)(seconds * time.TimestampFrequency);
    }

    /// <summary>An attempt is no longer in its stage's topic. Whoever settled it has begun it, seen or not.</summary>
    private void Leave(string stage, OpenAttempt open, Place to)
    {
        if (open.Place == Place.HandedOut)
        {
            if (to == Place.Begun)
                turns.Begun(stage);
            else
                turns.Withdrawn(stage);
        }
        open.Place = to;
    }

    private enum Place
    {
        Requested,
        Waiting,
        HandedOut,
        Begun,
        Ended,
    }

    private sealed class OpenJob
    {
        public long Version { get; set; }

        public Dictionary<(string Stage, string Item), OpenAttempt> Works { get; } = [];
    }

    private sealed class OpenAttempt(int attempt, double leaseSeconds, long? dueAt, long since)
    {
        public int Attempt => attempt;

        public double LeaseSeconds => leaseSeconds;

        /// <summary>Timestamp at which the next attempt is due; null while this one is under way. No time of day: the clock that set
        /// the event's may have been another one, or have been set since.</summary>
        public long? DueAt { get; set; } = dueAt;

        /// <summary>Timestamp of the request or of the last sign of life.</summary>
        public long Since { get; set; } = since;

        public Place Place { get; set; }

        public QueueMark? Outcomes { get; set; }

        public QueueMark? Mark { get; set; }

        public bool LeftQueue { get; set; }
    }
}
