using System.Security.Cryptography;
using System.Text;

namespace EventPipeline.Contracts;

/// <summary>Identifiers that follow from what they name, so that the same thing met twice has the same name.</summary>
public static class Identifiers
{
    /// <summary>The id of an owner's video: the same bytes are the same video.</summary>
    /// <param name="sha256">Hash of the video's bytes, lower-case hexadecimal.</param>
    public static Guid Video(string ownerId, string sha256) => Derive("video", ownerId, sha256);

    /// <summary>The id of a job that an owner starts with a key of its own: the same key is the same job.</summary>
    public static Guid Job(string ownerId, string idempotencyKey) => Derive("job", ownerId, idempotencyKey);

    /// <summary>A UUID (version 8, RFC 9562) derived from its parts by SHA-256.</summary>
    public static Guid Derive(params IEnumerable<string> parts)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
