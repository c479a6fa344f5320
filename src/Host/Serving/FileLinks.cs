using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EventPipeline.Objects;
using Microsoft.AspNetCore.Http;

namespace EventPipeline.Host.Serving;

/// <summary>Hands out stored files to whoever has an address that the API gave: it names one object and ends after an hour, and nobody can
/// make one without the key.</summary>
internal sealed class FileLinks(byte[] key, string root, IObjectStore objects, TimeProvider time)
{
    /// <summary>Path that the files are below.</summary>
    public const string Path = "/files";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>An address for an object.</summary>
    public Uri LinkTo(string objectKey)
    {
        var expires = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        var escaped = string.Join('/', objectKey.Split('/').Select(Uri.EscapeDataString));
        return new Uri($"{root}{Path}/{escaped}?expires={expires}&signature={Sign(objectKey, expires)}");
    }

    /// <summary>The object, in parts if asked so. Who has no right to it learns nothing of what there is.</summary>
    public async Task<IResult> ServeAsync(
        string objectKey,
        long expires,
        string signature,
        HttpResponse response,
        CancellationToken cancellation
    )
    {
        if (!IsValid(objectKey, expires, signature))
            return Results.Json(
                new { error = "This address is wrong or has ended; ask the API for a new one." },
                statusCode: StatusCodes.Status403Forbidden
            );
        if (await objects.FindAsync(objectKey, cancellation) is not { } found)
            return Results.Json(
                new { error = "The file is no longer there." },
                statusCode: StatusCodes.Status404NotFound
            );
        // What people upload is never run by a browser as a page of this server.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, immutable, max-age=3600";
        return Results.Stream(
            await objects.OpenAsync(objectKey, cancellation),
            found.ContentType,
            enableRangeProcessing: true
        );
    }

    private bool IsValid(string objectKey, long expires, string signature) =>
        expires >= time.GetUtcNow().ToUnixTimeSeconds()
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Sign(objectKey, expires)),
            Encoding.ASCII.GetBytes(signature)
        );

    private string Sign(string objectKey, long expires) =>
        Base64Url.EncodeToString(
            HMACSHA256.HashData(
                key,
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{expires}\n{objectKey}"))
            )
        );
}
