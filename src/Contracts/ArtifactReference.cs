namespace EventPipeline.Contracts;

/// <summary>An object in the object store, named by content: whoever holds the reference can check what it fetched.</summary>
/// <param name="Key">Key in the object store.</param>
/// <param name="Sha256">Hash of the bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="ByteCount">Size in bytes.</param>
/// <param name="ContentType">Media type, for example <c>video/mp4</c>.</param>
public sealed record ArtifactReference(string Key, string Sha256, long ByteCount, string ContentType);
