using System.Diagnostics;
using System.Security.Cryptography;

namespace EventPipeline.Objects.Tests;

/// <summary>The contract on a folder, and what is special to it.</summary>
public sealed class FolderObjectStoreTests : ObjectStoreContract
{
    private readonly string root = Directory.CreateTempSubdirectory("store-").FullName;
    private readonly FolderObjectStore store;

    public FolderObjectStoreTests() => store = new FolderObjectStore(root);

    protected override IObjectStore Store => store;

    public override void Dispose()
    {
        store.Dispose();
        Directory.Delete(root, recursive: true);
        base.Dispose();
    }

    [Fact]
    public async Task An_object_is_a_read_only_file_under_its_key()
    {
        await store.PutAsync("videos/clips/clip_001.mp4", "clip"u8.ToArray(), "video/mp4", Cancellation);
        var path = Path.Combine(root, "videos", "clips", "clip_001.mp4");
        (await File.ReadAllTextAsync(path, Cancellation)).ShouldBe("clip");
        if (!OperatingSystem.IsWindows())
            (File.GetUnixFileMode(path) & UnixFileMode.UserWrite).ShouldBe(UnixFileMode.None);
    }

    [Fact]
    public async Task Fetching_on_the_same_disk_takes_no_space_and_survives_deletion()
    {
        var stored = await store.PutAsync("a", new byte[1000], "text/plain", Cancellation);
        var fetched = Path.Combine(root, ".fetched");
        await store.FetchAsync("a", stored.Sha256, fetched, Cancellation);
        File.GetLastWriteTimeUtc(fetched).ShouldBe(File.GetLastWriteTimeUtc(Path.Combine(root, "a")));

        await store.DeleteAsync("a", Cancellation);
        (await store.FindAsync("a", Cancellation)).ShouldBeNull();
        new FileInfo(fetched).Length.ShouldBe(1000);
    }

    [Fact]
    public async Task A_file_that_somebody_changed_is_told_by_its_hash()
    {
        var stored = await store.PutAsync("a", "right"u8.ToArray(), "text/plain", Cancellation);
        var path = Path.Combine(root, "a");
        File.Delete(path);
        await File.WriteAllTextAsync(path, "wrong", Cancellation);

        (await store.FindAsync("a", Cancellation))!.Sha256.ShouldBe(HashOf("wrong"u8));
        await Should.ThrowAsync<ObjectCorruptException>(() =>
            store.FetchAsync("a", stored.Sha256, Path.Combine(root, ".fetched"), Cancellation)
        );
    }

    [Fact]
    public async Task A_file_that_somebody_put_into_the_folder_is_an_object()
    {
        await File.WriteAllTextAsync(Path.Combine(root, "own.mp4"), "mine", Cancellation);
        (await store.FindAsync("own.mp4", Cancellation)).ShouldBe(
            new StoredObject("own.mp4", 4, "video/mp4", HashOf("mine"u8))
        );
    }

    [Fact]
    public async Task A_torn_sidecar_costs_nothing_but_the_media_type()
    {
        var stored = await store.PutAsync("a.txt", "text"u8.ToArray(), "text/plain", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(root, ".meta", "a.txt"), """{"Sha2""", Cancellation);
        (await store.FindAsync("a.txt", Cancellation)).ShouldBe(stored);
    }

    [Fact]
    public async Task A_failed_put_leaves_nothing()
    {
        await Should.ThrowAsync<FileNotFoundException>(() =>
            store.PutAsync("a", Path.Combine(root, "missing"), "text/plain", Cancellation)
        );
        await Should.ThrowAsync<OperationCanceledException>(() =>
            store.PutAsync("a", FileWith("x"u8), "text/plain", new CancellationToken(canceled: true))
        );
        (await store.FindAsync("a", Cancellation)).ShouldBeNull();
        UnfinishedFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_removes_what_the_dead_left_and_nothing_of_the_living()
    {
        var ofTheLiving = Path.Combine(Directory.GetDirectories(Path.Combine(root, ".tmp")).Single(), "unfinished");
        await File.WriteAllTextAsync(ofTheLiving, "half", Cancellation);
        var dead = Path.Combine(root, ".tmp", "0123");
        Directory.CreateDirectory(dead);
        await File.WriteAllTextAsync(Path.Combine(dead, "unfinished"), "half", Cancellation);
        await File.WriteAllTextAsync(dead + ".lock", "", Cancellation);

        using (new FolderObjectStore(root))
            UnfinishedFiles().ShouldBe([ofTheLiving]);
    }

    [Fact]
    public async Task A_writer_killed_at_any_moment_leaves_whole_objects_and_no_temporary_files()
    {
        for (var round = 0; round < 3; round++)
        {
            using var writer = StartKilledWriter();
            await WaitForAsync(async () => (await ListAsync("killed/")).Count >= 5 * (round + 1));
            await Task.Delay(TimeSpan.FromMilliseconds(round * 13), Cancellation); // any moment will do
            writer.Kill();
            await writer.WaitForExitAsync(Cancellation);
        }
        using (new FolderObjectStore(root))
            UnfinishedFiles().ShouldBeEmpty();

        var found = await ListAsync("killed/");
        found.ShouldNotBeEmpty();
        foreach (var stored in found)
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(root, stored.Key), Cancellation);
            content.Length.ShouldBe(KilledWriter.ByteCount);
            content.ShouldAllBe(value => value == content[0]);
            (await store.FindAsync(stored.Key, Cancellation))!.Sha256.ShouldBe(HashOf(content));
        }
    }

    private IEnumerable<string> UnfinishedFiles() =>
        Directory
            .EnumerateFiles(Path.Combine(root, ".tmp"), "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal));

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), "The writer wrote nothing.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }
    }

    private Process StartKilledWriter() =>
        Process.Start(
            new ProcessStartInfo(Path.ChangeExtension(typeof(KilledWriter).Assembly.Location, null))
            {
                ArgumentList =
                {
                    "-explicit",
                    "only",
                    "-method",
                    $"{typeof(KilledWriter).FullName}.{nameof(KilledWriter.Writes_until_it_is_killed)}",
                },
                UseShellExecute = false,
                RedirectStandardOutput = true,
                Environment = { [KilledWriter.Variable] = root },
            }
        )!;
}

/// <summary>This test program as another process: it writes objects until it is killed. Only run by the test above.</summary>
public sealed class KilledWriter
{
    internal const string Variable = "OBJECTS_TESTS_WRITE_INTO";
    internal const int ByteCount = 300_000;

    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Variable) is { Length: > 0 },
            "Only the test of a killed writer starts this, as a process of its own."
        );
        using var store = new FolderObjectStore(Environment.GetEnvironmentVariable(Variable)!);
        for (var count = 0; ; count++)
        {
            var content = new byte[ByteCount];
            Array.Fill(content, (byte)RandomNumberGenerator.GetInt32(256));
            await store.PutAsync($"killed/{count % 20}", content, "text/plain", CancellationToken.None);
        }
    }
}
