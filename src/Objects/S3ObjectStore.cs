using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace EventPipeline.Objects;

/// <summary>A bucket of any server that speaks S3. The hash of an object stands in its metadata (<c>x-amz-meta-sha256</c>). The
/// SDK retries what is worth it. An upload cut off in the middle by a kill leaves parts that nobody sees; let the bucket's
/// lifecycle rule abort incomplete multipart uploads.</summary>
/// <param name="client">Owned by this store.</param>
/// <param name="createsBucket">Make the bucket when it is found missing.</param>
public sealed class S3ObjectStore(IAmazonS3 client, string bucket, bool createsBucket) : IObjectStore, IDisposable
{
    private const string HashMetadata = "sha256";

    /// <summary>Above this an upload goes in parts.</summary>
    private const long PartsAboveBytes = 64L << 20;

    private const long PartBytes = 16L << 20;

    private readonly TransferUtility transfers = new(
        client,
        new TransferUtilityConfig { MinSizeBeforePartUpload = PartsAboveBytes, ConcurrentServiceRequests = 4 }
    );

    private readonly SemaphoreSlim makingBucket = new(1);
    private volatile bool bucketIsThere;

    /// <summary>Keys of a listing that are asked for at once; S3 gives no more than a thousand.</summary>
    internal int PageSize { get; init; } = 1000;

    /// <inheritdoc />
    public async Task<StoredObject> PutAsync(
        string key,
        string path,
        string contentType,
        CancellationToken cancellation
    )
    {
        await using var file = File.OpenRead(path);
        return await PutAsync(key, file, contentType, cancellation);
    }

    /// <inheritdoc />
    public async Task<StoredObject> PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        string contentType,
        CancellationToken cancellation
    )
    {
        using var source = new MemoryStream(content.ToArray(), writable: false);
        return await PutAsync(key, source, contentType, cancellation);
    }

    /// <inheritdoc />
    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellation)
    {
        ObjectKey.Check(key);
        try
        {
            var found = await client.GetObjectMetadataAsync(bucket, key, cancellation);
            return new StoredObject(
                key,
                found.ContentLength,
                found.Headers.ContentType ?? ContentTypes.Of(key),
                found.Metadata[HashMetadata]
            );
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task<Stream> OpenAsync(string key, CancellationToken cancellation) =>
        (await GetAsync(key, cancellation)).ResponseStream;

    /// <inheritdoc />
    public async Task FetchAsync(string key, string? expectedSha256, string path, CancellationToken cancellation)
    {
        using var response = await GetAsync(key, cancellation);
        await Downloads.SaveAsync(
            key,
            response.ResponseStream,
            expectedSha256 ?? response.Metadata[HashMetadata],
            path,
            cancellation
        );
    }

    /// <inheritdoc />
    public async Task DeleteAsync(string key, CancellationToken cancellation)
    {
        ObjectKey.Check(key);
        try
        {
            await client.DeleteObjectAsync(bucket, key, cancellation);
        }
        catch (AmazonS3Exception exception) when (createsBucket && IsBucketMissing(exception)) { }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? token = null;
        do
        {
            ListObjectsV2Response page;
            try
            {
                page = await client.ListObjectsV2Async(
                    new ListObjectsV2Request
                    {
                        BucketName = bucket,
                        Prefix = prefix,
                        ContinuationToken = token,
                        MaxKeys = PageSize,
                    },
                    cancellation
                );
            }
            catch (AmazonS3Exception exception) when (createsBucket && IsBucketMissing(exception))
            {
                yield break;
            }
            foreach (var found in page.S3Objects ?? [])
                yield return new StoredObject(found.Key, found.Size ?? 0, ContentTypes.Of(found.Key), Sha256: null);
            token = page.IsTruncated == true ? page.NextContinuationToken : null;
        } while (token is not null);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        makingBucket.Dispose();
        transfers.Dispose();
        client.Dispose();
    }

    private async Task<StoredObject> PutAsync(
        string key,
        Stream source,
        string contentType,
        CancellationToken cancellation
    )
    {
        ObjectKey.Check(key);
        if (createsBucket && !bucketIsThere)
            await EnsureBucketAsync(cancellation);
        var existing = await FindAsync(key, cancellation);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(source, cancellation));
        if (existing?.Sha256 == hash && existing.ByteCount == source.Length)
            return existing;
        var stored = new StoredObject(key, source.Length, contentType, hash);
        await UploadAsync(stored, source, cancellation);
        return stored;
    }

    private async Task UploadAsync(StoredObject stored, Stream source, CancellationToken cancellation)
    {
        source.Position = 0;
        var request = new TransferUtilityUploadRequest
        {
            BucketName = bucket,
            Key = stored.Key,
            InputStream = source,
            AutoCloseStream = false,
            ContentType = stored.ContentType,
            PartSize = PartBytes,
        };
        request.Metadata[HashMetadata] = stored.Sha256;
        await transfers.UploadAsync(request, cancellation);
    }

    /// <summary>One writer makes the bucket and the others wait: a server may answer nonsense about a bucket that is being made.</summary>
    private async Task EnsureBucketAsync(CancellationToken cancellation)
    {
        await makingBucket.WaitAsync(cancellation);
        try
        {
            if (!bucketIsThere && !await BucketExistsAsync(cancellation))
                await client.PutBucketAsync(bucket, cancellation);
            bucketIsThere = true;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Conflict)
        {
            bucketIsThere = true; // another process made it at the same time
        }
        finally
        {
            makingBucket.Release();
        }
    }

    private async Task<bool> BucketExistsAsync(CancellationToken cancellation)
    {
        try
        {
            await client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = bucket, MaxKeys = 1 },
                cancellation
            );
            return true;
        }
        catch (AmazonS3Exception exception) when (IsBucketMissing(exception))
        {
            return false;
        }
    }

    private async Task<GetObjectResponse> GetAsync(string key, CancellationToken cancellation)
    {
        ObjectKey.Check(key);
        try
        {
            return await client.GetObjectAsync(bucket, key, cancellation);
        }
        catch (AmazonS3Exception exception)
            when (exception.ErrorCode == "NoSuchKey" || (createsBucket && IsBucketMissing(exception)))
        {
            throw new ObjectNotFoundException(key);
        }
    }

    private static bool IsBucketMissing(AmazonS3Exception exception) => exception.ErrorCode == "NoSuchBucket";
}
