using EventPipeline.Contracts;
using EventPipeline.Messaging;

namespace EventPipeline.Faults.Checking;

/// <summary>Promise 6: bad input gets a clear error and costs nothing. A rejected video's bytes are gone; what nobody can read lies in the
/// dead letters and stops nobody.</summary>
internal static class BadInput
{
    public static IEnumerable<string> Check(Evidence evidence)
    {
        foreach (var job in evidence.Jobs)
        {
            if (!evidence.Of(job.JobId).Any(entry => entry.Data is JobFailed { Kind: FailureKind.Rejected }))
                continue;
            if (!evidence.Of(job.VideoId).Any(entry => entry.Data is VideoDiscarded { Reason.Length: > 0 }))
                yield return $"job {job.JobId} rejected video {job.VideoId}, which was not discarded";
            foreach (
                var left in evidence.Objects.Where(it =>
                    it.Key.Contains(job.VideoId.ToString(), StringComparison.Ordinal)
                )
            )
                yield return $"job {job.JobId} rejected its video, and {left.Key} was left behind";
        }
        var letters = evidence
            .Messages.Where(message => message.Topic.EndsWith(".dlq", StringComparison.Ordinal))
            .Select(message => (message.Topic, Letter: DeadLetter.Read(message.Value)))
            .Where(it => it.Letter.Reason.Length > 0)
            .Select(it => (it.Topic, Convert.ToBase64String(it.Letter.Value.Span)))
            .ToHashSet();
        // What lay in a broker that was wiped is gone, and a broker without memory may have taken a message for a repetition of one that
        // another producer sent, and not have written it.
        var lying = evidence
            .Messages.Select(message => (message.Topic, Convert.ToBase64String(message.Value.Span)))
            .ToHashSet();
        foreach (var garbage in evidence.Garbage)
        {
            var value = Convert.ToBase64String(garbage.Value.Span);
            if (
                lying.Contains((garbage.Topic, value))
                && !letters.Contains((Topics.DeadLettersOf(garbage.Topic), value))
            )
                yield return $"a message of {garbage.Topic} that nobody can read is not in the dead letters";
        }
        foreach (var (topic, left) in evidence.Backlogs.Where(it => it.Value > 0))
            yield return $"{left} messages of {topic} were never read";
    }
}
