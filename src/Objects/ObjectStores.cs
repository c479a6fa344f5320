using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace EventPipeline.Objects;

/// <summary>Opens an object store by its location, which is one setting.</summary>
public static class ObjectStores
{
    /// <summary>Opens a store; dispose of it if it is <see cref="IDisposable"/>. Nothing is sent before the first call.</summary>
    /// <param name="location">The path of a folder, or <c>s3://BUCKET</c> with the options <c>endpoint</c> (a URL; Amazon's own
    /// without), <c>region</c> (<c>us-east-1</c> without) and <c>create=true</c> (make a missing bucket), for example
    /// <c>s3://media?endpoint=http://127.0.0.1:9000&amp;create=true</c>. Credentials come from AWS_ACCESS_KEY_ID,
    /// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, otherwise from wherever the AWS SDK finds them (profile, instance role).</param>
    /// <exception cref="ArgumentException">The location is none; the message says why.</exception>
    public static IObjectStore Open(string location)
    {
        if (string.IsNullOrWhiteSpace(location))
            throw new ArgumentException(
                "An object store needs a location: a folder, or s3://BUCKET.",
                nameof(location)
            );
        if (!location.Contains("://", StringComparison.Ordinal))
            return new FolderObjectStore(location);
        var s3 = S3Location.Parse(location);
        return new S3ObjectStore(Client(s3, CredentialsOfEnvironment()), s3.Bucket, s3.CreatesBucket);
    }

    internal static AmazonS3Client Client(S3Location location, AWSCredentials? credentials)
    {
        var configuration = new AmazonS3Config
        {
            ForcePathStyle = true,
            // Checksums that only Amazon and the newest servers know; hashes are checked here.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (location.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint;
            configuration.AuthenticationRegion = location.Region;
        }
        else
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(location.Region);
        return credentials is null ? new AmazonS3Client(configuration) : new AmazonS3Client(credentials, configuration);
    }

    private static AWSCredentials? CredentialsOfEnvironment() =>
        (
            Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID"),
            Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY"),
            Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN")
        ) switch
        {
            ({ Length: > 0 } id, { Length: > 0 } secret, { Length: > 0 } token) => new SessionAWSCredentials(
                id,
                secret,
                token
            ),
            ({ Length: > 0 } id, { Length: > 0 } secret, _) => new BasicAWSCredentials(id, secret),
            _ => null,
        };
}

/// <summary>A bucket, as <see cref="ObjectStores.Open"/> describes its location.</summary>
internal sealed record S3Location(string Bucket, string? Endpoint, string Region, bool CreatesBucket)
{
    private static readonly string[] Known = ["endpoint", "region", "create"];

    public static S3Location Parse(string location)
    {
        if (!Uri.TryCreate(location, UriKind.Absolute, out var uri) || uri.Scheme != "s3" || uri.Host.Length == 0)
            throw Wrong("it must be a folder, or s3://BUCKET?OPTIONS");
        if (uri.AbsolutePath is not ("" or "/"))
            throw Wrong("nothing may follow the bucket's name but options");
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = option.Split('=', 2) is [var left, var right] ? (left, right) : (option, "");
            if (!Known.Contains(name))
                throw Wrong($"'{name}' is not one of the options {string.Join(", ", Known)}");
            options[name] = Uri.UnescapeDataString(value);
        }
        var endpoint = options.GetValueOrDefault("endpoint");
        if (
            endpoint is not null
            && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        )
            throw Wrong("the endpoint must be an http or https URL");
        var create = options.GetValueOrDefault("create", "false");
        return new S3Location(
            uri.Host,
            endpoint,
            options.GetValueOrDefault("region", "us-east-1"),
            create is "true" or "false" ? create == "true" : throw Wrong("create must be true or false")
        );

        ArgumentException Wrong(string why) =>
            new($"'{location}' is not the location of an object store: {why}.", nameof(location));
    }
}
