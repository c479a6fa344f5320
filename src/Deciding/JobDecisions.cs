using EventPipeline.Contracts;
using EventPipeline.Domain;
using EventPipeline.Domain.Jobs;
using EventPipeline.EventStore;

namespace EventPipeline.Deciding;

/// <summary>A command to a job.</summary>
internal sealed record JobRequest(Guid JobId, JobCommand Command, Origin Origin);

/// <summary>What became of a command.</summary>
/// <param name="Version">Of the job's stream afterwards.</param>
/// <param name="Position">Of the stream's last event afterwards.</param>
internal sealed record JobAnswer(IReadOnlyList<JobEvent> Events, Refusal? Refusal, long Version, Position Position);

/// <summary>Decides commands to jobs: many at once, with one query for the jobs that are not in memory and one round trip for
/// everything that follows. For one thread at a time.</summary>
internal sealed class JobDecisions(EventLog log, TimeProvider time, int cachedJobs = 0)
{
    private readonly RecentlyUsed<JobAt> cache = new(cachedJobs);

    /// <summary>Decides in the order given and appends, all or nothing.</summary>
    /// <param name="notify">Wake followers in other processes.</param>
    public async Task<IReadOnlyList<JobAnswer>> DecideAsync(
        IReadOnlyList<JobRequest> requests,
        CancellationToken cancellation,
        bool notify = false
    )
    {
        var drafts = new Dictionary<Guid, Draft>();
        foreach (var request in requests)
        {
            if (cache.TryGet(request.JobId, out var remembered))
                drafts.TryAdd(request.JobId, new Draft(remembered, isCurrent: false));
        }
        while (true)
        {
            await LoadMissingAsync(requests, drafts, cancellation);
            var decisions = Decide(requests, drafts);
            if (!await AreCurrentAsync(drafts, cancellation))
                continue;
            if (await TryAppendAsync(drafts, notify, cancellation))
                return Answers(requests, decisions, drafts);
        }
    }

    private async Task LoadMissingAsync(
        IReadOnlyList<JobRequest> requests,
        Dictionary<Guid, Draft> drafts,
        CancellationToken cancellation
    )
    {
        var missing = requests.Select(request => request.JobId).Where(id => !drafts.ContainsKey(id)).ToHashSet();
        if (missing.Count == 0)
            return;
        foreach (var (id, stream) in await log.LoadAsync(missing, cancellation))
            drafts[id] = new Draft(EventCodec.Fold(JobAt.Unknown, stream), isCurrent: true);
    }

    private List<Decision<JobEvent>> Decide(IReadOnlyList<JobRequest> requests, Dictionary<Guid, Draft> drafts)
    {
        var now = time.GetUtcNow();
        foreach (var draft in drafts.Values)
            draft.Begin();
        var decisions = new List<Decision<JobEvent>>(requests.Count);
        foreach (var (id, command, origin) in requests)
        {
            var draft = drafts[id];
            var decision = JobDecider.Decide(draft.Job, command, now);
            draft.Add(decision.Events, EventCodec.Write(decision.Events, id, origin, now));
            decisions.Add(decision);
        }
        return decisions;
    }

    /// <summary>A job from memory may be behind its stream. If it appends, the version check tells; if it decides that nothing is to be
    /// done, only the stream can.</summary>
    private async Task<bool> AreCurrentAsync(Dictionary<Guid, Draft> drafts, CancellationToken cancellation)
    {
        var current = true;
        foreach (var (id, draft) in drafts.Where(pair => pair.Value is { IsCurrent: false, NewEvents.Count: 0 }))
        {
            var newer = await log.LoadAsync(id, cancellation, draft.Before.Version);
            draft.CatchUp(newer);
            current &= newer.Count == 0;
        }
        return current;
    }

    private async Task<bool> TryAppendAsync(Dictionary<Guid, Draft> drafts, bool notify, CancellationToken cancellation)
    {
        var appends = drafts
            .Where(pair => pair.Value.NewEvents.Count > 0)
            .Select(pair => new StreamAppend(
                pair.Key,
                EventCodec.JobStream,
                pair.Value.Before.Version,
                pair.Value.NewEvents
            ))
            .ToList();
        if (appends.Count == 0)
            return true;
        try
        {
            foreach (var stored in await log.AppendAsync(appends, cancellation, notify: notify))
                drafts[stored.StreamId].Appended(stored);
            return true;
        }
        catch (ConcurrencyException)
        {
            foreach (var id in drafts.Keys)
                cache.Remove(id);
            drafts.Clear();
            return false;
        }
    }

    private List<JobAnswer> Answers(
        IReadOnlyList<JobRequest> requests,
        List<Decision<JobEvent>> decisions,
        Dictionary<Guid, Draft> drafts
    )
    {
        foreach (var (id, draft) in drafts)
        {
            if (draft.After.Job.Status == JobStatus.Running)
                cache.Set(id, draft.After);
            else
                cache.Remove(id);
        }
        var answers = new List<JobAnswer>(requests.Count);
        foreach (var (request, decision) in requests.Zip(decisions))
        {
            var after = drafts[request.JobId].After;
            answers.Add(new JobAnswer(decision.Events, decision.Refusal, after.Version, after.Position));
        }
        return answers;
    }

    /// <summary>A job while it is decided on.</summary>
    private sealed class Draft(JobAt before, bool isCurrent)
    {
        private Position position = before.Position;

        public JobAt Before { get; private set; } = before;

        public bool IsCurrent { get; private set; } = isCurrent;

        public Job Job { get; private set; } = before.Job;

        public List<NewEvent> NewEvents { get; } = [];

        public JobAt After => new(Job, Before.Version + NewEvents.Count, position);

        public void Begin()
        {
            NewEvents.Clear();
            Job = Before.Job;
        }

        public void Add(IReadOnlyList<JobEvent> events, IEnumerable<NewEvent> written)
        {
            if (events.Count == 0)
                return;
            Job = events.Aggregate(Job, Job.Evolve);
            NewEvents.AddRange(written);
        }

        public void CatchUp(IReadOnlyList<StoredEvent> newer)
        {
            Before = EventCodec.Fold(Before, newer);
            position = Before.Position;
            IsCurrent = true;
        }

        public void Appended(StoredEvent stored) => position = stored.Position;
    }
}
