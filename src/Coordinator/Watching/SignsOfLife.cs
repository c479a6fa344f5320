using EventPipeline.Contracts;
using EventPipeline.Messaging;

namespace EventPipeline.Coordinator.Watching;

/// <summary>Renews the lease of every attempt that reports progress, or that it waits for room on its node.</summary>
internal static class SignsOfLife
{
    /// <summary>Takes in a message of the progress topic.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no progress; the reader passes it over.</exception>
    public static void Take(Delivery delivery, OpenWork openWork)
    {
        var message = CloudEvent.Read(delivery.Value);
        if (message.Type != CloudEvent.Progress)
            return;
        var progress = message.DataAs<Progress>();
        openWork.Touch(progress.JobId, progress.Stage, progress.Item, progress.Attempt, began: !progress.IsWaiting);
    }
}
