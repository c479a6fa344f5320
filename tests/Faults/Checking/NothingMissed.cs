using EventPipeline.Contracts;

namespace EventPipeline.Faults.Checking;

/// <summary>Promise 4: no follower ever misses an event; public topics have every event, per stream in order; every requested attempt is on
/// its stage's topic, every dead letter on the stage's dead letter topic. What was published before the broker was wiped went with it.</summary>
internal static class NothingMissed
{
    /// <summary>What the log had by then, a broker that was wiped may have acknowledged before it died, though the relay's checkpoint has not
    /// passed it: of a page it may have had the work and not the news, or the news and not the work.</summary>
    private static readonly TimeSpan DyingBreath = TimeSpan.FromSeconds(1);

    public static IEnumerable<string> Check(Evidence evidence)
    {
        var published = new Dictionary<Guid, List<long>>();
        var onTopics = new HashSet<(string Topic, string Id)>();
        foreach (var message in evidence.Messages)
        {
            if (TryRead(message) is not { } @event)
                continue;
            onTopics.Add((message.Topic, @event.Id));
            if (@event.StreamVersion is { } version && Guid.TryParse(@event.Subject, out var stream))
                (published.TryGetValue(stream, out var versions) ? versions : published[stream] = []).Add(version);
        }
        var topics = new Topics();
        var ended = evidence
            .Log.Where(entry => entry.Data is JobCompleted or JobFailed or JobCancelled)
            .Select(entry => entry.StreamId)
            .ToHashSet();
        var begun = evidence
            .Log.Select(entry => (entry.StreamId, Attempt: Concerns(entry.Data)))
            .Where(it => it.Attempt is not null)
            .ToHashSet();
        var killed = evidence
            .Faults.Where(it => it.Fault.Kind == Schedule.FaultKind.BrokerWiped)
            .Select(it => it.From + DyingBreath)
            .DefaultIfEmpty()
            .Max();
        var mayBeGone = evidence
            .Log.Where(entry => entry.Position <= evidence.WipedUpTo || entry.SeenAt <= killed)
            .Select(entry => (entry.StreamId, entry.Version))
            .ToHashSet();
        foreach (var entry in evidence.Log.Where(entry => !mayBeGone.Contains((entry.StreamId, entry.Version))))
        {
            var topic = entry.Data is VideoEvent ? topics.VideoEvents : topics.JobEvents;
            if (!onTopics.Contains((topic, entry.EventId.ToString())))
                yield return $"{Name(entry)} is not on {topic}";
            if (
                entry.Data is StageRequested { Work: var work }
                && IsWanted(entry.StreamId, work)
                && !onTopics.Contains((topics.Stage(work.Stage), entry.EventId.ToString()))
            )
                yield return $"{Name(entry)}: attempt {work.Attempt} of {work.Stage}/{work.Item.Name} is not on its stage's topic";
        }
        foreach (var (stream, versions) in published)
            if (OutOfOrder(versions, version => mayBeGone.Contains((stream, version))) is { } version)
                yield return $"stream {stream}: version {version} was published after a later one and not before";

        // What still waited for its turn when its job ended is not wanted any more.
        bool IsWanted(Guid job, WorkItem work) =>
            !ended.Contains(job) || begun.Contains((job, (work.Stage, work.Item.Name, work.Attempt)));
    }

    /// <summary>How many of the seed's events are on the public topics.</summary>
    public static int Published(Evidence evidence)
    {
        var ids = evidence
            .Messages.Where(message => message.Topic.StartsWith("events.", StringComparison.Ordinal))
            .Select(TryRead)
            .Select(@event => @event?.Id)
            .ToHashSet();
        return evidence.Log.Count(entry => ids.Contains(entry.EventId.ToString()));
    }

    /// <summary>The attempt that an event tells the end of.</summary>
    private static (string Stage, string Item, int Attempt)? Concerns(Event? @event) =>
        @event switch
        {
            StageSucceeded it => (it.Stage, it.Item, it.Attempt),
            StageFailed it => (it.Stage, it.Item, it.Attempt),
            StageLost it => (it.Stage, it.Item, it.Attempt),
            _ => null,
        };

    /// <summary>Events may come again, in their order, but never for the first time after a later one. What was published before and went with
    /// a wiped broker comes again too.</summary>
    private static long? OutOfOrder(List<long> versions, Func<long, bool> mayBeGone)
    {
        var seen = new HashSet<long>();
        var highest = 0L;
        foreach (var version in versions)
        {
            if (seen.Add(version) && version < highest && !mayBeGone(version))
                return version;
            highest = Math.Max(highest, version);
        }
        return null;
    }

    private static CloudEvent? TryRead(TopicMessage message)
    {
        try
        {
            return CloudEvent.Read(message.Value);
        }
        catch (System.Text.Json.JsonException)
        {
            return null; // garbage of the harness
        }
    }

    private static string Name(LogEntry entry) =>
        $"event {entry.Position} ({entry.Data?.GetType().Name}, stream {entry.StreamId}, version {entry.Version})";
}
