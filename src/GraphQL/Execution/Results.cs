namespace EventPipeline.GraphQL.Execution;

// What execution makes of values: null, what a leaf type makes of a value, a list, an object, or a null with its reason. Nothing is
// written before all is known, because an error far below can still turn any of it into null.

/// <summary>A null that has an error, or takes the place of something that contains errors.</summary>
/// <param name="Inside">What would have been there; its errors are reported.</param>
/// <param name="Error">The error of the value itself; null if errors inside are the reason.</param>
/// <param name="Propagates">Whether what contains it has to be null too.</param>
internal sealed record NullResult(ListResult? Inside, GraphQLError? Error, bool Propagates);

/// <summary>Values in their order, some of which may still be on their way.</summary>
internal class ListResult(int capacity)
{
    private readonly List<object?> values = new(capacity);
    private List<(int Index, Task<object?> Value)>? pending;

    public IReadOnlyList<object?> Values => values;

    /// <summary>Whether a value that may not be null is null. No more need to be added then.</summary>
    public bool IsNulled { get; private set; }

    /// <summary>Whether nothing is still on its way.</summary>
    public bool IsComplete => pending is null;

    public void Add(ValueTask<object?> value)
    {
        if (value.IsCompletedSuccessfully)
        {
            var known = value.Result;
            values.Add(known);
            IsNulled |= known is NullResult { Propagates: true };
            return;
        }
        (pending ??= []).Add((values.Count, value.AsTask()));
        values.Add(null);
    }

    /// <summary>Waits for all values, also if one fails: nothing may go on after the response.</summary>
    public async ValueTask CompleteAsync()
    {
        if (pending is null)
            return;
        await Task.WhenAll(pending.Select(one => one.Value));
        foreach (var (index, value) in pending)
        {
            values[index] = await value;
            IsNulled |= values[index] is NullResult { Propagates: true };
        }
        pending = null;
    }
}

/// <summary>The values of an object's fields.</summary>
internal sealed class ObjectResult(FieldSet fields) : ListResult(fields.Groups.Length)
{
    public FieldSet Fields { get; } = fields;
}
