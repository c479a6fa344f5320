using System.Security.Cryptography;
using System.Text;

namespace EventPipeline.Host.Serving;

/// <summary>The installation's one secret: 32 random bytes in a file of the data folder that only its owner can read, made at the first
/// start. Every purpose has a key of its own that is derived from it.</summary>
internal sealed class Secret
{
    private const int Length = 32;
    private readonly byte[] secret;

    private Secret(byte[] secret) => this.secret = secret;

    /// <exception cref="InvalidOperationException">The file is there and is not such a secret.</exception>
    public static Secret ReadOrMake(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "secret");
        Directory.CreateDirectory(dataFolder);
        if (!File.Exists(path))
            TryMake(path);
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == Length
            ? new Secret(bytes)
            : throw new InvalidOperationException(
                $"{path} does not hold {Length} bytes. Remove it: a new secret is made, and addresses that were given out end."
            );
    }

    /// <summary>A key of 32 bytes.</summary>
    /// <param name="purpose">What it is for.</param>
    public byte[] KeyFor(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Length, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>Whole or not at all; if two processes start at once, the first one's is kept.</summary>
    private static void TryMake(string path)
    {
        var unfinished = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(unfinished, options))
            file.Write(RandomNumberGenerator.GetBytes(Length));
        try
        {
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
        }
    }
}
