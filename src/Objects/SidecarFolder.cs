using System.Text.Json;

namespace EventPipeline.Objects;

/// <summary>Remembers hash and media type of a folder's objects, in a tree of its own with the same names. It is only a memory: the
/// object's file is the truth. A sidecar counts if length and time of the file are those it was written for; a stale,
/// torn or missing one costs a reading of the file.</summary>
internal sealed class SidecarFolder(string root, TemporaryFolder temporary)
{
    private sealed record Sidecar(string Sha256, long ByteCount, string ContentType, DateTime Stamp);

    /// <summary>Sets a file's time so that other content under the same key has another time, even within a tick of the
    /// file system's clock: the fraction of the second comes from the hash.</summary>
    /// <returns>The time as the file system keeps it.</returns>
    public static DateTime Stamp(string path, ReadOnlySpan<byte> hash)
    {
        var now = File.GetLastWriteTimeUtc(path);
        var fraction = BitConverter.ToUInt32(hash) % TimeSpan.TicksPerSecond;
        File.SetLastWriteTimeUtc(path, now.AddTicks(fraction - (now.Ticks % TimeSpan.TicksPerSecond)));
        return File.GetLastWriteTimeUtc(path);
    }

    /// <summary>What is remembered of an open object; null if nothing is that holds for this very file.</summary>
    public StoredObject? Find(string key, FileStream file)
    {
        Sidecar? sidecar;
        try
        {
            sidecar = JsonSerializer.Deserialize<Sidecar>(File.ReadAllBytes(PathOf(key)));
        }
        catch (Exception exception)
            when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
        return
            sidecar is not null
            && sidecar.ByteCount == file.Length
            && sidecar.Stamp == File.GetLastWriteTimeUtc(file.SafeFileHandle)
            ? new StoredObject(key, sidecar.ByteCount, sidecar.ContentType, sidecar.Sha256)
            : null;
    }

    public void Write(StoredObject stored, DateTime stamp)
    {
        var sidecar = new Sidecar(stored.Sha256!, stored.ByteCount, stored.ContentType, stamp);
        var path = PathOf(stored.Key);
        var unfinished = temporary.NewPath();
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(sidecar));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(unfinished, path, overwrite: true);
    }

    public void Delete(string key)
    {
        try
        {
            File.Delete(PathOf(key));
        }
        catch (DirectoryNotFoundException) { }
    }

    private string PathOf(string key) => Path.Combine(root, key);
}
