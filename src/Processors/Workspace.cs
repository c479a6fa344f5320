namespace EventPipeline.Processors;

/// <summary>A folder that one attempt may write to. It is made when it is first asked for; disposing deletes it.</summary>
public sealed class Workspace : IDisposable
{
    private readonly Lock gate = new();
    private readonly string path;
    private bool isMade;
    private bool isDisposed;

    private Workspace(string path) => this.path = path;

    /// <summary>Its absolute path.</summary>
    /// <exception cref="ObjectDisposedException">The attempt is over; whoever still asks was left behind.</exception>
    public string Folder
    {
        get
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(isDisposed, this);
                if (!isMade)
                    Directory.CreateDirectory(path);
                isMade = true;
                return path;
            }
        }
    }

    /// <summary>A fresh folder below <paramref name="root"/>.</summary>
    public static Workspace Create(string root) =>
        new(Path.Combine(Path.GetFullPath(root), Guid.CreateVersion7().ToString("N")));

    /// <summary>The path of a file in it.</summary>
    /// <exception cref="ArgumentException">The name is not a plain file name.</exception>
    public string PathOf(string name) =>
        name.Length > 0 && Path.GetFileName(name) == name && name is not ("." or "..")
            ? Path.Combine(Folder, name)
            : throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
            isDisposed = true;
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
