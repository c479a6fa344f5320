namespace EventPipeline.GraphQL.Paging;

/// <summary>A page of a list.</summary>
/// <param name="Edges">The items with their cursors.</param>
/// <param name="PageInfo">How to go on.</param>
public sealed record Connection<T>(IReadOnlyList<Edge<T>> Edges, PageInfo PageInfo)
    where T : notnull
{
    /// <summary>The items without their cursors.</summary>
    public IEnumerable<T> Nodes => Edges.Select(edge => edge.Node);
}

/// <summary>An item of a page.</summary>
/// <param name="Node">The item.</param>
/// <param name="Cursor">Its place in the list: given as `after` or `before`, the page begins or ends beside it.</param>
public sealed record Edge<T>(T Node, string Cursor)
    where T : notnull;

/// <summary>How to go on from a page.</summary>
/// <param name="HasNextPage">Whether there are items after it.</param>
/// <param name="HasPreviousPage">Whether there are items before it.</param>
/// <param name="StartCursor">The cursor of its first item; null if it is empty.</param>
/// <param name="EndCursor">The cursor of its last item; null if it is empty.</param>
public sealed record PageInfo(bool HasNextPage, bool HasPreviousPage, string? StartCursor, string? EndCursor);
