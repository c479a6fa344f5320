using System.Text.Json;
using EventPipeline.Contracts;

namespace EventPipeline.Processors.Tests.Hosting;

internal static class Messages
{
    /// <summary>A work item as the relay sends it.</summary>
    public static byte[] Of(WorkItem work) =>
        new CloudEvent(
            $"{work.Key}/{work.Attempt}",
            "coordinator",
            CloudEvent.WorkItem,
            work.JobId.ToString(),
            TimeProvider.System.GetUtcNow(),
            JsonSerializer.SerializeToUtf8Bytes(work, ContractJson.Options)
        ).Write();
}
