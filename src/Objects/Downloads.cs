using System.Buffers;
using System.Security.Cryptography;

namespace EventPipeline.Objects;

/// <summary>Copying with the hash taken on the way.</summary>
internal static class Downloads
{
    private const int BufferSize = 1 << 18;

    /// <summary>Copies to the end.</summary>
    /// <returns>SHA-256 of what was copied.</returns>
    public static async Task<byte[]> CopyAsync(Stream source, Stream target, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await source.ReadAsync(buffer, cancellation) is var count and > 0)
            {
                hash.AppendData(buffer, 0, count);
                await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return hash.GetHashAndReset();
    }

    /// <summary>Saves an object as a file that appears only when it is whole and has the expected hash.</summary>
    /// <exception cref="ObjectCorruptException">It has not.</exception>
    public static async Task SaveAsync(
        string key,
        Stream source,
        string? expectedSha256,
        string path,
        CancellationToken cancellation
    )
    {
        var unfinished = path + ".part";
        try
        {
            byte[] hash;
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 0))
                hash = await CopyAsync(source, file, cancellation);
            if (expectedSha256 is not null && Convert.ToHexStringLower(hash) != expectedSha256)
                throw new ObjectCorruptException(key);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
