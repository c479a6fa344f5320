using System.Text.Json;

namespace EventPipeline.Host.Tests.Subscribing;

/// <summary>A client that follows a job: its connections end by chance, and it comes back to any node with the last position that it
/// heard.</summary>
internal sealed class Subscriber(Guid job, string subscription, bool usesWebSocket, int[] ports, Random random)
{
    private static readonly string[] Endings = ["job_completed", "JobEnded"];

    public Guid Job => job;

    public string Field => subscription;

    /// <summary>The positions of all events, in the order in which they came.</summary>
    public List<string> Heard { get; } = [];

    public List<double> Percents { get; } = [];

    public int Connections { get; private set; }

    /// <summary>Whether a WebSocket was closed because the node stopped.</summary>
    public bool WasToldToGo { get; private set; }

    /// <summary>Follows the job to its end.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        while (!await ConnectAsync(random.Next(1, 25), cancellation))
            await Task.Delay(random.Next(50), cancellation);
    }

    /// <returns>Whether the job has ended.</returns>
    private async Task<bool> ConnectAsync(int patience, CancellationToken cancellation)
    {
        var kind = subscription == "jobEvents" ? "type" : "__typename percent";
        var query =
            $"subscription ($id: ID!, $after: Position) {{ {subscription}(jobId: $id, after: $after) {{ position {kind} }} }}";
        var request = JsonSerializer.Serialize(
            new { query, variables = new { id = job, after = Heard.LastOrDefault() } }
        );
        var root = $"127.0.0.1:{ports[random.Next(ports.Length)]}/graphql";
        Connections++;
        var messages = usesWebSocket
            ? Transports.OverWebSocketAsync(new Uri($"ws://{root}"), request, () => WasToldToGo = true, cancellation)
            : Transports.OverEventStreamAsync(new Uri($"http://{root}"), request, cancellation);
        try
        {
            await foreach (var message in messages)
            {
                var item = message.GetProperty("data").GetProperty(subscription);
                Heard.Add(item.GetProperty("position").GetString()!);
                if (item.TryGetProperty("percent", out var percent))
                    Percents.Add(percent.GetDouble());
                var name = item.TryGetProperty("type", out var type) ? type : item.GetProperty("__typename");
                if (Endings.Contains(name.GetString()))
                    return true;
                if (--patience == 0)
                    break;
            }
        }
        catch (Exception lost) when (Transports.IsLoss(lost) && !cancellation.IsCancellationRequested)
        {
            // As it happens to clients.
        }
        return false;
    }
}
