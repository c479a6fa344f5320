using System.Runtime.InteropServices;

namespace EventPipeline.Objects;

/// <summary>The two things of a Unix file system that .NET does not offer: hard links, and folders that survive a power cut.</summary>
internal static partial class UnixFiles
{
    /// <summary>Gives a file a second name; false where that is impossible (another file system, no Unix, no such file).</summary>
    public static bool TryLink(string existing, string path) =>
        !OperatingSystem.IsWindows() && Link(existing, path) == 0;

    /// <summary>Makes a folder, and sees to it that it is still there after a power cut.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(path) ?? throw new DirectoryNotFoundException($"'{path}' has no parent.");
        CreateFolder(parent);
        Directory.CreateDirectory(path);
        SyncFolder(parent);
    }

    /// <summary>Brings the names in a folder to the disk, as far as the file system can.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(path, flags: 0);
        if (descriptor < 0)
            throw new IOException($"Cannot open folder '{path}' (errno {Marshal.GetLastPInvokeError()}).");
        try
        {
            // Some file systems cannot sync a folder and say EINVAL: then there is nothing to be had.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not InvalidArgument)
                throw new IOException($"Cannot sync folder '{path}' (errno {error}).");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private const int InvalidArgument = 22;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string existing, string path);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
