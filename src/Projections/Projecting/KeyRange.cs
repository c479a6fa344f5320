namespace EventPipeline.Projections.Projecting;

/// <summary>A stretch of a list that is read by keyset, so that it stays right while rows are added.</summary>
/// <param name="After">Only rows after this key in the order of the list; null from its beginning.</param>
/// <param name="Before">Only rows before this key; null to its end.</param>
/// <param name="IsBackward">Whether it is read from the end: the last row comes first.</param>
/// <param name="Limit">At most so many rows.</param>
public sealed record KeyRange<TKey>(TKey? After, TKey? Before, bool IsBackward, int Limit)
    where TKey : class;

/// <summary>The place of a video or a job in a list by time.</summary>
public sealed record TimeKey(DateTimeOffset Time, Guid Id);

/// <summary>The place of a row in the list of its job.</summary>
public sealed record NumberKey(long Number);

/// <summary>Conditions of a query and their parameters.</summary>
/// <param name="parameters">Those that are there before.</param>
internal sealed class Conditions(params IEnumerable<object> parameters)
{
    private readonly List<object> values = [.. parameters];
    private readonly List<string> texts = [];

    public object[] Parameters => [.. values];

    /// <summary>All of them; they follow a <c>where</c>.</summary>
    public override string ToString() => texts.Count == 0 ? "true" : string.Join(" and ", texts);

    /// <summary>Adds one whose value is known; null does not restrict.</summary>
    /// <param name="text">Makes the condition of the parameter's name.</param>
    public Conditions Add(object? value, Func<string, string> text)
    {
        if (value is null)
            return this;
        values.Add(value);
        texts.Add(text($"${values.Count}"));
        return this;
    }

    /// <summary>Restricts to a stretch of a list by time.</summary>
    /// <returns>The order and the limit that belong to it.</returns>
    public string Within(KeyRange<TimeKey> range, string time, bool isDescending)
    {
        var (after, before) = isDescending ? ("<", ">") : (">", "<");
        AddKey(range.After, after);
        AddKey(range.Before, before);
        var direction = isDescending != range.IsBackward ? "desc" : "asc";
        return $"order by {time} {direction}, id {direction} limit {range.Limit}";

        void AddKey(TimeKey? key, string comparison)
        {
            if (key is null)
                return;
            values.AddRange([key.Time.ToUniversalTime(), key.Id]);
            texts.Add($"({time}, id) {comparison} (${values.Count - 1}, ${values.Count})");
        }
    }

    /// <summary>Restricts to a stretch of a list by a number that ascends.</summary>
    /// <returns>The order and the limit that belong to it.</returns>
    public string Within(KeyRange<NumberKey> range, string number)
    {
        Add(range.After?.Number, parameter => $"{number} > {parameter}");
        Add(range.Before?.Number, parameter => $"{number} < {parameter}");
        return $"order by {number} {(range.IsBackward ? "desc" : "asc")} limit {range.Limit}";
    }
}
