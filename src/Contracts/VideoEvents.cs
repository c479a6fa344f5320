namespace EventPipeline.Contracts;

/// <summary>A video's bytes are in the object store under their hash and belong to an owner.</summary>
public sealed record VideoRegistered(
    Guid VideoId,
    string OwnerId,
    string FileName,
    ArtifactReference Source,
    string RegisteredBy,
    DateTimeOffset RegisteredAt
) : VideoEvent;

/// <summary>The stored bytes of a video were removed, because a job found that they are not a usable video.</summary>
public sealed record VideoDiscarded(Guid JobId, string Reason, DateTimeOffset DiscardedAt) : VideoEvent;

/// <summary>Somebody deleted the video: its open jobs are cancelled, and everything that is stored of it is removed.</summary>
public sealed record VideoDeleted(string DeletedBy, string Reason, DateTimeOffset DeletedAt) : VideoEvent;
