using EventPipeline.GraphQL.Execution;
using EventPipeline.GraphQL.Types;

namespace EventPipeline.GraphQL.Paging;

/// <summary>Which page of a list a client asks for: the first items after a cursor, or the last ones before one.</summary>
/// <param name="First">How many from the beginning on; null if it is the last ones.</param>
/// <param name="After">The cursor after which the page begins; null for the beginning of the list.</param>
/// <param name="Last">How many up to the end; null if it is the first ones.</param>
/// <param name="Before">The cursor before which the page ends; null for the end of the list.</param>
/// <param name="Cursors">Reads and writes cursors.</param>
public sealed record PagingArguments(int? First, string? After, int? Last, string? Before, Cursors Cursors)
{
    /// <summary>Reads a page by keyset: it stays right while items are added, and costs the same however far it is.</summary>
    /// <param name="list">The list with its order, to which cursors are bound.</param>
    /// <param name="keyOf">What the list is ordered by; unique in it. It is written into cursors as JSON.</param>
    /// <param name="read">Reads the items between two keys.</param>
    /// <exception cref="GraphQLException">A cursor is not one of this list.</exception>
    public async Task<Connection<T>> ReadAsync<T, TKey>(
        string list,
        Func<T, TKey> keyOf,
        Func<Keyset<TKey>, Task<IReadOnlyList<T>>> read
    )
        where T : notnull
        where TKey : class
    {
        var isBackward = Last is not null;
        var count = Last ?? First!.Value;
        var (after, before) = (Key<TKey>(list, After, "after"), Key<TKey>(list, Before, "before"));
        var found = await read(new Keyset<TKey>(after, before, isBackward, count + 1));
        var hasMore = found.Count > count;
        var items = found.Take(count);
        Edge<T>[] edges = [.. (isBackward ? items.Reverse() : items).Select(item => new Edge<T>(item, CursorOf))];
        return new Connection<T>(
            edges,
            new PageInfo(
                isBackward ? before is not null : hasMore,
                isBackward ? hasMore : after is not null,
                edges.Length == 0 ? null : () => edges[0].Cursor,
                edges.Length == 0 ? null : () => edges[^1].Cursor
            )
        );

        string CursorOf(T item) => Cursors.Write(list, keyOf(item));
    }

    /// <summary>The page that a field is asked for.</summary>
    internal static PagingArguments Of(IFieldContext context, Cursors cursors, int ifNotSaid, int most)
    {
        var (first, last) = ((int?)context.Argument("first"), (int?)context.Argument("last"));
        if (first is not null && last is not null)
            throw Invalid("Ask for the first or for the last items, not for both.", "INVALID_PAGE");
        if ((first ?? last) is < 0 || (first ?? last) > most)
            throw Invalid(
                $"Ask for at most {most} items of {context.Field} at once, not for {first ?? last}.",
                "INVALID_PAGE"
            );
        return new PagingArguments(
            last is null ? first ?? ifNotSaid : null,
            (string?)context.Argument("after"),
            last,
            (string?)context.Argument("before"),
            cursors
        );
    }

    private TKey? Key<TKey>(string list, string? cursor, string argument)
        where TKey : class
    {
        if (cursor is null)
            return null;
        return Cursors.TryRead<TKey>(list, cursor, out var key)
            ? key
            : throw Invalid(
                $"The cursor that is given as `{argument}` is not one of this list in this order.",
                "INVALID_CURSOR"
            );
    }

    private static GraphQLException Invalid(string message, string code) =>
        new(message) { Extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code } };
}

/// <summary>Which items to read.</summary>
/// <param name="After">Only those after this key in the order of the list; null from its beginning.</param>
/// <param name="Before">Only those before this key; null to its end.</param>
/// <param name="IsBackward">Whether to read from the end: the last item first.</param>
/// <param name="Limit">At most so many: one more than the page has, to know whether there is another page.</param>
public sealed record Keyset<TKey>(TKey? After, TKey? Before, bool IsBackward, int Limit)
    where TKey : class;
