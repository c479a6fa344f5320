namespace EventPipeline.GraphQL.Execution;

/// <summary>The way from the top of a response to a part of it: fields by the name they have there, items by their number.</summary>
/// <param name="Before">The way to what contains the part; null at the top.</param>
/// <param name="Name">The name of a field; null for an item.</param>
/// <param name="Index">The number of an item.</param>
public sealed record ResponsePath(ResponsePath? Before, string? Name, int Index = 0)
{
    /// <summary>How many parts it has.</summary>
    public int Depth { get; } = 1 + (Before?.Depth ?? 0);

    /// <summary>Names and numbers from the top.</summary>
    public IReadOnlyList<object> Parts
    {
        get
        {
            var parts = new List<object>();
            for (var part = this; part is not null; part = part.Before)
                parts.Add(part.Name is { } name ? name : part.Index);
            parts.Reverse();
            return parts;
        }
    }

    /// <summary>Such as <c>video.clips.0.title</c>.</summary>
    public override string ToString() => string.Join('.', Parts);
}
