using System.Globalization;
using System.Numerics;

namespace EventPipeline.GraphQL.Values;

/// <summary>Makes results of the built-in scalars of what resolvers give: null, or a sentence that says why it is none. Integers of 64
/// bits follow the rules that the reference implementation has for BigInt.</summary>
internal static class ResultCoercion
{
    public static string? Int(object value, out object? result)
    {
        result = null;
        if (value is int)
        {
            result = value;
            return null;
        }
        var number = value switch
        {
            bool truth => truth ? 1 : 0,
            string text => text.Length == 0 ? double.NaN : JavaScriptNumber.Read(text),
            _ => Number(value) ?? double.NaN,
        };
        if (!double.IsInteger(number))
            return $"Int cannot represent non-integer value: {Describe(value)}";
        if (number is < int.MinValue or > int.MaxValue)
            return $"Int cannot represent non 32-bit signed integer value: {Describe(value)}";
        result = (int)number;
        return null;
    }

    public static string? Float(object value, out object? result)
    {
        result = value;
        if (value is double known && double.IsFinite(known) && known != 0)
            return null;
        result = null;
        var number = value switch
        {
            bool truth => truth ? 1 : 0,
            string text => text.Length == 0 ? double.NaN : JavaScriptNumber.Read(text),
            _ => Number(value) ?? double.NaN,
        };
        if (!double.IsFinite(number))
            return $"Float cannot represent non numeric value: {Describe(value)}";
        if (
            value is long or ulong
            && new BigInteger(number) != (value is long signed ? signed : (BigInteger)(ulong)value)
        )
            return $"Float cannot represent non numeric value: {Describe(value)} (value would lose precision)";
        result = number == 0 ? 0.0 : number; // JSON of JavaScript has no negative zero
        return null;
    }

    public static string? String(object value, out object? result)
    {
        result = value switch
        {
            string => value,
            bool truth => truth ? "true" : "false",
            Guid => value.ToString(),
            _ => Digits(value),
        };
        return result is null ? $"String cannot represent value: {Describe(value)}" : null;
    }

    public static string? Boolean(object value, out object? result)
    {
        result = value switch
        {
            bool => value,
            _ when Number(value) is { } number && double.IsFinite(number) => number != 0,
            _ => null,
        };
        return result is null ? $"Boolean cannot represent a non boolean value: {Describe(value)}" : null;
    }

    public static string? Id(object value, out object? result)
    {
        result = value switch
        {
            string => value,
            Guid => value.ToString(),
            _ when Number(value) is { } number && double.IsInteger(number) => Digits(value),
            _ => null,
        };
        return result is null ? $"ID cannot represent value: {Describe(value)}" : null;
    }

    /// <summary>A value as error messages show it. Of objects that are not JSON only the type is shown.</summary>
    public static string Describe(object? value)
    {
        if (value is string text)
            return Language.StringValue.Print(text);
        if (value is not null && Number(value) is { } number)
            return Digits(value) ?? JavaScriptNumber.Print(number);
        if (!Untyped.IsJson(value))
            return $"[{value!.GetType().Name}]";
        return JsonText.Describe(Untyped.ToJson(value));
    }

    private static double? Number(object value) =>
        value is float single
            ? double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : value is sbyte or byte or short or ushort or int or uint or long or ulong or double or decimal
            ? Convert.ToDouble(value, CultureInfo.InvariantCulture)
        : null;

    /// <summary>A finite number as text; null for anything else.</summary>
    private static string? Digits(object value) =>
        value is long or ulong ? Convert.ToString(value, CultureInfo.InvariantCulture)
        : Number(value) is { } number && double.IsFinite(number) ? JavaScriptNumber.Print(number)
        : null;
}
