using System.Threading.Channels;
using EventPipeline.Contracts;

namespace EventPipeline.Api.Live;

/// <summary>What workers report between events; whoever hosts the API feeds it. A lost report does no harm: the next one says more. The
/// newest of each attempt is remembered for a while, so that who comes back is not told less than before.</summary>
public sealed class ProgressReports
{
    private const int MostRemembered = 5_000;
    private const int MostWaiting = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, List<Inbox>> listening = [];
    private readonly LinkedList<Remembered> byAge = new();
    private readonly Dictionary<(Guid, string, string, int), LinkedListNode<Remembered>> newest = [];

    /// <summary>Takes a report, from any thread; never blocks.</summary>
    public void Take(Progress report)
    {
        lock (gate)
        {
            Remember(report);
            if (listening.TryGetValue(report.JobId, out var inboxes))
            {
                foreach (var inbox in inboxes)
                    inbox.Reports.Writer.TryWrite(report);
            }
        }
    }

    /// <summary>Begins to listen to the reports of a job, until it is disposed.</summary>
    internal Inbox Listen(Guid job)
    {
        var inbox = new Inbox(this, job);
        lock (gate)
        {
            if (listening.TryGetValue(job, out var others))
                others.Add(inbox);
            else
                listening.Add(job, [inbox]);
        }
        return inbox;
    }

    /// <summary>The newest reports of a job's attempts, as far as they are remembered.</summary>
    internal IReadOnlyList<Remembered> Of(Guid job)
    {
        lock (gate)
            return [.. byAge.Where(remembered => remembered.Newest.JobId == job)];
    }

    private void Remember(Progress report)
    {
        var highest = report.Percent;
        if (newest.TryGetValue(KeyOf(report), out var known))
        {
            highest = Math.Max(highest, known.Value.Highest);
            byAge.Remove(known);
        }
        newest[KeyOf(report)] = byAge.AddLast(new Remembered(report, highest));
        if (byAge.Count > MostRemembered)
        {
            var oldest = byAge.First!.Value.Newest;
            byAge.RemoveFirst();
            newest.Remove(KeyOf(oldest));
        }
    }

    private static (Guid, string, string, int) KeyOf(Progress report) =>
        (report.JobId, report.Stage, report.Item, report.Attempt);

    private void Leave(Inbox inbox)
    {
        lock (gate)
        {
            if (listening.TryGetValue(inbox.Job, out var all) && all.Remove(inbox) && all.Count == 0)
                listening.Remove(inbox.Job);
        }
    }

    /// <summary>The reports that one subscriber has not taken yet; of too many, the oldest are dropped.</summary>
    internal sealed class Inbox(ProgressReports owner, Guid job) : IDisposable
    {
        public Guid Job => job;

        public Channel<Progress> Reports { get; } =
            Channel.CreateBounded<Progress>(
                new BoundedChannelOptions(MostWaiting)
                {
                    FullMode = BoundedChannelFullMode.DropOldest,
                    SingleReader = true,
                }
            );

        public void Dispose() => owner.Leave(this);
    }
}

/// <summary>What is remembered of the reports of an attempt.</summary>
/// <param name="Newest">The last one.</param>
/// <param name="Highest">The highest percentage of all.</param>
internal sealed record Remembered(Progress Newest, double Highest);
