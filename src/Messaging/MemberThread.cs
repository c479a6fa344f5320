namespace EventPipeline.Messaging;

/// <summary>The thread that a member of a group lives on.</summary>
internal static class MemberThread
{
    /// <summary>Runs when a broker has said what it understands; not at all if it is stopped before.</summary>
    public static async Task RunAsync(
        BrokerOptions broker,
        Action<BrokerProfile, CancellationToken> run,
        CancellationToken stopping
    )
    {
        BrokerProfile profile;
        try
        {
            profile = await BrokerProfiles.DetectAsync(broker, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
        await Task.Factory.StartNew(
            () => run(profile, stopping),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }
}
