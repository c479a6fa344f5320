using EventPipeline.TestSupport;

namespace EventPipeline.Faults.Installation;

/// <summary>A small disk of a part's own for its workspaces, so that it can be full. Without the right to mount one, an ordinary folder
/// that is never full.</summary>
internal sealed class Disk : IAsyncDisposable
{
    private const int Megabytes = 24;

    private readonly string filler;

    private Disk(string folder, bool canBeFull)
    {
        (Folder, CanBeFull) = (folder, canBeFull);
        filler = Path.Combine(folder, "filler");
    }

    public string Folder { get; }

    public bool CanBeFull { get; }

    public static async Task<Disk> CreateAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            await ChildProcess.RunAsync("mount", "mount", ["-t", "tmpfs", "-o", $"size={Megabytes}m", "tmpfs", folder]);
            return new Disk(folder, canBeFull: true);
        }
        catch (InvalidOperationException)
        {
            return new Disk(folder, canBeFull: false);
        }
    }

    public void Fill()
    {
        try
        {
            using var file = File.Create(filler);
            var block = new byte[1 << 16];
            while (true)
            {
                file.Write(block);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void Free() => File.Delete(filler);

    public async ValueTask DisposeAsync()
    {
        if (CanBeFull)
            await ChildProcess.RunAsync("umount", "umount", ["--lazy", Folder]);
    }
}
