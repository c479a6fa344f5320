using System.Security.Cryptography;

namespace EventPipeline.Host.Processing;

/// <summary>What can be said of a file before anything is stored: whether it is one, how large, and its hash. Whether it is a usable
/// video is the probe stage's question.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Extension">With the dot, lower case; <c>.bin</c> where the name has none that is plain.</param>
internal sealed record AdmittedFile(string Path, string Name, string Extension, long ByteCount, string Sha256);

internal static class Admission
{
    /// <summary>Looks at a file and hashes it.</summary>
    /// <param name="progress">Called with the share that is hashed, 0 to 1.</param>
    /// <returns>The file, or the sentence that says why it is not taken.</returns>
    public static async Task<(AdmittedFile? File, string? Problem)> AdmitAsync(
        string path,
        Action<double> progress,
        CancellationToken cancellation
    )
    {
        var name = Path.GetFileName(path);
        if (Directory.Exists(path))
            return (null, $"'{name}' is a folder, not a video file.");
        if (!File.Exists(path))
            return (null, $"There is no file '{path}'.");
        try
        {
            await using var stream = File.OpenRead(path);
            if (!stream.CanSeek)
                return (null, $"'{name}' is not a regular file.");
            if (stream.Length == 0)
                return (null, $"'{name}' is empty.");
            var sha256 = await HashAsync(stream, progress, cancellation);
            return (new AdmittedFile(path, name, ExtensionOf(name), stream.Length, sha256), null);
        }
        catch (UnauthorizedAccessException)
        {
            return (null, $"'{name}' may not be read; check its permissions.");
        }
    }

    private static async Task<string> HashAsync(Stream stream, Action<double> progress, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (long done = 0; await stream.ReadAsync(buffer, cancellation) is > 0 and var count; )
        {
            hash.AppendData(buffer, 0, count);
            progress((double)(done += count) / stream.Length);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static string ExtensionOf(string name)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        return extension.Length is > 1 and <= 6 && extension.Skip(1).All(char.IsAsciiLetterOrDigit)
            ? extension
            : ".bin";
    }
}
