namespace EventPipeline.Objects;

/// <summary>Where the bytes are: videos, clips, pictures, documents. Two implementations pass the same contract tests: a folder
/// (the default of one machine) and S3. Objects are immutable: a key that names content is written once.</summary>
public interface IObjectStore
{
    /// <summary>Stores a file under a key. Writing the same bytes again changes nothing; the object appears whole or not at all.</summary>
    /// <returns>What was stored.</returns>
    Task<StoredObject> PutAsync(string key, string path, string contentType, CancellationToken cancellation);

    /// <summary>Stores a few bytes under a key, as <see cref="PutAsync(string, string, string, CancellationToken)"/> does.</summary>
    Task<StoredObject> PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        string contentType,
        CancellationToken cancellation
    );

    /// <summary>What is stored under a key; null if nothing is.</summary>
    Task<StoredObject?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>Opens an object for reading.</summary>
    /// <exception cref="ObjectNotFoundException">Nothing is stored under the key.</exception>
    Task<Stream> OpenAsync(string key, CancellationToken cancellation);

    /// <summary>Brings an object into a file of the caller's own and checks its hash on the way where it has to be copied. The file must only be
    /// read: a store on the same disk links instead of copying.</summary>
    /// <exception cref="ObjectNotFoundException">Nothing is stored under the key.</exception>
    /// <exception cref="ObjectCorruptException">The bytes do not have the expected hash.</exception>
    Task FetchAsync(string key, string? expectedSha256, string path, CancellationToken cancellation);

    /// <summary>Removes an object; nothing happens if there is none.</summary>
    Task DeleteAsync(string key, CancellationToken cancellation);

    /// <summary>All objects whose key begins with a prefix, in key order.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation);
}

/// <summary>An object in the store.</summary>
/// <param name="Sha256">Lower-case hexadecimal; null where a listing does not tell it.</param>
public sealed record StoredObject(string Key, long ByteCount, string ContentType, string? Sha256);

/// <summary>Nothing is stored under a key.</summary>
public sealed class ObjectNotFoundException(string key) : Exception($"There is no object '{key}'.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>An object's bytes are not those that were stored.</summary>
public sealed class ObjectCorruptException(string key)
    : Exception($"Object '{key}' does not have the hash it was stored with.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}
