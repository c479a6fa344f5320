using System.Security.Cryptography;

namespace EventPipeline.Objects.Tests;

/// <summary>What every object store promises; each store runs all of it.</summary>
public abstract class ObjectStoreContract : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("objects-").FullName;
    private readonly string prefix = $"contract/{Guid.CreateVersion7():N}/";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract IObjectStore Store { get; }

    public virtual void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_was_put_is_found_opened_and_fetched()
    {
        var content = "a picture"u8.ToArray();
        var stored = await Store.PutAsync(Key("a.jpg"), content, "image/jpeg", Cancellation);

        stored.ShouldBe(new StoredObject(Key("a.jpg"), 9, "image/jpeg", HashOf(content)));
        (await Store.FindAsync(Key("a.jpg"), Cancellation)).ShouldBe(stored);
        (await ReadAsync("a.jpg")).ShouldBe(content);
        (await FetchAsync("a.jpg", stored.Sha256)).ShouldBe(content);
        (await FetchAsync("a.jpg", expected: null)).ShouldBe(content);
    }

    [Fact]
    public async Task A_file_and_the_same_bytes_make_the_same_object()
    {
        var content = RandomNumberGenerator.GetBytes(100_000);
        var stored = await Store.PutAsync(Key("file.bin"), FileWith(content), "video/mp4", Cancellation);

        (await Store.PutAsync(Key("file.bin"), content, "video/mp4", Cancellation)).ShouldBe(stored);
        stored.Sha256.ShouldBe(HashOf(content));
        (await ReadAsync("file.bin")).ShouldBe(content);
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        await Store.PutAsync(Key("empty"), ReadOnlyMemory<byte>.Empty, "text/plain", Cancellation);
        (await ReadAsync("empty")).ShouldBeEmpty();
        (await FetchAsync("empty", HashOf([]))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_bytes_under_the_key_replace_the_old_ones_and_their_hash()
    {
        await Store.PutAsync(Key("a"), "old"u8.ToArray(), "text/plain", Cancellation);
        var stored = await Store.PutAsync(Key("a"), "new"u8.ToArray(), "text/vtt", Cancellation);

        (await Store.FindAsync(Key("a"), Cancellation)).ShouldBe(stored);
        (await FetchAsync("a", HashOf("new"u8))).ShouldBe("new"u8.ToArray());
        await Should.ThrowAsync<ObjectCorruptException>(() => FetchAsync("a", HashOf("old"u8)));
    }

    [Fact]
    public async Task Bytes_of_another_hash_are_refused_and_leave_no_file()
    {
        await Store.PutAsync(Key("a"), "content"u8.ToArray(), "text/plain", Cancellation);
        var path = Path.Combine(folder, "fetched");

        var failure = await Should.ThrowAsync<ObjectCorruptException>(() =>
            Store.FetchAsync(Key("a"), HashOf("other"u8), path, Cancellation)
        );
        failure.Key.ShouldBe(Key("a"));
        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        (await Store.FindAsync(Key("none"), Cancellation)).ShouldBeNull();
        (
            await Should.ThrowAsync<ObjectNotFoundException>(() => Store.OpenAsync(Key("none"), Cancellation))
        ).Key.ShouldBe(Key("none"));
        await Should.ThrowAsync<ObjectNotFoundException>(() => FetchAsync("none", HashOf([])));
        await Store.DeleteAsync(Key("none"), Cancellation);
        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_deleted_is_gone_and_can_come_again()
    {
        await Store.PutAsync(Key("a"), "1"u8.ToArray(), "text/plain", Cancellation);
        await Store.DeleteAsync(Key("a"), Cancellation);
        (await Store.FindAsync(Key("a"), Cancellation)).ShouldBeNull();
        (await ListAsync(prefix)).ShouldBeEmpty();

        await Store.PutAsync(Key("a"), "2"u8.ToArray(), "text/plain", Cancellation);
        (await ReadAsync("a")).ShouldBe("2"u8.ToArray());
    }

    [Fact]
    public async Task A_listing_has_the_keys_with_the_prefix_in_key_order()
    {
        string[] names = ["a/b", "a-b", "a/b.c", "a/c/d", "ab", "b", "Z", "a0"];
        foreach (var name in names)
            await Store.PutAsync(Key(name), "123"u8.ToArray(), "text/plain", Cancellation);

        (await ListAsync(prefix)).Select(found => found.Key).ShouldBe(names.Order(StringComparer.Ordinal).Select(Key));
        (await ListAsync(Key("a/"))).Select(found => found.Key).ShouldBe([Key("a/b"), Key("a/b.c"), Key("a/c/d")]);
        (await ListAsync(Key("a/b"))).Select(found => found.Key).ShouldBe([Key("a/b"), Key("a/b.c")]);
        (await ListAsync(prefix)).ShouldAllBe(found => found.ByteCount == 3);
        (await ListAsync("nothing-begins-like-this")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("with space.mp4")]
    [InlineData("plus+percent%41&and=equals?question#hash")]
    [InlineData("Grüße/日本語/🎬.mp4")]
    [InlineData("quote'\"<>|*:;,@!$()[]{}^`~")]
    [InlineData("trailing.")]
    public async Task An_odd_key_is_a_key(string name)
    {
        await Store.PutAsync(Key(name), "odd"u8.ToArray(), "text/plain", Cancellation);
        (await ReadAsync(name)).ShouldBe("odd"u8.ToArray());
        (await ListAsync(prefix)).ShouldHaveSingleItem().Key.ShouldBe(Key(name));
        await Store.DeleteAsync(Key(name), Cancellation);
        (await ListAsync(prefix)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData(".meta/a")]
    [InlineData("a/.hidden")]
    [InlineData("a\\b")]
    [InlineData("line\nbreak")]
    [InlineData("nul\0")]
    public async Task A_bad_key_is_refused_by_every_method(string key)
    {
        await Should.ThrowAsync<ArgumentException>(() =>
            Store.PutAsync(key, "x"u8.ToArray(), "text/plain", Cancellation)
        );
        await Should.ThrowAsync<ArgumentException>(() => Store.FindAsync(key, Cancellation));
        await Should.ThrowAsync<ArgumentException>(() => Store.OpenAsync(key, Cancellation));
        await Should.ThrowAsync<ArgumentException>(() =>
            Store.FetchAsync(key, null, Path.Combine(folder, "x"), Cancellation)
        );
        await Should.ThrowAsync<ArgumentException>(() => Store.DeleteAsync(key, Cancellation));
    }

    [Fact]
    public async Task A_key_that_is_too_long_or_no_text_is_refused()
    {
        var deep = string.Join('/', Enumerable.Repeat("0123456789", 100));
        foreach (var key in new[] { new string('a', 201), deep, "lone\ud800surrogate" })
            await Should.ThrowAsync<ArgumentException>(() => Store.FindAsync(key, Cancellation));
        (await Store.FindAsync(new string('a', 200), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_large_object_arrives_whole()
    {
        var path = Path.Combine(folder, "large");
        await using (var file = File.Create(path))
            for (var megabyte = 0; megabyte < 70; megabyte++)
                await file.WriteAsync(RandomNumberGenerator.GetBytes(1 << 20), Cancellation);

        var stored = await Store.PutAsync(Key("large.mp4"), path, "video/mp4", Cancellation);
        stored.ByteCount.ShouldBe(70 << 20);
        (await Store.FindAsync(Key("large.mp4"), Cancellation)).ShouldBe(stored);
        var fetched = Path.Combine(folder, "fetched");
        await Store.FetchAsync(Key("large.mp4"), stored.Sha256, fetched, Cancellation);
        await using var again = File.OpenRead(fetched);
        Convert.ToHexStringLower(await SHA256.HashDataAsync(again, Cancellation)).ShouldBe(stored.Sha256);
        await Store.DeleteAsync(Key("large.mp4"), Cancellation);
    }

    [Fact]
    public async Task Writers_of_the_same_key_at_once_leave_one_whole_object()
    {
        var contents = Enumerable
            .Range(0, 8)
            .Select(index => Enumerable.Repeat((byte)index, 50_000).ToArray())
            .ToArray();

        await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(index => Store.PutAsync(Key("contested"), contents[index % 8], "text/plain", Cancellation))
        );

        var found = (await Store.FindAsync(Key("contested"), Cancellation)).ShouldNotBeNull();
        contents.Select(content => HashOf(content)).ShouldContain(found.Sha256);
        HashOf(await FetchAsync("contested", found.Sha256)).ShouldBe(found.Sha256);
    }

    protected string Key(string name) => prefix + name;

    protected string FileWith(ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(folder, Guid.CreateVersion7().ToString("N"));
        File.WriteAllBytes(path, content);
        return path;
    }

    protected async Task<byte[]> ReadAsync(string name)
    {
        await using var stream = await Store.OpenAsync(Key(name), Cancellation);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }

    protected async Task<byte[]> FetchAsync(string name, string? expected)
    {
        var path = Path.Combine(folder, "fetched");
        await Store.FetchAsync(Key(name), expected, path, Cancellation);
        var content = await File.ReadAllBytesAsync(path, Cancellation);
        File.Delete(path);
        return content;
    }

    protected async Task<IReadOnlyList<StoredObject>> ListAsync(string wanted) =>
        await Store.ListAsync(wanted, Cancellation).ToListAsync(Cancellation);

    protected static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
