using System.Text;

namespace EventPipeline.Objects;

/// <summary>What a key may look like, so that every store can hold every key: relative, no empty part, no part that begins with
/// a dot (which shuts out traversal and a store's own files), nothing that a file system or a URL reads in its own way.</summary>
internal static class ObjectKey
{
    /// <summary>S3 allows 1024 bytes; the rest is room for a bucket's or folder's own prefix.</summary>
    private const int MaximumBytes = 900;

    /// <summary>Common file systems allow 255 bytes.</summary>
    private const int MaximumPartBytes = 200;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The order of listings, which is S3's: by the bytes of UTF-8.</summary>
    public static readonly IComparer<string> Order = Comparer<string>.Create(
        (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right))
    );

    /// <summary>Does nothing for a good key.</summary>
    /// <exception cref="ArgumentException">The key is none; the message says why.</exception>
    public static void Check(string key)
    {
        if (Flaw(key) is { } flaw)
            throw new ArgumentException($"'{key}' cannot be an object key: {flaw}.", nameof(key));
    }

    private static string? Flaw(string key)
    {
        if (key.Any(char.IsControl))
            return "it has a control character";
        if (key.Contains('\\', StringComparison.Ordinal))
            return "it has a backslash";
        try
        {
            if (Utf8.GetByteCount(key) > MaximumBytes)
                return $"it is longer than {MaximumBytes} bytes";
            foreach (var part in key.Split('/'))
            {
                if (part.Length == 0)
                    return "it has an empty part";
                if (part[0] == '.')
                    return "a part begins with a dot";
                if (Utf8.GetByteCount(part) > MaximumPartBytes)
                    return $"a part is longer than {MaximumPartBytes} bytes";
            }
        }
        catch (EncoderFallbackException)
        {
            return "it is not valid Unicode";
        }
        return null;
    }
}
