using System.Diagnostics;

namespace EventPipeline.TestSupport;

/// <summary>
/// A folder below the system's temp folder, gone after <see cref="Dispose"/> or with the test process. Folders of
/// test processes that were killed are swept by the next one.
/// </summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "eventpipeline-test-";

    static TemporaryFolder()
    {
        SweepAfterTheDead();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            ChildProcess.KillAll();
            foreach (var folder in FoldersOf($"{Prefix}{Environment.ProcessId}-"))
                Delete(folder);
        };
    }

    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;

    public string Path { get; }

    /// <summary>The path of a file or folder inside; nothing is created.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Delete(Path);

    private static void SweepAfterTheDead()
    {
        foreach (var folder in FoldersOf(Prefix))
        {
            var owner = System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, out var id) && !IsAlive(id))
                Delete(folder);
        }
    }

    private static string[] FoldersOf(string prefix) =>
        Directory.GetDirectories(System.IO.Path.GetTempPath(), $"{prefix}*");

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A server that was just killed may still be writing its last file, so a second try is worth it.</summary>
    private static void Delete(string folder)
    {
        for (var attempt = 0; attempt < 5 && Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(50);
            }
        }
    }
}
