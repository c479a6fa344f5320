using System.Globalization;

namespace EventPipeline.GraphQL.Values;

/// <summary>Numbers as JavaScript reads and writes them, because messages and results are compared with the reference
/// implementation.</summary>
internal static class JavaScriptNumber
{
    private const int MostDigits = 21;
    private const int MostLeadingZeros = 6;

    /// <summary>A number as text, such as <c>1e+21</c>.</summary>
    public static string Print(double number)
    {
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "NaN" : (number > 0 ? "Infinity" : "-Infinity");
        if (number == 0)
            return "0";
        var parts = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var exponent = parts.Length == 1 ? 0 : int.Parse(parts[1], CultureInfo.InvariantCulture);
        var whole = parts[0].Split('.')[0];
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        var point = whole.Length - (all.Length - digits.Length) + exponent;
        return (number < 0 ? "-" : "") + Arrange(digits.TrimEnd('0'), point);
    }

    /// <summary>A text as a number: not finite if it is none.</summary>
    public static double Read(string text)
    {
        var digits = text.Trim();
        if (digits.Length == 0)
            return 0;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out var hexadecimal)
                ? hexadecimal
                : double.NaN;
        }
        const NumberStyles styles =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(digits, styles, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
    }

    /// <param name="digits">The shortest ones, without zeros around them.</param>
    /// <param name="point">How many of them are before the decimal point.</param>
    private static string Arrange(string digits, int point) =>
        point switch
        {
            > MostDigits or <= -MostLeadingZeros =>
                $"{digits[0]}{(digits.Length > 1 ? $".{digits[1..]}" : "")}e{(point > 0 ? "+" : "-")}{Math.Abs(point - 1)}",
            <= 0 => $"0.{new string('0', -point)}{digits}",
            _ when point >= digits.Length => digits.PadRight(point, '0'),
            _ => $"{digits[..point]}.{digits[point..]}",
        };
}
