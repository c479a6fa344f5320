using EventPipeline.Contracts;

namespace EventPipeline.TestSupport;

public static class TestMetering
{
    /// <summary>Of an attempt that used no tool, model or money, and no time.</summary>
    public static StageMetering Of(string stage, string item = "video", int attempt = 1) =>
        new(
            stage,
            item,
            attempt,
            "1",
            "input",
            null,
            null,
            null,
            null,
            null,
            null,
            0,
            0,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch,
            0,
            "test"
        );

    /// <summary>Of the attempt at an item.</summary>
    public static StageMetering Of(WorkItem work) => Of(work.Stage, work.Item.Name, work.Attempt);
}
