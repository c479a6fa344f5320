namespace EventPipeline.Objects;

/// <summary>A folder for files that belong to one living owner. A lock file beside it is held as long as the owner lives, and the
/// system lets go of it when the process dies, however it dies: whoever can take the lock has the proof that the folder's owner
/// is dead, and may remove it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string LockExtension = ".lock";
    private readonly FileStream heldLock;

    private TemporaryFolder(string path, FileStream heldLock) => (Path, this.heldLock) = (path, heldLock);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Removes what the dead left below <paramref name="parent"/>, and makes a folder for a new owner.</summary>
    public static TemporaryFolder Create(string parent)
    {
        Directory.CreateDirectory(parent);
        foreach (var lockPath in Directory.EnumerateFiles(parent, "*" + LockExtension))
            RemoveIfDead(lockPath);
        while (true)
        {
            var own = System.IO.Path.Combine(parent, Guid.CreateVersion7().ToString("N"));
            if (TryLock(own + LockExtension, FileMode.CreateNew) is not { } held)
                continue;
            Directory.CreateDirectory(own);
            // Between making the lock file and locking it, another cleaner may have taken it for a dead one's.
            if (File.Exists(own + LockExtension))
                return new TemporaryFolder(own, held);
            Remove(own);
            held.Dispose();
        }
    }

    /// <summary>The path of a file that does not exist yet.</summary>
    public string NewPath() => System.IO.Path.Combine(Path, Guid.CreateVersion7().ToString("N"));

    /// <summary>Removes the folder with all that is in it.</summary>
    public void Dispose()
    {
        Remove(Path);
        File.Delete(heldLock.Name);
        heldLock.Dispose();
    }

    private static void RemoveIfDead(string lockPath)
    {
        if (TryLock(lockPath, FileMode.Open) is not { } held)
            return;
        using (held)
        {
            Remove(lockPath[..^LockExtension.Length]);
            File.Delete(lockPath);
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException) { }
    }

    private static FileStream? TryLock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            return null; // another cleaner was faster
        }
        catch (IOException) when (File.Exists(path))
        {
            return null; // it is locked
        }
    }
}
