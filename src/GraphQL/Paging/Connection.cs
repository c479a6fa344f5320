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
/// <param name="node">The item.</param>
/// <param name="cursorOf">Makes the cursor of an item. It is asked only for cursors that a client selects: each is signed.</param>
public sealed class Edge<T>(T node, Func<T, string> cursorOf)
    where T : notnull
{
    /// <summary>The item.</summary>
    public T Node => node;

    /// <summary>Its place in the list: given as `after` or `before`, the page begins or ends beside it.</summary>
    public string Cursor => cursorOf(node);
}

/// <summary>How to go on from a page.</summary>
/// <param name="hasNextPage">Whether there are items after it.</param>
/// <param name="hasPreviousPage">Whether there are items before it.</param>
/// <param name="startCursor">Makes the cursor of its first item; null if it is empty.</param>
/// <param name="endCursor">Makes the cursor of its last item; null if it is empty.</param>
public sealed class PageInfo(bool hasNextPage, bool hasPreviousPage, Func<string>? startCursor, Func<string>? endCursor)
{
    /// <summary>Whether there are items after it.</summary>
    public bool HasNextPage => hasNextPage;

    /// <summary>Whether there are items before it.</summary>
    public bool HasPreviousPage => hasPreviousPage;

    /// <summary>The cursor of its first item; null if it is empty.</summary>
    public string? StartCursor => startCursor?.Invoke();

    /// <summary>The cursor of its last item; null if it is empty.</summary>
    public string? EndCursor => endCursor?.Invoke();
}
