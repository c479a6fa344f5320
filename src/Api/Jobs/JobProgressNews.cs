using System.Runtime.CompilerServices;
using EventPipeline.Api.Access;
using EventPipeline.Api.Live;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Annotations;

namespace EventPipeline.Api.Jobs;

/// <summary>A job to be followed until it ends.</summary>
[SubscriptionType]
public static class JobProgressNews
{
    /// <summary>How far a job is, step by step, until it ends; of one that has ended, all its steps. Events are never missed and come once;
    /// reports of workers come between them.</summary>
    /// <param name="after">Only steps behind this position; null for all.</param>
    public static async IAsyncEnumerable<JobProgress> JobProgressAsync(
        [ID<Job>] Guid jobId,
        Caller caller,
        OwnedEvents events,
        ProgressReports reports,
        Paces paces,
        [EnumeratorCancellation] CancellationToken cancellation,
        Position? after = null
    )
    {
        using var inbox = reports.Listen(jobId);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // The whole stream, because the state follows from all of it.
        await using var pages = events
            .OfJobAsync(jobId, caller, Position.Start, done.Token)
            .GetAsyncEnumerator(done.Token);
        var nextPage = pages.MoveNextAsync().AsTask();
        var nextReport = inbox.Reports.Reader.WaitToReadAsync(done.Token).AsTask();
        ProgressFold? fold = null;
        try
        {
            do
            {
                await Task.WhenAny(nextPage, nextReport);
                if (nextPage.IsCompleted)
                {
                    await nextPage;
                    var isFirst = fold is null;
                    fold ??= new ProgressFold(StartOf(pages.Current));
                    var pace = await paces.OfAsync(fold.Pipeline, cancellation);
                    foreach (var step in Steps(fold, pages.Current, isFirst ? reports.Of(jobId) : [], after, pace))
                        yield return step;
                    nextPage = pages.MoveNextAsync().AsTask();
                }
                else
                {
                    await nextReport;
                    while (inbox.Reports.Reader.TryRead(out var report))
                    {
                        if (fold?.Apply(report, await paces.OfAsync(fold.Pipeline, cancellation)) is { } step)
                            yield return step;
                    }
                    nextReport = inbox.Reports.Reader.WaitToReadAsync(done.Token).AsTask();
                }
            } while (fold?.HasEnded != true);
        }
        finally
        {
            await done.CancelAsync();
            await ((Task)nextPage).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((Task)nextReport).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The steps behind a position. Whoever comes back has heard reports before, so these count from there on.</summary>
    /// <param name="remembered">Reports of before.</param>
    internal static IEnumerable<JobProgress> Steps(
        ProgressFold fold,
        IReadOnlyList<StoredEvent> page,
        IReadOnlyList<Remembered> remembered,
        Position? after,
        IReadOnlyDictionary<string, double> paces
    )
    {
        var comesBack = after is not null;
        foreach (var stored in page)
        {
            if (comesBack && stored.Position > after)
            {
                comesBack = false;
                fold.WereReported(remembered);
            }
            if (fold.Apply(stored, paces) is { } step && !(stored.Position <= after))
                yield return step;
        }
        if (comesBack)
            fold.WereReported(remembered);
        foreach (var (report, _) in remembered)
        {
            if (fold.Apply(report, paces) is { } step)
                yield return step;
        }
    }

    private static JobStarted StartOf(IReadOnlyList<StoredEvent> stream) =>
        EventTypes.Read(stream[0].Type, stream[0].Data.Span) as JobStarted
        ?? throw new InvalidOperationException(
            $"The stream of job {stream[0].StreamId} does not begin with its start."
        );
}
