using EventPipeline.GraphQL.Paging;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Api.Reading;

/// <summary>Pages of GraphQL as stretches of the lists of the read models.</summary>
internal static class Pages
{
    // The database prepares a statement for each limit, on each connection: so there are few. One more than a page has,
    // which tells whether there is another page.
    private static readonly int[] Limits = [2, 6, 11, 21, 51, 101, 1001];

    /// <summary>May give more than was asked for; <see cref="PagingArguments"/> takes what the page has.</summary>
    public static KeyRange<TKey> Range<TKey>(this Keyset<TKey> keyset)
        where TKey : class => new(keyset.After, keyset.Before, keyset.IsBackward, LimitOf(keyset.Limit));

    /// <summary>The least of a few numbers that is at least the one asked for.</summary>
    internal static int LimitOf(int asked) => Limits.FirstOrDefault(limit => limit >= asked, asked);

    /// <summary>Loads the same stretch of the lists of many parents with one query; stretches that differ need one each.</summary>
    public static async Task<ILookup<Stretch<TArguments>, TRow>> LoadAsync<TArguments, TRow>(
        IReadOnlyList<Stretch<TArguments>> stretches,
        Func<IReadOnlyCollection<Guid>, TArguments, Task<ILookup<Guid, TRow>>> load
    )
    {
        var found = new List<(Stretch<TArguments>, TRow)>();
        foreach (var group in stretches.GroupBy(stretch => stretch.Arguments))
        {
            var rows = await load([.. group.Select(stretch => stretch.Parent)], group.Key);
            found.AddRange(group.SelectMany(stretch => rows[stretch.Parent].Select(row => (stretch, row))));
        }
        return found.ToLookup(pair => pair.Item1, pair => pair.Item2);
    }
}

/// <summary>A stretch of the list of one parent.</summary>
public sealed record Stretch<TArguments>(Guid Parent, TArguments Arguments);
