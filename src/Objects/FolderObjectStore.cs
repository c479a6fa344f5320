using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace EventPipeline.Objects;

/// <summary>A folder of one machine: an object is the file of that name, so that anyone can look at it and play it. Files are
/// written elsewhere, synced and renamed: after a kill or a power cut an object is there whole or not at all. Of two writers
/// of a key the last wins. Several processes may share the folder.</summary>
/// <remarks>A key cannot be the folder of another key, which S3 would allow. Objects are read-only files, because a fetched file
/// may be a second name of the object itself.</remarks>
public sealed class FolderObjectStore : IObjectStore, IDisposable
{
    private const int BufferSize = 1 << 20;
    private readonly string root;
    private readonly SidecarFolder sidecars;
    private readonly TemporaryFolder temporary;

    /// <summary>Opens the store, makes the folder if it is missing, and removes what writers left who died in the middle.</summary>
    public FolderObjectStore(string root)
    {
        this.root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        UnixFiles.CreateFolder(this.root);
        temporary = TemporaryFolder.Create(Path.Combine(this.root, ".tmp"));
        sidecars = new SidecarFolder(Path.Combine(this.root, ".meta"), temporary);
    }

    /// <inheritdoc />
    public async Task<StoredObject> PutAsync(
        string key,
        string path,
        string contentType,
        CancellationToken cancellation
    )
    {
        await using var source = OpenFile(path);
        return await PutAsync(key, source, contentType, cancellation);
    }

    /// <inheritdoc />
    public async Task<StoredObject> PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        string contentType,
        CancellationToken cancellation
    )
    {
        using var source = new MemoryStream(content.ToArray(), writable: false);
        return await PutAsync(key, source, contentType, cancellation);
    }

    /// <inheritdoc />
    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellation)
    {
        await using var file = TryOpen(key);
        return file is null ? null : await DescribeAsync(key, file, cancellation);
    }

    /// <inheritdoc />
    public Task<Stream> OpenAsync(string key, CancellationToken cancellation) =>
        Task.FromResult<Stream>(TryOpen(key) ?? throw new ObjectNotFoundException(key));

    /// <inheritdoc />
    public async Task FetchAsync(string key, string? expectedSha256, string path, CancellationToken cancellation)
    {
        var stored = PathOf(key);
        File.Delete(path);
        if (UnixFiles.TryLink(stored, path))
        {
            if (expectedSha256 is null)
                return;
            await using var linked = OpenFile(path);
            if ((await DescribeAsync(key, linked, cancellation)).Sha256 == expectedSha256)
                return;
            File.Delete(path);
            throw new ObjectCorruptException(key);
        }
        await using var source = TryOpen(key) ?? throw new ObjectNotFoundException(key);
        expectedSha256 ??= sidecars.Find(key, source)?.Sha256;
        await Downloads.SaveAsync(key, source, expectedSha256, path, cancellation);
    }

    /// <inheritdoc />
    public Task DeleteAsync(string key, CancellationToken cancellation)
    {
        var path = PathOf(key);
        if (File.Exists(path))
        {
            File.Delete(path);
            UnixFiles.SyncFolder(Path.GetDirectoryName(path)!);
        }
        sidecars.Delete(key);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        foreach (var key in KeysBelow(root, "", prefix))
        {
            cancellation.ThrowIfCancellationRequested();
            await using var file = TryOpen(key);
            if (file is not null)
                yield return sidecars.Find(key, file)
                    ?? new StoredObject(key, file.Length, ContentTypes.Of(key), Sha256: null);
        }
    }

    /// <inheritdoc />
    public void Dispose() => temporary.Dispose();

    private async Task<StoredObject> PutAsync(
        string key,
        Stream source,
        string contentType,
        CancellationToken cancellation
    )
    {
        var path = PathOf(key);
        if (await FindSameAsync(key, source, cancellation) is { } same)
            return same;
        var unfinished = temporary.NewPath();
        try
        {
            var written = await WriteAsync(unfinished, source, cancellation);
            var stored = new StoredObject(key, source.Length, contentType, written.Sha256);
            UnixFiles.CreateFolder(Path.GetDirectoryName(path)!);
            File.Move(unfinished, path, overwrite: true);
            UnixFiles.SyncFolder(Path.GetDirectoryName(path)!);
            sidecars.Write(stored, written.Stamp);
            return stored;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private async Task<StoredObject?> FindSameAsync(string key, Stream source, CancellationToken cancellation)
    {
        await using var existing = TryOpen(key);
        if (existing is null || existing.Length != source.Length)
            return null;
        var stored = await DescribeAsync(key, existing, cancellation);
        var isSame = stored.Sha256 == Convert.ToHexStringLower(await SHA256.HashDataAsync(source, cancellation));
        source.Position = 0;
        return isSame ? stored : null;
    }

    private static async Task<(string Sha256, DateTime Stamp)> WriteAsync(
        string path,
        Stream source,
        CancellationToken cancellation
    )
    {
        byte[] hash;
        await using (
            var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)
        )
        {
            hash = await Downloads.CopyAsync(source, file, cancellation);
            file.Flush(flushToDisk: true);
        }
        var stamp = SidecarFolder.Stamp(path, hash);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return (Convert.ToHexStringLower(hash), stamp);
    }

    /// <summary>From the sidecar where it belongs to the file, otherwise from the file itself.</summary>
    private async Task<StoredObject> DescribeAsync(string key, FileStream file, CancellationToken cancellation)
    {
        if (sidecars.Find(key, file) is { } stored)
            return stored;
        var hash = await SHA256.HashDataAsync(file, cancellation);
        return new StoredObject(key, file.Length, ContentTypes.Of(key), Convert.ToHexStringLower(hash));
    }

    /// <summary>In key order, which is that of names with a folder's name ending in a slash.</summary>
    private static IEnumerable<string> KeysBelow(string folder, string folderKey, string prefix)
    {
        foreach (var name in Names(folder).Order(ObjectKey.Order))
        {
            var key = folderKey + name;
            if (!key.EndsWith('/'))
            {
                if (key.StartsWith(prefix, StringComparison.Ordinal))
                    yield return key;
            }
            else if (
                key.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(key, StringComparison.Ordinal)
            )
            {
                foreach (var below in KeysBelow(Path.Combine(folder, name), key, prefix))
                    yield return below;
            }
        }
    }

    private static string[] Names(string folder) =>
        [
            .. new DirectoryInfo(folder)
                .EnumerateFileSystemInfos()
                .Where(entry => entry.Name[0] != '.')
                .Select(entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name),
        ];

    private string PathOf(string key)
    {
        ObjectKey.Check(key);
        return Path.Combine(root, key);
    }

    private FileStream? TryOpen(string key)
    {
        var path = PathOf(key);
        try
        {
            return File.Exists(path) ? OpenFile(path) : null;
        }
        catch (FileNotFoundException)
        {
            return null; // deleted between the question and the answer
        }
    }

    private static FileStream OpenFile(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, useAsync: true);
}
