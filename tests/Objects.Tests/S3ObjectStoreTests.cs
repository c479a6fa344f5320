using Amazon.Runtime;
using Amazon.S3;
using EventPipeline.TestSupport;

namespace EventPipeline.Objects.Tests;

/// <summary>One server of a kind for all tests of a class; null where it cannot be started.</summary>
public class S3Fixture(S3Kind kind) : IAsyncLifetime
{
    private S3Server? server;

    public async ValueTask InitializeAsync() =>
        server = S3Server.IsAvailable(kind) ? await S3Server.StartAsync(kind) : null;

    /// <summary>A client of the server; skips the test where there is none.</summary>
    public AmazonS3Client Client()
    {
        Assert.SkipWhen(server is null, S3Server.HowToGet(kind));
        return ObjectStores.Client(
            S3Location.Parse($"s3://any?endpoint={server!.Endpoint}"),
            new BasicAWSCredentials(server.AccessKey, server.SecretKey)
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class MinIO() : S3Fixture(S3Kind.MinIO);

public sealed class Ceph() : S3Fixture(S3Kind.Ceph);

public sealed class MinIOObjectStoreTests(MinIO server) : S3ObjectStoreContract(server), IClassFixture<MinIO>;

public sealed class CephObjectStoreTests(Ceph server) : S3ObjectStoreContract(server), IClassFixture<Ceph>;

/// <summary>The contract on a bucket, and what is special to S3.</summary>
public abstract class S3ObjectStoreContract(S3Fixture server) : ObjectStoreContract
{
    private readonly S3ObjectStore store = new(server.Client(), "contract", createsBucket: true);

    protected override IObjectStore Store => store;

    public override void Dispose()
    {
        store.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_missing_bucket_is_made_by_the_first_put_and_empty_before()
    {
        using var fresh = new S3ObjectStore(server.Client(), BucketName(), createsBucket: true);
        (await fresh.FindAsync("a", Cancellation)).ShouldBeNull();
        (await fresh.ListAsync("", Cancellation).ToListAsync(Cancellation)).ShouldBeEmpty();
        await Should.ThrowAsync<ObjectNotFoundException>(() => fresh.OpenAsync("a", Cancellation));
        await fresh.DeleteAsync("a", Cancellation);

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(index => fresh.PutAsync($"{index}", "x"u8.ToArray(), "text/plain", Cancellation))
        );
        (await fresh.ListAsync("", Cancellation).ToListAsync(Cancellation)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Without_the_option_a_missing_bucket_is_an_error()
    {
        using var strict = new S3ObjectStore(server.Client(), BucketName(), createsBucket: false);
        (
            await Should.ThrowAsync<AmazonS3Exception>(() =>
                strict.PutAsync("a", "x"u8.ToArray(), "text/plain", Cancellation)
            )
        ).ErrorCode.ShouldBe("NoSuchBucket");
    }

    [Fact]
    public async Task A_listing_goes_on_from_page_to_page()
    {
        using var paging = new S3ObjectStore(server.Client(), "contract", createsBucket: true) { PageSize = 3 };
        string[] names = ["0", "1", "2", "3", "4", "5", "6"];
        foreach (var name in names)
            await paging.PutAsync(Key(name), ReadOnlyMemory<byte>.Empty, "text/plain", Cancellation);
        var found = await paging.ListAsync(Key(""), Cancellation).ToListAsync(Cancellation);
        found.Select(stored => stored.Key).ShouldBe(names.Select(Key));
    }

    private static string BucketName() => $"bucket-{Guid.CreateVersion7():N}";
}
