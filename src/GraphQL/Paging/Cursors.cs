using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EventPipeline.GraphQL.Paging;

/// <summary>Cursors that nobody can read or make but this server: the key of an item, signed together with the list that it belongs
/// to.</summary>
/// <param name="key">Secret, at least 32 bytes, and the same on all nodes that serve the schema.</param>
public sealed class Cursors(byte[] key)
{
    private const int SignatureLength = 16;

    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true };

    private readonly byte[] key =
        key.Length >= 32
            ? key
            : throw new ArgumentException("The key of cursors needs at least 32 bytes.", nameof(key));

    /// <summary>The cursor of an item.</summary>
    /// <param name="list">Which list, with its order.</param>
    /// <param name="position">What the list is ordered by; unique in it.</param>
    public string Write<TKey>(string list, TKey position)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(position, Json);
        var signed = new byte[SignatureLength + payload.Length];
        Sign(list, payload, signed);
        payload.CopyTo(signed, SignatureLength);
        return Base64Url.EncodeToString(signed);
    }

    /// <summary>Reads the cursor of an item.</summary>
    /// <returns>Whether it is one of this list, made by this server.</returns>
    public bool TryRead<TKey>(string list, string cursor, out TKey? position)
    {
        position = default;
        var signed = new byte[cursor.Length];
        if (
            !Base64Url.IsValid(cursor)
            || !Base64Url.TryDecodeFromChars(cursor, signed, out var count)
            || count <= SignatureLength
        )
            return false;
        var payload = signed.AsSpan(SignatureLength, count - SignatureLength);
        Span<byte> expected = stackalloc byte[SignatureLength];
        Sign(list, payload, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, signed.AsSpan(0, SignatureLength)))
            return false;
        position = JsonSerializer.Deserialize<TKey>(payload, Json);
        return position is not null;
    }

    private void Sign(string list, ReadOnlySpan<byte> payload, Span<byte> signature)
    {
        var name = Encoding.UTF8.GetBytes(list + "\n");
        var text = new byte[name.Length + payload.Length];
        name.CopyTo(text, 0);
        payload.CopyTo(text.AsSpan(name.Length));
        HMACSHA256.HashData(key, text).AsSpan(0, SignatureLength).CopyTo(signature);
    }
}
