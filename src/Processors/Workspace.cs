namespace EventPipeline.Processors;

/// <summary>A folder that one attempt may write to. Disposing deletes it.</summary>
public sealed class Workspace : IDisposable
{
    private Workspace(string folder) => Folder = folder;

    /// <summary>Its absolute path.</summary>
    public string Folder { get; }

    /// <summary>Makes a fresh folder below <paramref name="root"/>.</summary>
    public static Workspace Create(string root) =>
        new(
            Directory
                .CreateDirectory(Path.Combine(Path.GetFullPath(root), Guid.CreateVersion7().ToString("N")))
                .FullName
        );

    /// <summary>The path of a file in it.</summary>
    /// <exception cref="ArgumentException">The name is not a plain file name.</exception>
    public string PathOf(string name) =>
        name.Length > 0 && Path.GetFileName(name) == name && name is not ("." or "..")
            ? Path.Combine(Folder, name)
            : throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));

    /// <inheritdoc />
    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
