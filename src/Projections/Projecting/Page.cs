using System.Globalization;
using EventPipeline.Projections.Projecting;

namespace EventPipeline.Projections;

/// <summary>A page of a list that is read by keyset: a page stays right while rows are added.</summary>
/// <param name="Next">Cursor of the page after this one; null at the end.</param>
public sealed record Page<TRow>(IReadOnlyList<TRow> Rows, string? Next)
{
    private const int Most = 1000;

    /// <summary>Newest first, by a time and the id.</summary>
    /// <param name="equal">Columns that must have a value; a null does not restrict.</param>
    internal static async Task<Page<TRow>> ReadAsync(
        Rows rows,
        string table,
        string time,
        IReadOnlyList<(string Column, object? Value)> equal,
        Func<TRow, (DateTimeOffset Time, Guid Id)> keyOf,
        int first,
        string? after,
        CancellationToken cancellation
    )
    {
        if (first is < 1 or > Most)
            throw new ArgumentOutOfRangeException(nameof(first), first, $"Ask for 1 to {Most} rows.");
        List<object> parameters = [];
        List<string> conditions = [];
        foreach (var (column, value) in equal)
        {
            if (value is null)
                continue;
            parameters.Add(value);
            conditions.Add($"{column} = ${parameters.Count}");
        }
        if (after is not null)
        {
            var (moment, id) = Parse(after);
            parameters.AddRange([moment, id]);
            conditions.Add($"({time}, id) < (${parameters.Count - 1}, ${parameters.Count})");
        }
        var where = conditions.Count == 0 ? "" : $" where {string.Join(" and ", conditions)}";
        var found = await rows.ListAsync<TRow>(
            $"{table}{where} order by {time} desc, id desc limit {first + 1}",
            cancellation,
            [.. parameters]
        );
        if (found.Count <= first)
            return new Page<TRow>(found, null);
        found.RemoveAt(first);
        var (lastTime, lastId) = keyOf(found[^1]);
        return new Page<TRow>(found, string.Create(CultureInfo.InvariantCulture, $"{lastTime.UtcTicks}/{lastId:N}"));
    }

    private static (DateTimeOffset Time, Guid Id) Parse(string cursor) =>
        cursor.Split('/') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && time <= DateTimeOffset.MaxValue.Ticks
        && Guid.TryParseExact(id, "N", out var key)
            ? (new DateTimeOffset(time, TimeSpan.Zero), key)
            : throw new FormatException($"'{cursor}' is no cursor of this list.");
}
