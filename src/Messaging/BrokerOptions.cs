namespace EventPipeline.Messaging;

/// <summary>Where the brokers are and how to speak to them.</summary>
/// <param name="BootstrapServers">Comma-separated <c>host:port</c>.</param>
/// <param name="Profile">What the brokers understand; by default they are asked.</param>
public sealed record BrokerOptions(string BootstrapServers, BrokerProfile Profile = BrokerProfile.Auto)
{
    /// <summary>Name of this client in the brokers' logs and quotas.</summary>
    public string ClientId { get; init; } = "event-pipeline";

    /// <summary>Further librdkafka settings, for example <c>security.protocol</c>; they win over what a profile sets.</summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>Generations of brokers that differ in what a client may ask of them.</summary>
public enum BrokerProfile
{
    /// <summary>Ask the broker, once per process, before the first use.</summary>
    Auto,

    /// <summary>Kafka 4: groups whose assignment the broker computes (KIP-848), idempotent producer.</summary>
    Modern,

    /// <summary>Kafka 2.4 to 3: classic groups with cooperative rebalancing, idempotent producer.</summary>
    Classic,

    /// <summary>Kafka 0.9: classic groups that stop at every rebalance; no idempotent producer, headers, timestamps or topic
    /// administration. Topics come to be by being asked for.</summary>
    Legacy,
}
