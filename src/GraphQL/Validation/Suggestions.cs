namespace EventPipeline.GraphQL.Validation;

/// <summary>Guesses what somebody meant who mistyped a name.</summary>
internal static class Suggestions
{
    private const int Most = 5;

    /// <summary>A question that names the known names that are like a given one; empty if none is.</summary>
    public static string DidYouMean(string given, IEnumerable<string> known) => DidYouMean("", Like(given, known));

    /// <summary>A question that names some names; empty if there are none.</summary>
    public static string DidYouMean(string what, IReadOnlyList<string> names)
    {
        var quoted = names.Take(Most).Select(name => $"\"{name}\"").ToArray();
        return quoted switch
        {
            [] => "",
            [var one] => $" Did you mean {what}{one}?",
            [var one, var other] => $" Did you mean {what}{one} or {other}?",
            [.. var all, var last] => $" Did you mean {what}{string.Join(", ", all)}, or {last}?",
        };
    }

    /// <summary>The names that differ little from a given one, the nearest first.</summary>
    public static IReadOnlyList<string> Like(string given, IEnumerable<string> known)
    {
        var farthest = (int)(given.Length * 0.4) + 1;
        return
        [
            .. known
                .Distinct(StringComparer.Ordinal)
                .Select(name => (Name: name, Distance: Distance(given, name, farthest)))
                .Where(one => one.Distance <= farthest)
                .OrderBy(one => one.Distance)
                .ThenBy(one => one.Name, Comparer<string>.Create(CompareNaturally))
                .Select(one => one.Name),
        ];
    }

    /// <summary>Orders names by their characters, and the numbers in them by their value.</summary>
    public static int CompareNaturally(string left, string right)
    {
        var (at, other) = (0, 0);
        while (at < left.Length && other < right.Length)
        {
            if (char.IsAsciiDigit(left[at]) && char.IsAsciiDigit(right[other]))
            {
                var difference = Number(left, ref at).CompareTo(Number(right, ref other));
                if (difference != 0)
                    return difference;
            }
            else if (left[at] != right[other])
            {
                return left[at] < right[other] ? -1 : 1;
            }
            else
            {
                at++;
                other++;
            }
        }
        return left.Length - right.Length;
    }

    private static double Number(string text, ref int at)
    {
        var number = 0.0;
        do number = (number * 10) + (text[at++] - '0');
        while (at < text.Length && char.IsAsciiDigit(text[at]) && number > 0);
        return number;
    }

    /// <summary>How many letters have to be put in, taken out, replaced or swapped with their neighbour; case counts as one.</summary>
    private static int Distance(string given, string name, int farthest)
    {
        if (given == name)
            return 0;
        var (left, right) = (given.ToLowerInvariant(), name.ToLowerInvariant());
        if (left == right)
            return 1;
        if (Math.Abs(left.Length - right.Length) > farthest)
            return int.MaxValue;
        var distances = new int[left.Length + 1, right.Length + 1];
        for (var row = 0; row <= left.Length; row++)
        {
            for (var column = 0; column <= right.Length; column++)
            {
                if (row == 0 || column == 0)
                {
                    distances[row, column] = row + column;
                    continue;
                }
                var cost = left[row - 1] == right[column - 1] ? 0 : 1;
                var distance = Math.Min(
                    Math.Min(distances[row - 1, column] + 1, distances[row, column - 1] + 1),
                    distances[row - 1, column - 1] + cost
                );
                if (row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1])
                    distance = Math.Min(distance, distances[row - 2, column - 2] + 1);
                distances[row, column] = distance;
            }
        }
        return distances[left.Length, right.Length];
    }
}
