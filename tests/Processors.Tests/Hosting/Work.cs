using EventPipeline.Contracts;

namespace EventPipeline.Processors.Tests.Hosting;

/// <summary>Work items for tests.</summary>
internal static class Work
{
    public static readonly ArtifactReference Nothing = new(
        "videos/raw/x/original.mp4",
        new string('0', 64),
        0,
        "video/mp4"
    );

    public static WorkItem Of(
        string stage,
        ArtifactReference? source = null,
        params IReadOnlyList<StageInput> inputs
    ) =>
        new(
            Guid.Parse("00000000-0000-8000-8000-000000000001"),
            Guid.Parse("00000000-0000-8000-8000-000000000002"),
            "owner",
            stage,
            Item.WholeVideo,
            1,
            source ?? Nothing,
            inputs,
            new JobOptions(),
            JobPriority.Normal,
            30
        );
}
