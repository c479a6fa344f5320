using EventPipeline.Domain.Jobs;
using EventPipeline.Domain.Videos;
using EventPipeline.EventStore;

namespace EventPipeline.Deciding;

/// <summary>A job at a version of its stream.</summary>
/// <param name="Position">Of its last event.</param>
internal sealed record JobAt(Job Job, long Version, Position Position)
{
    public static readonly JobAt Unknown = new(Job.Initial, 0, Position.Start);
}

/// <summary>A video at a version of its stream.</summary>
/// <param name="Position">Of its last event.</param>
internal sealed record VideoAt(Video Video, long Version, Position Position)
{
    public static readonly VideoAt Unknown = new(Video.Initial, 0, Position.Start);
}
