using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EventPipeline.Api.Access;
using EventPipeline.Contracts;
using EventPipeline.EventStore;
using EventPipeline.GraphQL.Execution;

namespace EventPipeline.Api.Live;

/// <summary>Events as they happen, for whoever owns them. Whose a stream is says its first event, and never changes.</summary>
public sealed class OwnedEvents(LiveLog log)
{
    private const int MostKnown = 50_000;

    private readonly ConcurrentDictionary<Guid, Owner> known = new();

    /// <summary>The events of one job of the caller, from a position on.</summary>
    /// <exception cref="GraphQLException">The caller has no such job.</exception>
    internal IAsyncEnumerable<IReadOnlyList<StoredEvent>> OfJobAsync(
        Guid id,
        Caller caller,
        Position after,
        CancellationToken cancellation
    ) => OfStreamAsync(id, isJob: true, caller, after, cancellation);

    /// <summary>The events of one video of the caller, from a position on.</summary>
    /// <exception cref="GraphQLException">The caller has no such video.</exception>
    internal IAsyncEnumerable<IReadOnlyList<StoredEvent>> OfVideoAsync(
        Guid id,
        Caller caller,
        Position after,
        CancellationToken cancellation
    ) => OfStreamAsync(id, isJob: false, caller, after, cancellation);

    /// <summary>The events of all jobs of the caller.</summary>
    /// <param name="types">Only events of these types; null for all.</param>
    /// <param name="after">From here on; null from now on.</param>
    internal IAsyncEnumerable<IReadOnlyList<StoredEvent>> OfJobsAsync(
        Caller caller,
        IReadOnlySet<string>? types,
        Position? after,
        CancellationToken cancellation
    ) => OfStreamsAsync(areJobs: true, caller, types, after, cancellation);

    /// <summary>The events of all videos of the caller.</summary>
    /// <param name="after">From here on; null from now on.</param>
    internal IAsyncEnumerable<IReadOnlyList<StoredEvent>> OfVideosAsync(
        Caller caller,
        Position? after,
        CancellationToken cancellation
    ) => OfStreamsAsync(areJobs: false, caller, null, after, cancellation);

    private async IAsyncEnumerable<IReadOnlyList<StoredEvent>> OfStreamAsync(
        Guid id,
        bool isJob,
        Caller caller,
        Position after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var owner = (await FindAsync([id], cancellation)).GetValueOrDefault(id);
        if (owner is null || owner.IsOfJob != isJob || !caller.Owns(owner.Id))
            throw NotFound(isJob);
        await foreach (var page in log.FollowStreamAsync(id, after, cancellation))
            yield return page;
    }

    private async IAsyncEnumerable<IReadOnlyList<StoredEvent>> OfStreamsAsync(
        bool areJobs,
        Caller caller,
        IReadOnlySet<string>? types,
        Position? after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var start = after ?? await log.EndAsync(cancellation);
        await foreach (var page in log.FollowAsync(start, types, cancellation))
        {
            var owners = await FindAsync([.. page.Select(stored => stored.StreamId).Distinct()], cancellation);
            StoredEvent[] own =
            [
                .. page.Where(stored =>
                    owners.GetValueOrDefault(stored.StreamId) is { } owner
                    && owner.IsOfJob == areJobs
                    && caller.Owns(owner.Id)
                ),
            ];
            if (own.Length > 0)
                yield return own;
        }
    }

    private async Task<Dictionary<Guid, Owner>> FindAsync(
        IReadOnlyCollection<Guid> streams,
        CancellationToken cancellation
    )
    {
        var found = new Dictionary<Guid, Owner>(streams.Count);
        var missing = new List<Guid>();
        foreach (var stream in streams)
        {
            if (known.TryGetValue(stream, out var owner))
                found.Add(stream, owner);
            else
                missing.Add(stream);
        }
        if (missing.Count == 0)
            return found;
        if (known.Count > MostKnown)
            known.Clear();
        foreach (var first in await log.LoadFirstAsync(missing, cancellation))
        {
            if (Owner.Of(first) is { } owner)
                found[first.StreamId] = known[first.StreamId] = owner;
        }
        return found;
    }

    private static GraphQLException NotFound(bool isJob) =>
        new(isJob ? "There is no such job." : "There is no such video.")
        {
            Extensions = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["code"] = isJob ? "JOB_NOT_FOUND" : "VIDEO_NOT_FOUND",
            },
        };

    private sealed record Owner(string Id, bool IsOfJob)
    {
        public static Owner? Of(StoredEvent first) =>
            EventTypes.Read(first.Type, first.Data.Span) switch
            {
                JobStarted it => new Owner(it.OwnerId, true),
                VideoRegistered it => new Owner(it.OwnerId, false),
                _ => null,
            };
    }
}
