namespace EventPipeline.GraphQL.Language;

/// <summary>The classes of characters that the grammar knows. A negative code stands for the end of the text.</summary>
internal static class Characters
{
    public static bool IsDigit(int code) => (uint)(code - '0') <= 9;

    public static bool IsNameStart(int code) => (uint)((code | 0x20) - 'a') <= 25 || code == '_';

    public static bool IsNameContinue(int code) => IsNameStart(code) || IsDigit(code);

    public static bool IsWhiteSpace(char code) => code is '\t' or ' ';

    public static bool IsUnicodeScalar(int code) => (uint)code <= 0xD7FF || code is >= 0xE000 and <= 0x10FFFF;

    public static bool IsLeadingSurrogate(int code) => code is >= 0xD800 and <= 0xDBFF;

    public static bool IsTrailingSurrogate(int code) => code is >= 0xDC00 and <= 0xDFFF;

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexDigit(int code) =>
        code switch
        {
            >= '0' and <= '9' => code - '0',
            >= 'A' and <= 'F' => code - 'A' + 10,
            >= 'a' and <= 'f' => code - 'a' + 10,
            _ => -1,
        };
}
