using System.Globalization;

namespace EventPipeline.Processors.Engines.Speech.Alignment;

/// <summary>Numbers as they are said in English. Pure.</summary>
internal static class NumberWords
{
    private static readonly string[] Small =
    [
        .. "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".Split(
            ' '
        ),
    ];

    private static readonly string[] Tens = [.. "_ _ twenty thirty forty fifty sixty seventy eighty ninety".Split(' ')];

    private static readonly (long Value, string Name)[] Groups =
    [
        (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1000, "thousand"),
        (100, "hundred"),
    ];

    /// <summary>All ways a run of digits is likely to be said, the likeliest first.</summary>
    /// <param name="digits">Digits only, commas taken out.</param>
    /// <param name="isAmount">It is no year.</param>
    public static IEnumerable<string[]> Readings(string digits, bool isAmount)
    {
        var isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber && !isAmount && digits.Length == 4 && number is (>= 1100 and < 2000) or (>= 2010 and < 2100))
            yield return [.. Year(number)];
        if (isNumber && digits.Length <= 15 && (digits.Length == 1 || digits[0] != '0'))
            yield return [.. Cardinal(number)];
        yield return [.. digits.Select(digit => Small[digit - '0'])];
    }

    /// <summary>123 -> one hundred twenty three.</summary>
    public static IEnumerable<string> Cardinal(long number)
    {
        foreach (var (value, name) in Groups)
            if (number >= value)
                return [.. Cardinal(number / value), name, .. number % value == 0 ? [] : Cardinal(number % value)];
        return number < 20 ? [Small[number]]
            : number % 10 == 0 ? [Tens[number / 10]]
            : [Tens[number / 10], Small[number % 10]];
    }

    /// <summary>21 -> twenty first.</summary>
    public static IEnumerable<string> Ordinal(long number)
    {
        var words = Cardinal(number).ToArray();
        words[^1] = words[^1] switch
        {
            "one" => "first",
            "two" => "second",
            "three" => "third",
            "five" => "fifth",
            "eight" => "eighth",
            "nine" => "ninth",
            "twelve" => "twelfth",
            [.. var stem, 'y'] => stem + "ieth",
            var other => other + "th",
        };
        return words;
    }

    private static IEnumerable<string> Year(long year) =>
        (year % 100) switch
        {
            0 => [.. Cardinal(year / 100), "hundred"],
            < 10 => [.. Cardinal(year / 100), "oh", .. Cardinal(year % 100)],
            _ => [.. Cardinal(year / 100), .. Cardinal(year % 100)],
        };
}
