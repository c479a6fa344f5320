using Confluent.Kafka;

namespace EventPipeline.Messaging;

/// <summary>What a profile means in librdkafka's settings.</summary>
internal static class ClientSettings
{
    /// <summary>How much a producer takes before it makes senders wait.</summary>
    public const int ProducerQueueKilobytes = 64 * 1024;

    /// <param name="linger">librdkafka's default of 5 ms makes a hop between stages ten times slower.</param>
    public static ProducerConfig Producer(BrokerOptions broker, BrokerProfile profile, TimeSpan linger)
    {
        var config = Common(new ProducerConfig(), broker, profile);
        config.LingerMs = linger.TotalMilliseconds;
        config.Acks = Acks.All;
        config.EnableIdempotence = profile != BrokerProfile.Legacy;
        // Without idempotence only one request at a time keeps the order when it has to be sent again.
        if (profile == BrokerProfile.Legacy)
            config.MaxInFlight = 1;
        config.MessageTimeoutMs = 0; // a broker that is down is waited for, however long
        config.QueueBufferingMaxKbytes = ProducerQueueKilobytes;
        config.Partitioner = Confluent.Kafka.Partitioner.Murmur2Random; // as Java clients do
        return Override(config, broker);
    }

    /// <summary>A member of a group.</summary>
    public static ConsumerConfig Member(BrokerOptions broker, BrokerProfile profile, string groupId)
    {
        var config = Reader(broker, profile, groupId);
        // A fetch that waits for more of one partition holds up those that begin to flow again.
        config.FetchWaitMaxMs = 100;
        // Only what is stored by us is committed, in the background.
        config.EnableAutoCommit = true;
        config.AutoCommitIntervalMs = 200;
        switch (profile)
        {
            case BrokerProfile.Modern:
                // Session and heartbeat are the broker's business, and setting them here is an error.
                config.GroupProtocol = GroupProtocol.Consumer;
                break;
            case BrokerProfile.Classic:
                config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
                config.SessionTimeoutMs = 10_000;
                config.HeartbeatIntervalMs = 1_000;
                break;
            default:
                config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range;
                config.SessionTimeoutMs = 6_000; // the least that a 0.9 broker accepts
                config.HeartbeatIntervalMs = 500;
                break;
        }
        return Override(config, broker);
    }

    /// <summary>A reader of partitions of its own choice. The client wants a group id although there is no group.</summary>
    public static ConsumerConfig Loner(BrokerOptions broker, BrokerProfile profile)
    {
        var config = Reader(broker, profile, broker.ClientId + "-reader");
        config.EnableAutoCommit = false;
        return Override(config, broker);
    }

    /// <summary>A consumer that never consumes, to ask and to order with.</summary>
    public static ConsumerConfig Administrator(BrokerOptions broker, BrokerProfile profile)
    {
        var config = Common(new ConsumerConfig(), broker, profile);
        config.GroupId = broker.ClientId + "-administrator";
        config.EnableAutoCommit = false;
        return Override(config, broker);
    }

    private static ConsumerConfig Reader(BrokerOptions broker, BrokerProfile profile, string groupId)
    {
        var config = Common(new ConsumerConfig(), broker, profile);
        config.GroupId = groupId;
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.FetchMinBytes = 1;
        config.QueuedMinMessages = 100;
        config.QueuedMaxMessagesKbytes = 16 * 1024;
        config.FetchQueueBackoffMs = 5; // the default of a second would stall a reader whose small queue ran dry
        config.StatisticsIntervalMs = 2_000;
        return config;
    }

    private static T Common<T>(T config, BrokerOptions broker, BrokerProfile profile)
        where T : ClientConfig
    {
        config.BootstrapServers = broker.BootstrapServers;
        config.ClientId = broker.ClientId;
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 1_000;
        config.TopicMetadataRefreshIntervalMs = 5_000; // topics come and go while we run
        config.LogConnectionClose = false;
        config.Debug = "metadata"; // for ClientSight; a few lines at each refresh
        if (profile == BrokerProfile.Legacy)
        {
            config.ApiVersionRequest = false;
            config.BrokerVersionFallback = "0.9.0";
        }
        return config;
    }

    private static T Override<T>(T config, BrokerOptions broker)
        where T : ClientConfig
    {
        foreach (var (name, value) in broker.ClientSettings)
            config.Set(name, value);
        return config;
    }
}
