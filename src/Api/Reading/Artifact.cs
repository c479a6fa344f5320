using EventPipeline.Contracts;
using EventPipeline.GraphQL.Annotations;

namespace EventPipeline.Api.Reading;

/// <summary>Makes addresses by which clients fetch objects; given by whoever hosts the API. Null if objects cannot be fetched.</summary>
public delegate Uri? ArtifactLinks(ArtifactReference artifact);

/// <summary>A stored file.</summary>
/// <param name="Reference">The object.</param>
public sealed record Artifact([property: GraphQLIgnore] ArtifactReference Reference)
{
    /// <summary>Hash of the bytes, 64 hexadecimal digits: who fetches it can check what came.</summary>
    public string Sha256 => Reference.Sha256;

    /// <summary>Size in bytes.</summary>
    public long ByteCount => Reference.ByteCount;

    /// <summary>Media type, such as `video/mp4`.</summary>
    public string ContentType => Reference.ContentType;

    internal static Artifact? Of(ArtifactReference? reference) => reference is null ? null : new Artifact(reference);
}

/// <summary>Where it is.</summary>
[ExtendObjectType<Artifact>]
public static class ArtifactFields
{
    /// <summary>Where to fetch it, for a while; null if this installation does not hand files out.</summary>
    public static Uri? GetUrl([Parent] Artifact artifact, ArtifactLinks links) => links(artifact.Reference);
}
